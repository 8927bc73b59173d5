import type { AppSleep } from '@vastrox/shared/sleep.ts'
import { sayBytes } from '#lib/bytes.ts'
import { span } from '#lib/time.ts'
import { t, tn } from '#lib/words.ts'

/** "Slept 14 h 2 min of the last 24 h (3 times), 84 MB free meanwhile; woke in 410 ms at most." */
export function saySleep({ lastDay }: Pick<AppSleep, 'lastDay'>): string {
  const { asleepMs, times, freedBytes, slowestWakeMs } = lastDay
  if (times === 0) return t('Has not slept in the last 24 h.')
  const often = tn(times, 'once', '{count} times')
  const slept = t('Slept {span} of the last 24 h ({often})', { span: span(asleepMs), often })
  const freed = freedBytes && t(', {bytes} free meanwhile', { bytes: sayBytes(freedBytes) })
  const woke = slowestWakeMs && t('; woke in {span} at most', { span: span(slowestWakeMs) })
  return `${slept}${freed || ''}${woke || ''}.`
}
