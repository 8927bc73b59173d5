import { stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { readBackupSettings } from '#agent/backups/settings.ts'
import { sortCache } from '#agent/builds/build-cache.ts'
import type { BuildTimes } from '#agent/builds/build-times.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { type EngineUse, readEngineUse } from '#agent/disk/engine-use.ts'
import { type FolderSize, folderSizes } from '#agent/disk/folder-sizes.ts'
import { chainsOf, readLayers, tallyLayers } from '#agent/disk/layers.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { keptBy } from '#agent/images/kept-bases.ts'
import { readEngineInfo } from '#agent/node/describe-node.ts'
import type { DiskFloor } from '#agent/node/disk-floor.ts'

const PROGRAMS = '/opt/vastrox'
const MOST_IMAGES = 10_000
/** Images of others are looked at for layers that ours stand on too. */
const MOST_OTHERS = 2_000

interface Deps {
  engine: Engine
  instance: string
  dataDir: string
  buildTimes: Pick<BuildTimes, 'isOurs'>
  diskFloor: Pick<DiskFloor, 'read'>
  backupSettingsFile: string
}

/** See measure-disk in agent-api-disk.ts. What fails is told in `missing`, and the rest is told all the same. */
export function createMeasureDisk(deps: Deps): () => Promise<DiskMeasure> {
  let running: Promise<DiskMeasure> | undefined
  return () => {
    running ??= measure(deps).finally(() => {
      running = undefined
    })
    return running
  }
}

export type CreateMeasureDisk = typeof createMeasureDisk

async function measure(deps: Deps): Promise<DiskMeasure> {
  const missing: string[] = []
  const or = async <Value>(what: string, work: Promise<Value>, otherwise: Value): Promise<Value> =>
    work.catch((error: unknown) => {
      missing.push(
        `${what}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300),
      )
      return otherwise
    })
  const use = await or('what the engine keeps', readEngineUse(deps.engine), NOTHING)
  const cache = sortCache(use, deps.buildTimes)
  return {
    disks: await deps.diskFloor.read(),
    ...(await or('images', measureImages(deps, use), NO_IMAGES)),
    cache: cache.records,
    cacheBytes: cache.oursBytes,
    othersCacheBytes: cache.othersBytes,
    containers: await or('logs of containers', measureContainers(deps, use), []),
    ...(await measureFolders(deps, missing)),
    missing,
  }
}

const NOTHING: EngineUse = { layersBytes: 0, images: [], containers: [], cache: [] }
const NO_IMAGES = { layers: [], images: [], othersImageBytes: 0 }

type Images = Pick<DiskMeasure, 'layers' | 'images' | 'othersImageBytes'>

async function measureImages({ engine, instance }: Deps, use: EngineUse): Promise<Images> {
  const ours = use.images.filter((image) => kindOf(image, instance) !== undefined)
  const others = use.images.filter((image) => kindOf(image, instance) === undefined)
  const layered = await readLayers(
    engine,
    ours.slice(0, MOST_IMAGES).map(({ Id }) => Id),
    { withSizes: true },
  )
  const foreign = await readLayers(
    engine,
    others.slice(0, MOST_OTHERS).map(({ Id }) => Id),
    { withSizes: false },
  )
  const tally = tallyLayers(layered)
  const othersToo = new Set(foreign.flatMap(({ layers }) => chainsOf(layers)))
  const numbers = new Map([...tally.bytes.keys()].map((chain, at) => [chain, at]))
  const known = new Map(layered.map((image) => [image.id, image]))
  const used = new Set(use.containers.map(({ ImageID }) => ImageID))
  const oursBytes = [...tally.bytes.values()].reduce((sum, bytes) => sum + bytes, 0)
  return {
    layers: [...tally.bytes].map(([chain, bytes]) => ({
      bytes,
      isOthersToo: othersToo.has(chain),
    })),
    othersImageBytes: Math.max(0, use.layersBytes - oursBytes),
    images: ours.flatMap((image) => {
      const kind = kindOf(image, instance)
      const found = known.get(image.Id)
      if (!found || !kind) return []
      return {
        imageId: image.Id,
        kind,
        appId: (kind === 'build' && image.Labels?.[LABEL.app]) || null,
        buildId: (kind === 'build' && image.Labels?.[LABEL.build]) || null,
        createdAt: new Date(image.Created * 1_000).toISOString(),
        sizeBytes: found.sizeBytes,
        layers: tally.chainsOf(image.Id).flatMap((chain) => numbers.get(chain) ?? []),
        isUsed: used.has(image.Id),
      }
    }),
  }
}

/** Prepared images are the machine's: several installations stand on them. */
function kindOf(
  { Labels, RepoTags }: EngineUse['images'][number],
  instance: string,
): 'build' | 'prepared' | undefined {
  const kind = Labels?.[LABEL.kind]
  if (kind === 'build') return Labels?.[LABEL.instance] === instance ? 'build' : undefined
  if (kind === 'stack' || kind === 'addon-image') return 'prepared'
  return RepoTags?.some((tag) => tag.startsWith(keptBy(instance))) ? 'prepared' : undefined
}

async function measureContainers(
  { engine, instance }: Deps,
  { containers }: EngineUse,
): Promise<DiskMeasure['containers']> {
  const { DockerRootDir } = await readEngineInfo(engine)
  const base = join(DockerRootDir, 'containers')
  const logs = new Map(
    ((await folderSizes([base], { base })) ?? []).map(({ path, sizeBytes }) => [path, sizeBytes]),
  )
  return containers.flatMap(({ Id, SizeRw, Labels }) => {
    if (Labels?.[LABEL.instance] !== instance) return []
    const appId = Labels[LABEL.app]
    const addonId = Labels[LABEL.addon]
    const owner = addonId === undefined ? `app:${appId ?? ''}` : `addon:${addonId}`
    return [{ owner, writesBytes: SizeRw ?? 0, logBytes: logs.get(Id) ?? 0 }]
  })
}

type Folders = Pick<
  DiskMeasure,
  'volumes' | 'folders' | 'dataBytes' | 'backupBytes' | 'programBytes'
>

async function measureFolders(deps: Deps, missing: string[]): Promise<Folders> {
  const { dataDir } = deps
  const paths = pathsOf(dataDir)
  const look = async (
    what: string,
    folders: readonly string[],
    excluded?: string,
  ): Promise<FolderSize[]> => {
    const given = { base: dataDir, ...(excluded === undefined ? {} : { excluded }) }
    const found = await folderSizes(folders, given)
    if (!found) missing.push(`${what}: measuring it took too long`)
    return found ?? []
  }
  const volumes = await look('volumes', [paths.volumes])
  const named = await look('sources and logs', [
    paths.repositories,
    paths.sources,
    paths.uploads,
    paths.externalRepositories,
    paths.remoteFolders,
    paths.logs,
  ])
  const top = await look('the data directory', [dataDir], paths.volumes)
  const programs = await look('programs', [PROGRAMS])
  const rootPaths = await rootsOnDisk(deps)
  const backups = rootPaths.length === 0 ? [] : await look('backups', rootPaths)
  const roots = rootPaths.map((path) => relative(dataDir, path))
  const volumesPath = 'volumes'
  return {
    volumes: volumes.flatMap(({ path, sizeBytes }) => {
      const volumeId = /^volumes\/([a-z0-9]+)$/.exec(path)?.[1]
      return volumeId === undefined ? [] : [{ volumeId, sizeBytes }]
    }),
    folders: [...named, ...top.filter(({ path }) => path !== '')].slice(0, 100_000),
    dataBytes: wholeOf(top, '') + wholeOf(volumes, volumesPath),
    backupBytes: backups
      .filter(({ path }) => roots.includes(path))
      .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    programBytes: wholeOf(programs, programs.at(-1)?.path ?? ''),
  }
}

/** Folders for backups that root has allowed, where they lie on the disk of the data directory. */
async function rootsOnDisk({ dataDir, backupSettingsFile }: Deps): Promise<string[]> {
  const { roots } = await readBackupSettings(backupSettingsFile)
  const { dev } = await stat(dataDir)
  const here: string[] = []
  for (const { path } of roots)
    if ((await stat(path).catch(() => undefined))?.dev === dev) here.push(path)
  return here
}

/** The folder itself comes last. */
const wholeOf = (sizes: readonly FolderSize[], path: string): number =>
  sizes.findLast((size) => size.path === path)?.sizeBytes ?? 0
