import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { compareDump, compareCounts, describeCounts } from '#core/drills/drill-checks.ts'
import type { GoodBackup, KeptBackups, RecordedContent, Servers } from '#core/backups/way-back.ts'
import type { AddonBackup, AddonCommand, AddonCounts, AddonRoot } from '#ports/addon-kind.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { NodeBackups } from '#ports/node-backups.ts'

interface Deps {
  servers: Pick<Servers, 'kindOf'>
  addons: Pick<NodeAddons, 'exec'>
  node: Pick<NodeBackups, 'restore'>
  backups: Pick<KeptBackups, 'repositoryOf'>
}

/** A running server. */
export interface Place {
  addonId: string
  root: AddonRoot
}

/** What of the way is behind us, from 0 to 1; null where that cannot be known. */
export type OnProgress = (done: number | null) => void

const RESTORE_MS = 12 * 3_600_000
/** What the node lets a command of this kind take. */
const MOST_EXEC_MS = 3_600_000
const MAX_WORDS = 600

/** Puts the dump of a backup into a server, and looks whether all of it is there: drills and restores do it by this one code. */
export function createAddonLoader({ servers, addons, node, backups }: Deps) {
  function backupOf(kindName: string): AddonBackup {
    const backup = servers.kindOf(kindName)?.backup
    if (!backup) throw new CodedError('ADDON_KIND_UNKNOWN', { kind: kindName })
    return backup
  }

  async function run(place: Place, command: AddonCommand) {
    const { argv, stdin, env, timeoutMs } = command
    return addons.exec({
      addonId: place.addonId,
      argv,
      timeoutMs: Math.min(timeoutMs, MOST_EXEC_MS),
      ...(stdin === undefined ? {} : { stdin }),
      ...(env === undefined ? {} : { env }),
    })
  }

  /** Throws RESTORE_FAILED in the tool's own words unless it exits with 0. */
  async function mustRun(place: Place, command: AddonCommand, what: string) {
    const done = await run(place, command)
    if (done.exitCode === 0) return done
    throw new CodedError('RESTORE_FAILED', {
      reason: `${what}: ${lastWords(done.stderr || done.stdout) || `exit code ${done.exitCode}`}`,
    })
  }

  async function count(kind: string, place: Place): Promise<AddonCounts> {
    const backup = backupOf(kind)
    const counted = await mustRun(place, backup.count(place.root), 'counting failed')
    return backup.readCounts(counted.stdout)
  }

  async function verify(kind: string, place: Place): Promise<DrillCheck[]> {
    const backup = backupOf(kind)
    return backup.readVerification(await run(place, backup.verify(place.root)))
  }

  return {
    backupOf,
    count,

    /** Empties the server. */
    async clear(kind: string, place: Place): Promise<void> {
      for (const command of backupOf(kind).clear(place.root))
        await mustRun(place, command, 'it could not be emptied')
    },

    /** Into a server that has nothing in it. Gives how the bytes compare with those that were sent. */
    async load(
      backup: GoodBackup,
      kind: string,
      place: Place,
      onProgress: OnProgress,
      signal: AbortSignal,
    ): Promise<DrillCheck[]> {
      const of = backupOf(kind)
      const { argv, env = {} } = of.restore(place.root)
      const done = await node.restore(
        {
          repository: await backups.repositoryOf(backup.destinationId),
          snapshotId: backup.snapshotId,
          target: { type: 'addon', addonId: place.addonId, argv, env, fileName: of.fileName },
          timeoutMs: RESTORE_MS,
        },
        ({ bytesDone, bytesTotal }) => {
          const total = bytesTotal ?? backup.content.sizeBytes
          onProgress(total > 0 ? Math.min(1, bytesDone / total) : null)
        },
        signal,
      )
      return compareDump(backup.content, done)
    },

    /** Rows of every table, and the server's own check of its content. */
    async check(
      kind: string,
      place: Place,
      counts: RecordedContent['counts'],
    ): Promise<DrillCheck[]> {
      const found = await count(kind, place)
      const rows = counts === null ? describeCounts(found) : compareCounts(counts, found)
      return [...rows, ...(await verify(kind, place))]
    },
  }
}
export type AddonLoader = ReturnType<typeof createAddonLoader>

/** The last lines of what a tool printed. */
export const lastWords = (text: string): string =>
  text.trim().split('\n').slice(-6).join(' ').slice(-MAX_WORDS)
