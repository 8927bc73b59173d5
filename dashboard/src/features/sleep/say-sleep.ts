import type { AppSleep } from '@vastrox/shared/sleep.ts'
import { sayBytes } from '#lib/bytes.ts'
import { span } from '#lib/time.ts'

/** "Slept 14 h 2 min of the last 24 h (3 times), 84 MB free meanwhile; woke in 410 ms at most." */
export function saySleep({ lastDay }: Pick<AppSleep, 'lastDay'>): string {
  const { asleepMs, times, freedBytes, slowestWakeMs } = lastDay
  if (times === 0) return 'Has not slept in the last 24 h.'
  const often = times === 1 ? 'once' : `${times} times`
  const freed = freedBytes === 0 ? '' : `, ${sayBytes(freedBytes)} free meanwhile`
  const woke = slowestWakeMs === null ? '' : `; woke in ${span(slowestWakeMs)} at most`
  return `Slept ${span(asleepMs)} of the last 24 h (${often})${freed}${woke}.`
}
