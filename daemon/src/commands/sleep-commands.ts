import type { AppSleep } from '@vastrox/shared/sleep.ts'
import { type Command, positional, UsageError } from '#commands/command.ts'
import { facts, megabytes, show } from '#commands/output.ts'

const MINUTE_MS = 60_000
const UNIT_MS: Record<string, number> = {
  s: 1_000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 1_440 * MINUTE_MS,
}

export const sleepCommands: readonly Command[] = [
  {
    name: 'sleep',
    aliases: ['sleep:now'],
    usage: '<app>',
    summary: 'Put an app to sleep: the next visitor wakes it',
    permission: 'app.change',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const slept = await context.sleep.sleep(context.actor, name)
      await show(context, slept, () => `${name} sleeps. The next visitor wakes it.\n`)
    },
  },
  {
    name: 'wake',
    aliases: ['sleep:wake'],
    usage: '<app>',
    summary: 'Wake an app that sleeps',
    permission: 'app.change',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const awake = await context.sleep.wake(context.actor, name)
      await show(context, awake, () => `${name} is awake.\n`)
    },
  },
  {
    name: 'sleep:info',
    usage: '<app>',
    summary: 'Show whether an app sleeps, and what that saved',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const found = context.sleep.get(context.actor, positional(args, 0))
      await show(context, found, () => facts(sayAll(found)))
    },
  },
  {
    name: 'sleep:set',
    usage: '<app> <30m|2h|off>',
    summary: 'Let an app sleep after so long without visitors',
    permission: 'app.change',
    takes: [2, 2],
    async run(context, args) {
      const name = positional(args, 0)
      const sleepAfterMs = timeOf(positional(args, 1))
      const { settings } = context.apps.changeSettings(context.actor, name, { sleepAfterMs })
      await show(context, { sleepAfterMs: settings.sleepAfterMs }, () =>
        sleepAfterMs === null
          ? `${name} is not put to sleep any more.\n`
          : `${name} sleeps after ${sayTime(sleepAfterMs)} without visitors.\n`,
      )
    },
  },
]

function timeOf(text: string): number | null {
  if (text === 'off') return null
  const [, count = '', unit = 'm'] = /^(\d{1,5})(s|m|h|d)?$/.exec(text) ?? []
  if (count === '') throw new UsageError('Say a time such as 30m or 2h, or off.')
  const ms = Number(count) * (UNIT_MS[unit] ?? MINUTE_MS)
  if (ms < 10_000) throw new UsageError('Less than 10 seconds is no sleep.')
  return ms
}

const sayAll = ({
  isAsleep,
  since,
  afterMs,
  staysAwake,
  lastDay,
}: AppSleep): [string, string][] => [
  ['Asleep', isAsleep ? `since ${since ?? 'now'}` : 'no'],
  ['Sleeps after', afterMs === null ? 'never by itself' : `${sayTime(afterMs)} without visitors`],
  ...(staysAwake === null ? [] : [['Stays awake', staysAwake] satisfies [string, string]]),
  ['Of the last 24 h', `${sayTime(lastDay.asleepMs)}, ${lastDay.times} times`],
  ['Memory freed', megabytes(lastDay.freedBytes)],
  ['Slowest wake', lastDay.slowestWakeMs === null ? '-' : `${lastDay.slowestWakeMs} ms`],
]

function sayTime(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.round(ms / 1_000)} s`
  const minutes = Math.round(ms / MINUTE_MS)
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}
