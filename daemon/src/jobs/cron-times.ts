import { Cron } from 'croner'
import type { CronTimes } from '#core/scheduled-jobs/cron-times.ts'

/**
 * The times of a cron schedule in a time zone. Where clocks go forward, a time that is left out comes
 * right after; where they go back, a named time that comes twice counts once, while "every half hour"
 * goes on in even steps (docs/decisions/0089).
 */
export const cronTimes: CronTimes = {
  check(schedule, timeZone) {
    try {
      if (/^@reboot$/i.test(schedule.trim()))
        return 'A server has no start that counts: @reboot is not there.'
      return parse(schedule, timeZone).nextRun(new Date()) === null
        ? 'The schedule names a time that never comes.'
        : undefined
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      if (/timezone/i.test(said)) return `${timeZone} is no time zone; Europe/Berlin is one.`
      return said.replace(/^CronPattern: /, '').slice(0, 200)
    }
  },
  next: (schedule, timeZone, after) => parse(schedule, timeZone).nextRun(after) ?? undefined,
}

const parse = (schedule: string, timeZone: string): Cron =>
  new Cron(schedule.trim(), { timezone: timeZone, paused: true, mode: '5-part' })
