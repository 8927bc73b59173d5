import { type BackupSchedule, Retention } from '@vastrox/shared/backup.ts'
import { z } from 'zod'

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
  ['last', 'Newest', 3, 1_000],
  ['daily', 'One a day, days', 0, 366],
  ['weekly', 'One a week, weeks', 0, 104],
  ['monthly', 'One a month, months', 0, 120],
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
    .int(`A whole number from ${from} to ${to}.`)
    .min(from, `A whole number from ${from} to ${to}.`)
    .max(to, `A whole number from ${from} to ${to}.`)

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
        ? [[key, `A whole number from ${from} to ${to}.`]]
        : [],
    ),
  )
  return { retention: undefined, errors }
}
