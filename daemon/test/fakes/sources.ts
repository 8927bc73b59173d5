import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Commit } from '@vastrox/shared/release.ts'
import { pack } from 'tar-stream'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { SourceControl } from '#ports/source-control.ts'

/** Branches in a map, moved by compare-and-swap. */
export function createFakeSourceControl() {
  const refs = new Map<string, string>()
  const ancestors = new Set<string>()
  const trees = new Map<string, Buffer>()
  let commits = 0
  const keyOf = (appId: string, ref: string): string => `${appId} ${ref}`
  const control: SourceControl = {
    ensureRepository: async () => {},
    removeRepository: async () => {},
    readRef: async (appId, ref) => refs.get(keyOf(appId, ref)),
    async moveRef(appId, ref, next, expected) {
      if (refs.get(keyOf(appId, ref)) !== expected) return false
      if (next === undefined) refs.delete(keyOf(appId, ref))
      else refs.set(keyOf(appId, ref), next)
      return true
    },
    async commitFiles(appId, ref, { files }) {
      commits += 1
      const sha = String(commits).padStart(40, 'c')
      refs.set(keyOf(appId, ref), sha)
      trees.set(
        sha,
        await tarOf(Object.fromEntries(files.map((file) => [file.path, file.content.toString()]))),
      )
      return sha
    },
    isAncestor: async (_appId, ancestor, sha) => ancestors.has(`${ancestor} ${sha}`),
    readCommit: async (_appId, sha, branch) => commitOf(sha, branch),
    listRefs: async (appId, prefix) =>
      [...refs].flatMap(([key, sha]) =>
        key.startsWith(keyOf(appId, prefix)) ? [{ ref: key.slice(appId.length + 1), sha }] : [],
      ),
    inspectTree: async () => ({ unsafeLinks: [], submodules: [] }),
    readTree: async () => ({ paths: new Set(), read: () => undefined }),
    tidy: async () => {},
    removeStaleLocks: async () => {},
    archive: async (_appId, sha) => Readable.from([trees.get(sha) ?? []].flat()),
  }
  return {
    ...control,
    refs,
    /** Makes one commit the descendant of another. */
    descend: (ancestor: string, sha: string): void => {
      ancestors.add(`${ancestor} ${sha}`)
    },
  }
}

export const commitOf = (sha: string, branch = 'main'): Commit => ({
  sha,
  branch,
  subject: `change ${sha.slice(0, 4)}`,
  author: 'anna',
})

export function createFakeSourceArchive() {
  const tars = new Map<string, Buffer>()
  const archive: SourceArchive = {
    async put(id, tar) {
      const bytes = await buffer(tar)
      tars.set(id, bytes)
      return { sizeBytes: bytes.length }
    },
    async open(id) {
      const bytes = tars.get(id)
      if (!bytes) throw new Error(`there is no source ${id}`)
      return Readable.from([bytes])
    },
    has: async (id) => tars.has(id),
    async remove(id) {
      tars.delete(id)
    },
    list: async () => [...tars.keys()],
  }
  return { ...archive, tars }
}

export async function tarOf(files: Record<string, string>): Promise<Buffer> {
  const tar = pack()
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text)
  tar.finalize()
  return buffer(Readable.from(tar))
}
