/** When a schedule is due; jobs/cron-times.ts knows the calendar. */
export interface CronTimes {
  /** What is wrong with it, in one sentence; undefined when nothing is. */
  check(schedule: string, timeZone: string): string | undefined
  /** The first time behind `after`; undefined when there is none. */
  next(schedule: string, timeZone: string, after: Date): Date | undefined
}
