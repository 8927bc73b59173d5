import { systemActor } from '#core/access/system-actor.ts'
import type { NoteNews } from '#core/backups/backup-news.ts'
import type { BackupService } from '#core/backups/backup-service.ts'
import type { ScheduleTimes } from '#core/backups/schedule-times.ts'
import type { Subjects } from '#core/backups/subjects.ts'
import type { Clock } from '#ports/clock.ts'
import type { BackupScheduleRecord, BackupScheduleStore } from '#store/backup-schedule-store.ts'
import type { BackupStore } from '#store/backup-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  schedules: BackupScheduleStore
  backups: Pick<BackupStore, 'isUnderWayForPlatform' | 'findNewestGoodForPlatform'>
  subjects: Pick<Subjects, 'findForPlatform'>
  times: ScheduleTimes
  ask: BackupService['ask']
  noteNews: NoteNews
  clock: Clock
  transact: Transact
  /** However far the next time is: somebody may set the clock meanwhile. */
  lookEveryMs: number
  onProblem: (what: string, error: unknown) => void
}

/** Somebody has set the clock back: what lies so far ahead was never lived through. */
const AHEAD_MS = 3_600_000
/** Behind its time by two intervals and this, somebody is told. */
const OVERDUE_MS = 3_600_000
const LEAST_MS = 20

/** Asks for the backups that are due. Times that were missed are made up for, once. */
export function createDueBackups(deps: Deps) {
  const { schedules, times, clock, transact } = deps
  const stopping = new AbortController()
  let sooner = new AbortController()
  let running: Promise<void> | undefined

  function lookAt(schedule: BackupScheduleRecord, now: Date): void {
    const settled = new Date(schedule.settledUntil)
    if (settled.getTime() > now.getTime() + AHEAD_MS) {
      schedules.settleForPlatform(schedule.id, now.toISOString())
      return
    }
    const due = times.next(schedule, settled)
    if (!due || due > now) return
    const known = deps.subjects.findForPlatform(schedule.subject)
    // In the trash, or gone for good: once it is taken back, it is due.
    if (!known) return
    // The one before has not ended yet: another would only wait behind it.
    const { subject, destinationId } = schedule
    if (!deps.backups.isUnderWayForPlatform(subject, destinationId))
      deps.ask(systemActor(schedule.teamId), [known], {
        destinationId,
        mode: schedule.mode,
        keep: false,
        allowSmaller: false,
        purpose: 'schedule',
        scheduleId: schedule.id,
      })
    // Last: where it could not be asked for, the next look does.
    schedules.settleForPlatform(schedule.id, now.toISOString())
  }

  /** No good backup for two intervals, though there should be. Told once, until there is one again. */
  function lookWhetherOverdue(schedule: BackupScheduleRecord, now: Date): void {
    const { subject, destinationId, createdAt, overdueToldAt, teamId } = schedule
    const known = deps.subjects.findForPlatform(subject)
    if (!known) return
    const newest = deps.backups.findNewestGoodForPlatform(subject, destinationId)
    const lastAt = newest?.startedAt ?? createdAt
    const allowed = 2 * times.intervalMs(schedule, now) + OVERDUE_MS
    const isOverdue = now.getTime() - Date.parse(lastAt) > allowed
    if (isOverdue === (overdueToldAt !== null)) return
    transact(() => {
      schedules.setOverdueToldForPlatform(schedule.id, isOverdue ? now.toISOString() : null)
      const name = `${subject.type}:${subject.name}`
      deps.noteNews({
        teamId,
        appId: known.appId,
        event: isOverdue ? 'backup.overdue' : 'backup.current',
        data: { subject: name, schedule: schedule.id, lastGoodAt: newest?.startedAt ?? null },
      })
    })
  }

  /** Asks for what is due. Gives the next time at which something is; undefined where there is none. */
  function run(): Date | undefined {
    const now = clock.now()
    const enabled = schedules.listEnabledForPlatform()
    for (const schedule of enabled)
      try {
        lookAt(schedule, now)
        lookWhetherOverdue(schedule, now)
      } catch (error) {
        deps.onProblem(`the backup of ${schedule.subject.name} could not be asked for`, error)
      }
    const next = enabled.flatMap((schedule) => times.next(schedule, now)?.getTime() ?? [])
    return next.length === 0 ? undefined : new Date(Math.min(...next))
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      sooner = new AbortController()
      const signal = AbortSignal.any([sooner.signal, stopping.signal])
      const next = run()
      // Without any schedule nothing is looked at until there is one.
      await (next === undefined ? untilAborted(signal) : clock.sleep(waitMs(next), signal)).catch(
        () => {
          // Another time is the next one by now, or we are stopping.
        },
      )
    }
  }

  const waitMs = (next: Date): number =>
    Math.min(deps.lookEveryMs, Math.max(LEAST_MS, next.getTime() - clock.now().getTime()))

  return {
    run,
    start(): void {
      running ??= loop()
    },
    /** A schedule has come, gone or changed. */
    wake: (): void => sooner.abort(),
    async stop(): Promise<void> {
      stopping.abort()
      await running
    },
  }
}
export type DueBackups = ReturnType<typeof createDueBackups>

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<void>()
  if (signal.aborted) reject(signal.reason)
  else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise
}
