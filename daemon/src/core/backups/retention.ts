import type { Retention } from '@vastrox/shared/backup.ts'
import type { BackupRecord } from '#store/backup-store.ts'

/** What is looked at of a backup. */
export type RetentionView = Pick<
  BackupRecord,
  'id' | 'seq' | 'countedAt' | 'isKept' | 'damage' | 'provenAt'
>

export interface RetentionChoice {
  keep: { id: string; why: string[] }[]
  /** Oldest first: those that are removed now. */
  remove: string[]
  /** Not needed any more either, but beyond what goes in one run. */
  later: number
}

/** Never fewer good ones than that (rule B6). */
export const LEAST_GOOD = 3
/** In one run: a mistake of ours would be seen before all is gone. */
export const MOST_REMOVED = 20

const DAY_MS = 86_400_000
/** A Monday. */
const WEEKS_FROM = Date.UTC(2024, 0, 1)

const PERIODS = [
  ['daily', (at: string) => at.slice(0, 10)],
  ['weekly', (at: string) => String(Math.floor((Date.parse(at) - WEEKS_FROM) / (7 * DAY_MS)))],
  ['monthly', (at: string) => at.slice(0, 7)],
] as const

/**
 * What stays and what goes of the finished backups of one subject at one destination: the newest of
 * each of the last days, weeks and months that have one. There is no "older than": the time of today
 * is not asked, so that a clock which is wrong makes nothing old. One that is damaged takes no other's
 * place.
 */
export function chooseRetained(
  backups: readonly RetentionView[],
  retention: Retention,
): RetentionChoice {
  const newestFirst = backups.toSorted((one, other) => other.seq - one.seq)
  const good = newestFirst.filter(({ damage }) => damage === null)
  const why = new Map<string, string[]>()
  const keep = (id: string, reason: string): void => {
    why.set(id, [...(why.get(id) ?? []), reason])
  }

  const last = Math.max(LEAST_GOOD, retention.last)
  for (const { id } of good.slice(0, last)) keep(id, `one of the last ${last}`)
  for (const [name, labelOf] of PERIODS) {
    const labels = new Set<string>()
    for (const { id, countedAt } of good) {
      const label = labelOf(countedAt)
      if (labels.has(label)) continue
      if (labels.size >= retention[name]) break
      labels.add(label)
      keep(id, name)
    }
  }
  const proven = good.find(({ provenAt }) => provenAt !== null)
  if (proven) keep(proven.id, 'the last that was proven')
  for (const { id, isKept } of newestFirst) if (isKept) keep(id, 'kept by hand')
  // What is damaged goes only once there are enough that are not.
  if (good.length < LEAST_GOOD) for (const { id } of newestFirst) keep(id, 'there are too few')

  const unneeded = newestFirst.filter(({ id }) => !why.has(id)).toReversed()
  return {
    keep: newestFirst.flatMap(({ id }) => {
      const reasons = why.get(id)
      return reasons ? [{ id, why: reasons }] : []
    }),
    remove: unneeded.slice(0, MOST_REMOVED).map(({ id }) => id),
    later: Math.max(0, unneeded.length - MOST_REMOVED),
  }
}

/** Without others to go by. */
const USUAL_GAP_MS = DAY_MS
const GAPS_LOOKED_AT = 10
/** So many times what is usual, and at least a week: the clock was moved, or nothing ran for long. */
const ODD_GAP = 10
const LEAST_ODD_MS = 7 * DAY_MS

/**
 * When a backup counts as made: its own time, as long as it lies in line with those before it. Where
 * the clock jumped, a gap as it usually is, at the same time of day: the order of backups counts, and
 * not what somebody set a clock to. `before`: newest first, of the same subject and destination.
 */
export function countedTime(
  startedAt: string,
  before: readonly { startedAt: string; countedAt: string }[],
): string {
  const [newest] = before
  if (!newest) return startedAt
  const gap = Date.parse(startedAt) - Date.parse(newest.startedAt)
  const usual = usualGap(before)
  const isOdd = gap < 0 || gap > Math.max(ODD_GAP * usual, LEAST_ODD_MS)
  const counted = isOdd
    ? Math.floor(usual / DAY_MS) * DAY_MS + (((gap % DAY_MS) + DAY_MS) % DAY_MS)
    : gap
  return new Date(Date.parse(newest.countedAt) + counted).toISOString()
}

function usualGap(before: readonly { countedAt: string }[]): number {
  const times = before.slice(0, GAPS_LOOKED_AT + 1).map(({ countedAt }) => Date.parse(countedAt))
  const gaps = times
    .slice(1)
    .map((time, at) => (times[at] ?? time) - time)
    .toSorted((one, other) => one - other)
  return gaps[Math.floor(gaps.length / 2)] ?? USUAL_GAP_MS
}
