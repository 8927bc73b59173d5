import { randomBytes } from 'node:crypto'
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { syncDirectory } from '@vastrox/shared/node/atomic-file.ts'
import { run } from '@vastrox/shared/node/run.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { SourceTree } from '#ports/stack.ts'
import { pathMatcher } from '#adapters/system/path-patterns.ts'
import { commitFiles } from './commit-files.ts'
import { GIT, GIT_CONFIG, GIT_ENV, git, gitError, gitOk, gitStream } from './git-program.ts'
import {
  findUnsafeLinks,
  isFile,
  parseTree,
  submodulesOf,
  symlinksOf,
  type TreeEntry,
} from './tree.ts'

interface Deps {
  /** The folder that holds `<appId>.git`. */
  repositories: string
}

const ZERO = '0'.repeat(40)
const ARCHIVE_TIMEOUT_MS = 600_000
const TIDY_TIMEOUT_MS = 1_800_000
const MAX_LISTING_BYTES = 32 * 2 ** 20
/** Every push leaves one; below this many git is as fast as ever. */
const MANY_PACKS = 40
/** No push takes as long (git-transport ends it). */
const KEPT_AT_MOST_MS = 24 * 3_600_000
const MAX_PATHS = 20_000
const NOT_A_COMMIT = 'a branch must be a commit, not a tag: push <tag>^{commit}:<branch> instead'
const MAX_TEXT_BYTES = 2 ** 20
const MAX_TEXTS = 2_000
/** Below what one git may print. */
const MAX_ALL_TEXT_BYTES = 24 * 2 ** 20

export const repositoryPath = (repositories: string, appId: string): string => {
  if (!/^[a-z0-9]{8,40}$/.test(appId)) throw new Error('that is not the id of an app')
  return join(repositories, `${appId}.git`)
}

export function createSourceControl({ repositories }: Deps): SourceControl {
  const pathOf = (appId: string) => repositoryPath(repositories, appId)

  const listTree = async (appId: string, sha: string): Promise<TreeEntry[]> =>
    parseTree(
      await withinLimits(() =>
        gitOk(pathOf(appId), ['ls-tree', '-r', '-l', '-z', '--full-tree', checkedSha(sha)], {
          maxOutputBytes: MAX_LISTING_BYTES,
        }),
      ),
    )

  return {
    ensureRepository: (appId) => ensureBareRepository(pathOf(appId)),

    async removeRepository(appId) {
      await rm(pathOf(appId), { recursive: true, force: true })
    },

    async readRef(appId, ref) {
      const refs = await listRefs(pathOf(appId), checkedRef(ref))
      return refs.find((found) => found.ref === ref)?.sha
    },

    listRefs: (appId, prefix) => listRefs(pathOf(appId), checkedRef(prefix.replace(/\/$/, ''))),

    async moveRef(appId, ref, next, expected) {
      const repository = pathOf(appId)
      const command = next === undefined ? 'delete' : 'update'
      const values = next === undefined ? [expected ?? ZERO] : [next, expected ?? ZERO]
      const result = await git(repository, ['update-ref', '--no-deref', '--stdin', '-z'], {
        input: `${command} ${[checkedRef(ref), ...values.map(checkedSha)].join('\0')}\0`,
      })
      if (result.exitCode === 0) {
        if (expected === undefined && next !== undefined) await pointHead(repository, ref)
        return true
      }
      const now = (await listRefs(repository, ref)).find((found) => found.ref === ref)?.sha
      if (now !== expected) return false
      throw gitError('update-ref', result.stderr)
    },

    async commitFiles(appId, ref, commit) {
      await commitFiles(pathOf(appId), checkedRef(ref), commit)
      const made = (await listRefs(pathOf(appId), ref)).find((found) => found.ref === ref)
      if (!made) throw new Error('git has imported a commit that is not there')
      return made.sha
    },

    async isAncestor(appId, ancestor, sha) {
      const result = await git(pathOf(appId), [
        'merge-base',
        '--is-ancestor',
        checkedSha(ancestor),
        checkedSha(sha),
      ])
      return result.exitCode === 0
    },

    async readCommit(appId, sha, branch) {
      const output = await gitOk(pathOf(appId), [
        'log',
        '--max-count=1',
        '--no-show-signature',
        '--no-notes',
        '--encoding=UTF-8',
        '--format=%H%x00%an%x00%s',
        checkedSha(sha),
      ])
      const [found, author = '', subject = ''] = output.toString().replace(/\n$/, '').split('\0')
      // git finds the commit that a tag names; a branch must be the commit itself.
      if (found !== sha) throw new CodedError('SOURCE_UNSAFE', { reason: NOT_A_COMMIT })
      return { sha, branch, subject: printable(subject), author: printable(author) }
    },

    async inspectTree(appId, sha) {
      const entries = await listTree(appId, sha)
      const links = symlinksOf(entries)
      const targets = await readBlobs(pathOf(appId), links)
      return {
        unsafeLinks: findUnsafeLinks(
          new Map(links.map((link, at) => [link.path, targets[at]?.toString() ?? ''])),
        ),
        submodules: submodulesOf(entries),
      }
    },

    async readTree(appId, sha, reads) {
      const entries = (await listTree(appId, sha)).filter(isFile)
      const isWanted = pathMatcher(reads)
      const wanted = withinTextLimits(topFirst(entries).filter(({ path }) => isWanted(path)))
      const blobs = await readBlobs(pathOf(appId), wanted)
      const texts = new Map(wanted.map((entry, at) => [entry.path, blobs[at]]))
      return {
        paths: new Set(
          topFirst(entries)
            .slice(0, MAX_PATHS)
            .map((entry) => entry.path),
        ),
        read: (path) => texts.get(path)?.toString(),
      } satisfies SourceTree
    },

    archive: (appId, sha) =>
      Promise.resolve(
        gitStream(
          pathOf(appId),
          ['-c', 'tar.umask=0022', 'archive', '--format=tar', checkedSha(sha)],
          ARCHIVE_TIMEOUT_MS,
        ),
      ),

    async removeStaleLocks(appId) {
      const repository = pathOf(appId)
      const names = await readdir(repository).catch(() => [])
      const refs = await readdir(join(repository, 'refs'), { recursive: true }).catch(() => [])
      const locks = [
        ...names.filter((name) => name.endsWith('.lock') || name === 'gc.pid'),
        ...refs.filter((name) => name.endsWith('.lock')).map((name) => join('refs', name)),
      ]
      for (const lock of locks) await rm(join(repository, lock), { force: true })
    },

    async tidy(appId) {
      const folder = join(pathOf(appId), 'objects/pack')
      const files = await readdir(folder).catch(() => [])
      if (files.filter((name) => name.endsWith('.pack')).length < MANY_PACKS) return
      for (const name of files) if (name.endsWith('.keep')) await removeOld(join(folder, name))
      await gitOk(pathOf(appId), ['gc', '--quiet', '--prune=2.weeks.ago'], {
        timeoutMs: TIDY_TIMEOUT_MS,
      })
    },
  }
}

const INIT_OPTIONS = ['--quiet', '--bare', '--initial-branch=main', '--template=']

/** Made beside and renamed: a half-made repository is never taken for one. */
export async function ensureBareRepository(path: string): Promise<void> {
  if (await exists(join(path, 'HEAD'))) return
  const beside = `${path}.${randomBytes(4).toString('hex')}.new`
  await mkdir(beside, { recursive: true, mode: 0o700 })
  try {
    const made = await run(
      GIT,
      [...GIT_CONFIG, 'init', ...INIT_OPTIONS, '--end-of-options', beside],
      { env: { ...GIT_ENV }, timeoutMs: 30_000 },
    )
    if (made.exitCode !== 0) throw gitError('init', made.stderr)
    await rename(beside, path)
    await syncDirectory(join(path, '..'))
  } catch (error) {
    await rm(beside, { recursive: true, force: true })
    // Somebody else made it meanwhile: rename onto a folder that is not empty fails.
    if (!(await exists(join(path, 'HEAD')))) throw error
  }
}

/** receive-pack keeps others from its pack until the push has ended; killed, it leaves that behind. */
async function removeOld(path: string): Promise<void> {
  const info = await stat(path).catch(() => undefined)
  if (info && Date.now() - info.mtimeMs > KEPT_AT_MOST_MS) await rm(path, { force: true })
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

async function listRefs(
  repository: string,
  pattern: string,
): Promise<{ ref: string; sha: string }[]> {
  // An app has none before its first push.
  if (!(await exists(join(repository, 'HEAD')))) return []
  const output = await gitOk(repository, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    pattern,
  ])
  return output
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({
      sha: line.slice(0, line.indexOf(' ')),
      ref: line.slice(line.indexOf(' ') + 1),
    }))
}

/** A clone checks out HEAD: where that names a branch that is not there, the first branch takes its place. */
async function pointHead(repository: string, ref: string): Promise<void> {
  if (!ref.startsWith('refs/heads/')) return
  const head = await git(repository, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  if (head.exitCode !== 0) await gitOk(repository, ['symbolic-ref', 'HEAD', ref])
}

/** What decides about a project is near its root, and is seen however many files there are. */
const topFirst = (entries: readonly TreeEntry[]): TreeEntry[] =>
  entries.toSorted((one, other) => one.path.split('/').length - other.path.split('/').length)

/** What SourceTree promises to read. */
function withinTextLimits(entries: readonly TreeEntry[]): TreeEntry[] {
  let bytes = 0
  const readable = entries.filter(({ sizeBytes }) => {
    if (sizeBytes > MAX_TEXT_BYTES || bytes + sizeBytes > MAX_ALL_TEXT_BYTES) return false
    bytes += sizeBytes
    return true
  })
  return readable.slice(0, MAX_TEXTS)
}

/** The contents of blobs, in order. */
async function readBlobs(repository: string, entries: readonly TreeEntry[]): Promise<Buffer[]> {
  if (entries.length === 0) return []
  const output = await withinLimits(() =>
    gitOk(repository, ['cat-file', '--batch'], {
      input: entries.map((entry) => `${entry.oid}\n`).join(''),
      maxOutputBytes: MAX_LISTING_BYTES,
    }),
  )
  const blobs: Buffer[] = []
  for (let at = 0; at < output.length; ) {
    const lineEnd = output.indexOf(10, at)
    const [, type, size] = output.toString('latin1', at, lineEnd).split(' ')
    if (type !== 'blob') throw new Error('git cat-file gave something other than a blob')
    const end = lineEnd + 1 + Number(size)
    blobs.push(output.subarray(lineEnd + 1, end))
    at = end + 1
  }
  return blobs
}

/** More than fits is a repository that was made to hurt, or one that cannot be deployed anyway. */
async function withinLimits(work: () => Promise<Buffer>): Promise<Buffer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('printed more than')) throw error
    throw new CodedError(
      'SOURCE_TOO_LARGE',
      { reason: 'the commit holds more files or links than can be deployed' },
      { cause: error },
    )
  }
}

function checkedSha(sha: string): string {
  if (!/^[0-9a-f]{40,64}$/.test(sha)) throw new Error('that is not the name of a commit')
  return sha
}

function checkedRef(ref: string): string {
  if (!/^refs(\/[^\0\n ]+)?$/.test(ref)) throw new Error('that is not a ref')
  return ref
}

/** What a commit says is a stranger's text: no control characters reach a terminal (rule C15). */
const printable = (text: string): string => text.replace(/\p{C}/gu, ' ').trim().slice(0, 200)
