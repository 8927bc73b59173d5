import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Destination } from '@vastrox/shared/backup.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { NoteNews } from '#core/backups/backup-news.ts'
import type { DestinationService } from '#core/destinations/destination-service.ts'
import type { NodeTurns } from '#core/backups/node-turns.ts'
import type { Repositories } from '#core/destinations/repositories.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { BackupRecord, BackupStore } from '#store/backup-store.ts'
import type { Transact } from '#store/database.ts'
import type { DestinationRecord, DestinationStore } from '#store/destination-store.ts'

interface Deps {
  destinations: DestinationStore
  destinationService: Pick<DestinationService, 'find' | 'show'>
  backups: Pick<
    BackupStore,
    'listOfDestinationForPlatform' | 'setDamageForPlatform' | 'dropFailedForPlatform'
  >
  repositories: Pick<Repositories, 'of'>
  node: Pick<NodeBackups, 'check' | 'measure'>
  nodeName: string
  turns: NodeTurns
  noteNews: NoteNews
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
  onProblem: (what: string, error: unknown) => void
}

const WEEK_MS = 7 * 86_400_000
/** A quarter is read each week, another one by chance, and in the fourth week everything. */
const CHECK_PARTS = 4
const PART = 25
const ALL = 100
const CHECK_TIMEOUT_MS = 12 * 3_600_000
const MEASURE_EVERY_MS = 3_600_000
const MAX_NAMED = 10
/** Of each subject; of more of them nobody learns anything. */
const FAILED_KEPT = 100

/** Looks whether what is at a destination can still be read, and which backups it touches where not. */
export function createCheckService(deps: Deps) {
  const { destinations, backups, node, clock, transact } = deps
  const stopping = new AbortController()
  const running = new Map<string, Promise<void>>()

  const changed = ({ teamId, id }: DestinationRecord): void =>
    deps.events.emit({ teamId, type: 'destinations.changed', app: null, subject: id })

  /** What others have written meanwhile stays. */
  function save(id: string, change: Partial<DestinationRecord>): void {
    const now = destinations.findForPlatform(id)
    if (!now) return
    destinations.saveForPlatform({ ...now, ...change })
    changed(now)
  }

  function noteDamage(record: DestinationRecord, damaged: ReadonlySet<string>, isAll: boolean) {
    const hit: BackupRecord[] = []
    for (const backup of backups.listOfDestinationForPlatform(record.id)) {
      const isDamaged = backup.snapshotId !== null && damaged.has(backup.snapshotId)
      if (isDamaged) {
        hit.push(backup)
        backups.setDamageForPlatform(backup.id, `Found damaged at ${clock.now().toISOString()}.`)
      } else if (isAll && backup.damage !== null) backups.setDamageForPlatform(backup.id, null)
    }
    return hit
  }

  function fail(
    record: DestinationRecord,
    failure: string,
    damaged: readonly BackupRecord[],
  ): void {
    deps.noteNews({
      teamId: record.teamId,
      appId: null,
      event: 'destination.failed',
      data: {
        destination: record.name,
        reason: failure,
        backups: damaged.map(({ id, subject, startedAt }) => ({
          id,
          subject: `${subject.type}:${subject.name}`,
          startedAt,
        })),
      },
    })
  }

  async function checkOnce(id: string, part: number | null, signal: AbortSignal): Promise<void> {
    const record = destinations.findForPlatform(id)
    if (!record) return
    const isAll = part === null || part === CHECK_PARTS
    const repository = await deps.repositories.of(id, signal)
    const result = await node.check(repository, isAll ? ALL : PART, () => {}, signal)
    const measured = await node.measure(repository)
    transact(() => {
      const damaged = noteDamage(record, new Set(result.damagedSnapshots), isAll)
      const failure = result.isGood ? null : sayDamage(damaged, result.errors)
      save(id, {
        ...measured,
        measuredAt: clock.now().toISOString(),
        checkedAt: clock.now().toISOString(),
        checkFailure: failure,
        ...(part === null ? {} : { nextPart: (part % CHECK_PARTS) + 1 }),
      })
      if (failure !== null) fail(record, failure, damaged)
      else if (record.checkFailure !== null)
        deps.noteNews({
          teamId: record.teamId,
          appId: null,
          event: 'destination.well',
          data: { destination: record.name },
        })
    })
  }

  /** Never rejects. `part`: the week of four; null reads everything. */
  function begin(record: DestinationRecord, part: number | null): void {
    if (running.has(record.id) || stopping.signal.aborted) return
    const limit = AbortSignal.any([stopping.signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)])
    const ended = work(record, part, limit).finally(() => {
      running.delete(record.id)
      changed(record)
    })
    running.set(record.id, ended)
  }

  async function work(record: DestinationRecord, part: number | null, signal: AbortSignal) {
    let endTurn = (): void => {}
    try {
      endTurn = await deps.turns.take(deps.nodeName, 'check', signal)
      await checkOnce(record.id, part, signal)
    } catch (error) {
      if (stopping.signal.aborted) return
      const failure = `It could not be checked: ${sayError(error)}`
      transact(() => {
        save(record.id, { checkedAt: clock.now().toISOString(), checkFailure: failure })
        if (record.checkFailure !== failure) fail(record, failure, [])
      })
      if (!(error instanceof CodedError)) deps.onProblem(`checking ${record.name} failed`, error)
    } finally {
      endTurn()
    }
  }

  const isOld = (at: string | null, ageMs: number): boolean =>
    at === null || Math.abs(clock.now().getTime() - Date.parse(at)) > ageMs

  return {
    /** Reads everything there again, in the background. */
    check(actor: Actor, name: string): Destination {
      mustBeAble(actor, 'backup.manage')
      const record = deps.destinationService.find(actor, name)
      deps.audit.append({ actor, action: 'destination.check', target: name })
      begin(record, null)
      return deps.destinationService.show(record)
    },

    /** Those whose week is over, as far as there is something in them; once an hour. */
    runDue(): void {
      backups.dropFailedForPlatform(FAILED_KEPT)
      for (const record of destinations.listForPlatform())
        if (isOld(record.checkedAt ?? record.createdAt, WEEK_MS)) {
          if (backups.listOfDestinationForPlatform(record.id, 1).length > 0)
            begin(record, record.nextPart)
        }
    },

    /** What it takes there, after something was added; seldom, since that may take long. */
    async measure(destinationId: string): Promise<void> {
      const record = destinations.findForPlatform(destinationId)
      if (!record || !isOld(record.measuredAt, MEASURE_EVERY_MS)) return
      const measured = await node.measure(await deps.repositories.of(destinationId))
      save(destinationId, { ...measured, measuredAt: clock.now().toISOString() })
    },

    isRunning: (destinationId: string): boolean => running.has(destinationId),
    /** Resolves once the one that is under way has ended. */
    until: async (destinationId: string): Promise<void> => running.get(destinationId),
    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all(running.values())
    },
  }
}
export type CheckService = ReturnType<typeof createCheckService>

function sayDamage(damaged: readonly BackupRecord[], errors: readonly string[]): string {
  const named = damaged
    .slice(0, MAX_NAMED)
    .map(({ id, subject }) => `${subject.type}:${subject.name} (${id})`)
    .join(', ')
  const more = damaged.length > MAX_NAMED ? ` and ${damaged.length - MAX_NAMED} more` : ''
  if (damaged.length > 0)
    return `${damaged.length} backups cannot be restored from here any more: ${named}${more}.`
  return `Its content is not as it was written: ${errors[0] ?? 'restic says no more'}`
}
