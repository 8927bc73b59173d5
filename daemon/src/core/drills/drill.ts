import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { compareFiles, isAllGood } from '#core/drills/drill-checks.ts'
import type { AddonLoader } from '#core/drills/load-addon.ts'
import type { GoodBackup, KeptBackups, Servers } from '#core/backups/way-back.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeBackups } from '#ports/node-backups.ts'

interface Deps {
  servers: Pick<Servers, 'kindOf' | 'startThrowAway'>
  loader: AddonLoader
  node: Pick<NodeBackups, 'restore'>
  backups: Pick<KeptBackups, 'repositoryOf'>
  newId: NewId
}

/** What a drill asks of the node while it runs. */
export interface DrillNeeds {
  memoryBytes: number
  diskBytes: number
}

const DRILL_MS = 6 * 3_600_000
/** Of a throw-away server: enough to load and look, whatever its original has. */
const MOST_MEMORY_BYTES = 512 * 2 ** 20
/** Of restic itself, which reads its index. */
const OWN_MEMORY_BYTES = 192 * 2 ** 20
/** A server takes more room than its dump. */
const SPREAD = 4
/** A scratch directory may come out larger than what was counted: sparse files, links. */
const SLACK = 1.5
const LEAST_SCRATCH_BYTES = 64 * 2 ** 20

/** Puts a backup into a throw-away place and looks whether it is all there. It touches nothing that lives. */
export function createDrill({ servers, loader, node, backups, newId }: Deps) {
  const memoryOf = ({ content }: GoodBackup): number => {
    const least = content.addon ? (servers.kindOf(content.addon.kind)?.minMemoryBytes ?? 0) : 0
    return Math.max(least, Math.min(content.addon?.memoryBytes ?? 0, MOST_MEMORY_BYTES))
  }

  async function ofAddon(backup: GoodBackup, signal: AbortSignal): Promise<DrillCheck[]> {
    const { addon, counts } = backup.content
    if (!addon)
      throw new CodedError('BACKUP_NOT_GOOD', { reason: 'It does not say what server it is of.' })
    const { kind, version } = addon
    const like = backup.subject.id
    const wish = { kind, version, like, memoryBytes: memoryOf(backup), volumeId: newId() }
    const place = await servers.startThrowAway(wish, signal)
    try {
      const bytes = await loader.load(backup, kind, place, () => {}, signal)
      return [...bytes, ...(await loader.check(kind, place, counts))]
    } finally {
      await place.stop()
    }
  }

  async function ofFiles(backup: GoodBackup, signal: AbortSignal): Promise<DrillCheck[]> {
    const done = await node.restore(
      {
        repository: await backups.repositoryOf(backup.destinationId),
        snapshotId: backup.snapshotId,
        target: { type: 'scratch', maxBytes: scratchOf(backup) },
        timeoutMs: DRILL_MS,
      },
      () => {},
      signal,
    )
    return compareFiles(backup.content, done)
  }

  return {
    needsOf: (backup: GoodBackup): DrillNeeds =>
      backup.subject.type === 'addon'
        ? {
            memoryBytes: memoryOf(backup) + OWN_MEMORY_BYTES,
            diskBytes: backup.content.sizeBytes * SPREAD,
          }
        : { memoryBytes: OWN_MEMORY_BYTES, diskBytes: scratchOf(backup) },

    /** What was looked at. Throws what kept it from being restored, in the words of the tool. */
    run: (backup: GoodBackup, signal: AbortSignal): Promise<DrillCheck[]> => {
      const within = AbortSignal.any([signal, AbortSignal.timeout(DRILL_MS)])
      return backup.subject.type === 'addon' ? ofAddon(backup, within) : ofFiles(backup, within)
    },

    isProof: isAllGood,
  }
}
export type DrillWork = ReturnType<typeof createDrill>

const scratchOf = ({ content }: GoodBackup): number =>
  Math.ceil(Math.max(LEAST_SCRATCH_BYTES, content.sizeBytes * SLACK))
