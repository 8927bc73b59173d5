import { createWriteStream } from 'node:fs'
import { lstat, mkdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { floorOf } from '@vastrox/shared/disk-floor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { LABEL, withLabels } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'

interface Deps {
  engine: Engine
  instance: string
  dataDir: string
}

/** What restic is to read: `paths` relative to `cwd`, so that a restore puts them wherever it likes. */
export interface PlatformContent {
  cwd: string
  paths: string[]
  /** What is not in it, in words: an image that could not be saved. */
  warnings: string[]
  /** Takes away what was made for it alone. */
  release(): Promise<void>
}

/**
 * Of the data directory, what an installation cannot do without and could not make anew. The database,
 * the master key and the signed ends of the audit log are in the daemon's staging directory: as files
 * they change while they are read.
 */
export const KEPT = [
  'config.json',
  'acme-ca.pem',
  'daemon/repositories',
  'daemon/sources',
  'daemon/uploads',
  'daemon/external',
  'daemon/remote',
  'daemon/source-authorities.pem',
  'daemon/ssh',
  'daemon/local-authority',
  'agent/networks',
  'agent/addons',
  'agent/disk.json',
  'agent/registry.json',
  'agent/backups.json',
] as const

/** And what is left out, with the reason; a test sees to it that each path is in one of the two. */
export const LEFT = {
  'daemon/control.db': 'the copy in the staging directory is whole',
  'daemon/master.key': 'in the staging directory, with those of a systemd credential',
  'daemon/audit-anchors.jsonl': 'in the staging directory, not ahead of the database',
  'daemon/restoring.json': 'of a restore that is under way',
  'daemon/restoring-addons': 'of a restore that is under way',
  'daemon/logs': 'what apps printed',
  access: 'who asked which app for what',
  log: 'what the processes print',
  proxy: 'the daemon gives it anew when it starts',
  hooks: 'of the programs',
  'ca.pem': 'of daemon/local-authority',
  run: 'sockets',
  volumes: 'each is a backup of its own',
  'agent/firewall': 'a restored machine only watches, until somebody looks',
  'agent/fencing.json': 'another daemon begins to count',
  'agent/backups': 'what restic keeps to be faster',
  'agent/exposure': 'of this machine',
  'agent/scratch': 'of what is under way',
} as const

/** Below the data directory. */
export const SAVED_IMAGES = 'agent/saved-images'
export const IMAGES_FILE = 'images.tar'
const SAVE_TIMEOUT_MS = 300_000

/**
 * Everything of the platform that is backed up, ready to be read. Images that run are saved as one tar,
 * uncompressed, in which a layer that several share is once, so that restic knows again what it has.
 */
export async function gatherPlatform(
  deps: Deps,
  { stagingName, imageIds }: { stagingName: string; imageIds: readonly string[] },
  signal: AbortSignal,
): Promise<PlatformContent> {
  const { dataDir } = deps
  const staging = `daemon/${stagingName}`
  await mustBeThere(join(dataDir, staging))
  const images = join(dataDir, SAVED_IMAGES)
  const release = (): Promise<void> => rm(images, { recursive: true, force: true })
  try {
    const warnings = await saveImages(deps, images, imageIds, signal)
    const paths = [staging, ...KEPT, `${SAVED_IMAGES}/${IMAGES_FILE}`]
    const there = await Promise.all(paths.map((path) => isThere(join(dataDir, path))))
    return { cwd: dataDir, paths: paths.filter((_, at) => there[at]), warnings, release }
  } catch (error) {
    await release()
    throw error
  }
}

async function mustBeThere(path: string): Promise<void> {
  if (!(await isThere(path)))
    throw new CodedError('REQUEST_INVALID', { reason: `There is nothing staged in ${path}.` })
}

/** Not followed: the daemon, which is not root, may have put a link there. */
async function isThere(path: string): Promise<boolean> {
  try {
    const found = await lstat(path)
    return found.isFile() || found.isDirectory()
  } catch {
    return false
  }
}

const Image = z.object({
  Id: z.string(),
  Size: z.int(),
  RepoTags: z.array(z.string()).nullable(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
})
const Containers = z.array(z.object({ ImageID: z.string() }))

async function saveImages(
  deps: Deps,
  folder: string,
  imageIds: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  await rm(folder, { recursive: true, force: true })
  const ofAddons = new Set(await imagesOfAddons(deps))
  const wanted = [...new Set([...imageIds, ...ofAddons])].toSorted()
  if (wanted.length === 0) return []
  const { names, sizeBytes, warnings } = await namesOf(deps, wanted, ofAddons)
  if (names.length === 0) return warnings
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { bsize, bavail, blocks } = await statfs(folder)
  if (bavail * bsize - sizeBytes < floorOf(blocks * bsize))
    return [...warnings, 'No image was saved: the disk is too full to lay them down for a while.']
  const reply = await deps.engine.stream('GET', '/images/get', {
    query: { names },
    signal,
    timeoutMs: SAVE_TIMEOUT_MS,
  })
  const file = createWriteStream(join(folder, IMAGES_FILE), { mode: 0o600 })
  await pipeline(reply, file, { signal })
  return warnings
}

/** Databases are not built by anybody: what runs them is what they need. */
async function imagesOfAddons({ engine, instance }: Deps): Promise<string[]> {
  const filters = withLabels({ [LABEL.instance]: instance, [LABEL.kind]: 'addon' })
  const containers = await engine.get('/containers/json', Containers, {
    query: { all: true, filters },
  })
  return containers.map(({ ImageID }) => ImageID)
}

/**
 * Saved by their tags, which come back with them; one without a tag by its id. Only what a build of
 * ours made, or a database of ours runs from (rule C7). `sizeBytes` is more than they take together:
 * layers are shared.
 */
async function namesOf(
  { engine, instance }: Deps,
  imageIds: readonly string[],
  ofAddons: ReadonlySet<string>,
) {
  const names: string[] = []
  const warnings: string[] = []
  let sizeBytes = 0
  for (const id of imageIds) {
    const image = await engine
      .get(`/images/${encodeURIComponent(id)}/json`, Image)
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined
        throw error
      })
    const labels = image?.Config?.Labels ?? {}
    const isOurs = labels[LABEL.instance] === instance || ofAddons.has(id)
    if (image === undefined) warnings.push(`The image ${id.slice(7, 19)} is gone.`)
    else if (!isOurs) warnings.push(`The image ${id.slice(7, 19)} is not ours to save.`)
    else {
      names.push(...(image.RepoTags?.length ? image.RepoTags : [image.Id]))
      sizeBytes += image.Size
    }
  }
  return { names, sizeBytes, warnings }
}
