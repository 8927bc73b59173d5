import { type BackupSchedule, Retention } from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import { t } from '#lib/words.ts'

/** A schedule as it is typed. */
export interface ScheduleDraft {
  subject: string
  destination: string
  schedule: string
  timeZone: string
  mode: 'live' | 'paused' | 'stopped'
  retention: Record<keyof Retention, string>
}

/** How many can be asked for, and what is usual. */
export const KEPT = [
  ['last', t('Newest'), 3, 1_000],
  ['daily', t('One a day, days'), 0, 366],
  ['weekly', t('One a week, weeks'), 0, 104],
  ['monthly', t('One a month, months'), 0, 120],
] as const

const USUAL = Retention.parse({})

export const draftOf = (
  schedule: BackupSchedule | undefined,
  destination: string,
): ScheduleDraft => {
  const { last, daily, weekly, monthly } = schedule?.retention ?? USUAL
  return {
    subject: '',
    destination: schedule?.destination ?? destination,
    schedule: schedule?.schedule ?? '@daily',
    timeZone: schedule?.timeZone ?? '',
    mode: schedule?.mode ?? 'live',
    retention: {
      last: String(last),
      daily: String(daily),
      weekly: String(weekly),
      monthly: String(monthly),
    },
  }
}

const count = (from: number, to: number) =>
  z.coerce
    .number()
    .int(t('A whole number from {from} to {to}.', { from, to }))
    .min(from, t('A whole number from {from} to {to}.', { from, to }))
    .max(to, t('A whole number from {from} to {to}.', { from, to }))

const Kept = z.object({
  last: count(3, 1_000),
  daily: count(0, 366),
  weekly: count(0, 104),
  monthly: count(0, 120),
})

/** The retention that was typed, or what is wrong with each number. */
export function readRetention(draft: ScheduleDraft['retention']): {
  retention: Retention | undefined
  errors: Partial<Record<keyof Retention, string>>
} {
  const typed = Object.fromEntries(
    Object.entries(draft).map(([key, value]) => [key, value.trim() === '' ? 'nothing' : value]),
  )
  const read = Kept.safeParse(typed)
  if (read.success) return { retention: read.data, errors: {} }
  const errors = Object.fromEntries(
    KEPT.flatMap(([key, , from, to]) =>
      read.error.issues.some(({ path }) => path[0] === key)
        ? [[key, t('A whole number from {from} to {to}.', { from, to })]]
        : [],
    ),
  )
  return { retention: undefined, errors }
}
