import { createHash } from 'node:crypto'
import type { CronTimes } from '#core/scheduled-jobs/cron-times.ts'
import type { BackupScheduleRecord } from '#store/backup-schedule-store.ts'

type Timed = Pick<BackupScheduleRecord, 'id' | 'schedule' | 'timeZone'>

const MOST_JITTER_MS = 3_600_000
const SHARE = 0.1

/**
 * The due times of a schedule, each so much later as its id says: the same every time, so that all of
 * a server's schedules do not begin at once, and a day's backup is a day after the one before.
 */
export function createScheduleTimes(times: CronTimes) {
  const zoneOf = ({ timeZone }: Timed): string => timeZone ?? 'UTC'

  /** At most an hour, and a tenth of the time between two. */
  function jitterMs(schedule: Timed, after: Date): number {
    const share = createHash('sha256').update(schedule.id).digest().readUInt32BE(0) / 2 ** 32
    return Math.floor(share * Math.min(MOST_JITTER_MS, intervalMs(schedule, after) * SHARE))
  }

  /** Between the next two; a day where there is no second one. */
  function intervalMs(schedule: Timed, after: Date): number {
    const one = times.next(schedule.schedule, zoneOf(schedule), after)
    const two = one && times.next(schedule.schedule, zoneOf(schedule), one)
    return one && two ? two.getTime() - one.getTime() : 86_400_000
  }

  return {
    check: (schedule: string, timeZone: string | null): string | undefined =>
      times.check(schedule, timeZone ?? 'UTC'),
    intervalMs,

    /** The first time behind `after`, with its jitter. */
    next(schedule: Timed, after: Date): Date | undefined {
      const jitter = jitterMs(schedule, after)
      const at = times.next(schedule.schedule, zoneOf(schedule), new Date(after.getTime() - jitter))
      return at && new Date(at.getTime() + jitter)
    },
  }
}
export type ScheduleTimes = ReturnType<typeof createScheduleTimes>
