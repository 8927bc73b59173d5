import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InstallationConfig, pathsOf } from '@vastrox/shared/installation.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { crashPoint } from '@vastrox/shared/node/crash-point.ts'
import {
  PlatformManifest,
  type RestoringNote,
  STAGING_NAME,
} from '@vastrox/shared/platform-backup.ts'
import type { Restic, Snapshot } from '#agent/backups/platform-restic.ts'
import { ensureAccounts, idsOf } from '#agent/cli/install/accounts.ts'
import { defaultBaseDomain, findPublicAddress } from '#agent/cli/install/addresses.ts'
import type { InstallOptions } from '#agent/cli/install/options.ts'
import { checkPorts } from '#agent/cli/install/preflight.ts'
import { askKey } from '#agent/cli/install/restore/ask-key.ts'
import { choosePlatform, newestOf } from '#agent/cli/install/restore/choose-snapshots.ts'
import { openPlace } from '#agent/cli/install/restore/open-place.ts'
import { placeDump, placeFiles, placeVolume } from '#agent/cli/install/restore/place-files.ts'
import { pointRoot } from '#agent/cli/install/restore/point-root.ts'
import {
  findLocalRepository,
  readPlace,
  type RepositoryPlace,
  sayPlace,
} from '#agent/cli/install/restore/repository-place.ts'
import {
  manifestFileOf,
  readRestoreState,
  type RestoreState,
  writeRestoreState,
} from '#agent/cli/install/restore/restore-state.ts'
import type { Steps } from '#agent/cli/install/steps.ts'
import { writeConfig } from '#agent/cli/install/write-config.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

interface Deps {
  options: InstallOptions
  env: Record<string, string | undefined>
  steps: Steps
  question: ((text: string) => Promise<string | undefined>) | undefined
}

/** A volume, or an add-on's content. */
export interface RestoredPart {
  name: string
  /** null: there is no backup of it. */
  from: string | null
}

/** What was brought back, for the account at the end. */
export interface Restored {
  state: RestoreState
  manifest: PlatformManifest
  volumes: RestoredPart[]
  addons: RestoredPart[]
  /** Where people reached the installation before. */
  before: { publicAddress: string; baseDomain: string }
}

/** Volumes of one act are stored after the platform. */
const SAME_ACT_MS = 600_000

/**
 * The first half of a restore, with nothing of ours running: the files of the platform and of every
 * volume, as the repository has them. Each step is noted when it is done, so that a run that was
 * cut off is gone on with by the next. Afterwards the data directory is one that was installed.
 */
export async function bringBack({ options, env, steps, question }: Deps): Promise<Restored> {
  const { dataDir, restore } = options
  if (restore === undefined) throw new Error('nothing is to be restored')
  const place = readPlace(restore)
  const scratch = join(dataDir, '.restore')
  const begun = await readRestoreState(dataDir)
  const key = await askKey({
    file: options.restoreKeyFile,
    env,
    stdin: process.stdin,
    say: (text) => process.stdout.write(text),
  })
  await mkdir(dataDir, { recursive: true, mode: 0o755 })
  const restic = await openPlace({ place, key, scratch, env, question }).catch(
    async (error: unknown) => {
      await rm(scratch, { recursive: true, force: true })
      throw error
    },
  )
  try {
    const snapshots = await restic.snapshots()
    const platform = begun
      ? await sameAsBegun(begun, snapshots)
      : choosePlatform(snapshots, options.restorePoint)
    const state: RestoreState = begun ?? {
      format: 1,
      repository: sayPlace(place),
      snapshotId: platform.id,
      takenAt: platform.time,
      begunAt: new Date().toISOString(),
      done: [],
    }
    await writeRestoreState(dataDir, state)
    const before = await readConfig(restic, platform)
    if (!state.done.includes('files')) {
      await checkPorts(portsOf(options, before), {})
      await steps.run(`The platform as of ${sayTime(platform.time)}`, () =>
        bringFilesBack({ dataDir, restic, place, platform, before, options, state }),
      )
    }
    const manifest = await readManifest(dataDir)
    const latest = latestOf(options.restorePoint, platform)
    const volumes: RestoredPart[] = []
    for (const volume of manifest.volumes) {
      const snapshot = newestOf(snapshots, `volume:${volume.id}`, latest)
      volumes.push({ name: volume.name, from: snapshot?.time ?? null })
      const step = `volume:${volume.id}`
      if (snapshot === undefined || state.done.includes(step)) continue
      await steps.run(`Volume ${volume.name} as of ${sayTime(snapshot.time)}`, () =>
        placeVolume(dataDir, volume, (target) => restic.restore(snapshot.id, target)),
      )
      await noteDone(dataDir, state, step)
      crashPoint('restore.volume')
    }
    const addons: RestoredPart[] = []
    for (const { id, name, volumeId } of manifest.addons) {
      if (volumeId === null) continue
      const snapshot = newestOf(snapshots, `addon:${id}`, latest)
      addons.push({ name, from: snapshot?.time ?? null })
      const step = `addon:${id}`
      if (snapshot === undefined || state.done.includes(step)) continue
      await steps.run(`Dump of ${name} as of ${sayTime(snapshot.time)}`, async () =>
        placeDump(dataDir, id, await idsOf('vastrox'), (target) =>
          restic.restore(snapshot.id, target),
        ),
      )
      await noteDone(dataDir, state, step)
    }
    return { state, manifest, volumes, addons, before }
  } finally {
    await restic.close()
    await rm(scratch, { recursive: true, force: true })
  }
}

export async function noteDone(dataDir: string, state: RestoreState, step: string): Promise<void> {
  state.done.push(step)
  await writeRestoreState(dataDir, state)
}

async function sameAsBegun(state: RestoreState, snapshots: readonly Snapshot[]): Promise<Snapshot> {
  const found = snapshots.find(({ id }) => id === state.snapshotId)
  if (found) return found
  throw new SetupError(
    `The restore that was begun here is of ${state.repository}, and this repository has not the backup it was begun with.`,
    `Go on with ./install.sh --restore ${state.repository}, or empty the data directory to begin anew.`,
  )
}

async function readConfig(restic: Restic, platform: Snapshot): Promise<InstallationConfig> {
  const text = (await restic.read(platform.id, '/config.json')).toString()
  return InstallationConfig.parse(JSON.parse(text))
}

/** config.json comes last: with it the directory counts as an installation. */
async function bringFilesBack({
  dataDir,
  restic,
  place,
  platform,
  before,
  options,
  state,
}: {
  dataDir: string
  restic: Restic
  place: RepositoryPlace
  platform: Snapshot
  before: InstallationConfig
  options: InstallOptions
  state: RestoreState
}): Promise<void> {
  const paths = pathsOf(dataDir)
  await restic.restore(platform.id, dataDir)
  await rm(paths.config, { force: true })
  crashPoint('restore.unpacked')
  await ensureAccounts()
  const daemon = await idsOf('vastrox')
  const manifest = await placeFiles(dataDir, daemon)
  await writeAtomically(manifestFileOf(dataDir), JSON.stringify(manifest))
  crashPoint('restore.placed')
  const note: RestoringNote = {
    format: 1,
    backupId: manifest.backupId,
    snapshotId: platform.id,
    takenAt: manifest.takenAt,
    begunAt: state.begunAt,
  }
  if (place.type === 'local')
    await pointRoot(join(paths.agent, 'backups.json'), await findLocalRepository(place.path))
  await writeAtomically(paths.restoring, JSON.stringify(note), 0o640, daemon.gid)
  const { sourceDir: _, ...kept } = before
  await writeConfig(paths.config, { ...kept, ...addressesHere(options, before) })
  await noteDone(dataDir, state, 'files')
  await rm(join(paths.daemon, STAGING_NAME), { recursive: true, force: true })
}

/** Those that are asked for, else those of the machine before. */
const portsOf = (options: InstallOptions, before: InstallationConfig) => ({
  httpPort: options.httpPort ?? before.httpPort,
  httpsPort: options.httpsPort ?? before.httpsPort,
  dashboardPort: options.dashboardPort ?? before.dashboardPort,
  sshPort: options.sshPort ?? before.sshPort,
})

/** An address of the machine before is nobody's here, and a domain that followed it follows. */
function addressesHere(options: InstallOptions, before: InstallationConfig) {
  const publicAddress = options.publicAddress ?? findPublicAddress() ?? before.publicAddress
  const followed = before.baseDomain === defaultBaseDomain(before.publicAddress)
  return {
    publicAddress,
    baseDomain: followed ? defaultBaseDomain(publicAddress) : before.baseDomain,
  }
}

async function readManifest(dataDir: string): Promise<PlatformManifest> {
  const path = manifestFileOf(dataDir)
  if (!existsSync(path))
    throw new SetupError(
      `${path} is gone, which says what was to be restored.`,
      'Empty the data directory, and begin the restore anew.',
    )
  return PlatformManifest.parse(JSON.parse(await readFile(path, 'utf8')))
}

/** What is newer than the point that somebody named is not wanted; without one the newest is. */
function latestOf(point: string | undefined, platform: Snapshot): number {
  if (point === undefined) return Number.POSITIVE_INFINITY
  const time = /^\d{4}-/.test(point) ? Date.parse(point) : Number.NaN
  return Number.isNaN(time) ? Date.parse(platform.time) + SAME_ACT_MS : time
}

export const sayTime = (time: string): string =>
  `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
