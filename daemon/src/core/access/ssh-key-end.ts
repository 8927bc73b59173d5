import { CodedError } from '@vastrox/shared/errors.ts'

const DAY_MS = 86_400_000

/** When a key that is added now ends; null never. */
export const endOfKey = (now: Date, days: number | null | undefined): string | null => {
  if (days === null || days === undefined) return null
  const end = new Date(now.getTime() + days * DAY_MS)
  if (Number.isNaN(end.getTime())) throw new CodedError('REQUEST_INVALID')
  return end.toISOString()
}
