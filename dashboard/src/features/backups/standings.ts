import type {
  Backup,
  BackupSchedule,
  BackupSubject,
  SubjectOverview,
} from '@vastrox/shared/backup.ts'
import { isUnderWay } from '#features/backups/backup-words.ts'
import { dueBy } from '#features/backups/schedule-words.ts'
import { isSame } from '#features/backups/subject-words.ts'
import { span } from '#lib/time.ts'
import { t } from '#lib/words.ts'

/** `unread`: there are more backups than are looked through, and it is before those. */
export type DayState = 'proven' | 'stored' | 'failed' | 'none' | 'unread'

/** How one subject stands: is there a way back, and how good is it. */
export interface SubjectStanding {
  overview: SubjectOverview
  newest: Backup | undefined
  schedule: BackupSchedule | undefined
  isMoving: boolean
  /** What somebody should look at, in one line; undefined where all is well. */
  trouble: { rank: 0 | 1 | 2 | 3; text: string } | undefined
  /** Oldest first; the last one is today. */
  days: readonly DayState[]
}

interface Given {
  subjects: readonly SubjectOverview[]
  /** Of the last weeks, newest first. */
  backups: readonly Backup[]
  /** Where there are older ones than these that were not read. */
  readSince: string | null
  schedules: readonly BackupSchedule[]
  days: number
  now: Date
}

/** What went wrong comes first, then what is overdue, then what was never proven; what is gone last. */
export const standingsOf = ({
  subjects,
  backups,
  readSince,
  schedules,
  days,
  now,
}: Given): SubjectStanding[] =>
  subjects
    .map((overview): SubjectStanding => {
      const own = backups.filter((each) => isSame(each.subject, overview.subject))
      const plans = schedules.filter((each) => isSame(each.subject, overview.subject))
      const schedule = plans.find(({ isEnabled }) => isEnabled) ?? plans[0]
      return {
        overview,
        newest: own[0],
        schedule,
        isMoving: own.some(isUnderWay),
        trouble: troubleOf({ overview, own, schedule, now }),
        days: daysOf(own, days, now, readSince),
      }
    })
    .toSorted(
      (a, b) =>
        Number(b.overview.isThere) - Number(a.overview.isThere) ||
        (a.trouble?.rank ?? 9) - (b.trouble?.rank ?? 9) ||
        nameIn(a.overview.subject).localeCompare(nameIn(b.overview.subject)),
    )

const nameIn = ({ type, name }: BackupSubject): string => (type === 'platform' ? '' : name)

interface Known {
  overview: SubjectOverview
  own: readonly Backup[]
  schedule: BackupSchedule | undefined
  now: Date
}

function troubleOf({ overview, own, schedule, now }: Known): SubjectStanding['trouble'] {
  const { isThere, proof } = overview
  if (!isThere) return undefined
  const damaged = own.find(({ damage }) => typeof damage === 'string')
  if (damaged?.damage)
    return { rank: 0, text: t('A backup is damaged: {damage}', { damage: damaged.damage }) }
  const newest = own.find((each) => !isUnderWay(each))
  if (newest?.state === 'failed')
    return {
      rank: 0,
      text: t('The last backup failed: {reason}', {
        reason: newest.reason ?? t('it says no reason.'),
      }),
    }
  if (proof.failure !== null)
    return { rank: 0, text: t('The last drill failed: {failure}', { failure: proof.failure }) }
  if (own.some(isUnderWay)) return undefined
  if (proof.lastBackupAt === null)
    return schedule?.isEnabled === true
      ? { rank: 2, text: t('There is no backup yet; its schedule makes the first one.') }
      : { rank: 1, text: t('There is no backup, and no schedule makes one.') }
  if (schedule?.isEnabled === true) {
    const late = now.getTime() - dueBy(schedule, proof.lastBackupAt).getTime()
    if (late > 0)
      return { rank: 1, text: t('A backup is overdue by {late}.', { late: span(late) }) }
  }
  if (proof.provenAt === null)
    return { rank: 3, text: t('None of its backups has been restored for proof yet.') }
  return schedule?.isEnabled === true
    ? undefined
    : { rank: 2, text: t('No schedule makes backups of it.') }
}

const dayOf = (date: Date): number =>
  Math.round(
    new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12).getTime() / 86_400_000,
  )

/** The best that a day has to show, and a failure only where nothing else was stored. */
function daysOf(
  own: readonly Backup[],
  count: number,
  now: Date,
  readSince: string | null,
): DayState[] {
  const today = dayOf(now)
  const firstRead = readSince === null ? 0 : count - 1 - (today - dayOf(new Date(readSince)))
  const days = Array.from(
    { length: count },
    (_, at): DayState => (at < firstRead ? 'unread' : 'none'),
  )
  const rank: Record<DayState, number> = { unread: 0, none: 0, failed: 1, stored: 2, proven: 3 }
  for (const backup of own) {
    const at = count - 1 - (today - dayOf(new Date(backup.startedAt)))
    const before = days[at]
    const state = stateOfDay(backup)
    if (before !== undefined && rank[state] > rank[before]) days[at] = state
  }
  return days
}

/** How one backup would look on its day. */
export function stateOfDay({
  state,
  drill,
  damage,
}: Pick<Backup, 'state' | 'drill' | 'damage'>): DayState {
  if (state === 'failed' || typeof damage === 'string') return 'failed'
  if (state !== 'done') return 'none'
  if (drill?.state === 'failed') return 'failed'
  return drill?.state === 'proven' ? 'proven' : 'stored'
}

/** For those who do not see the squares. */
export function sayDays(days: readonly DayState[]): string {
  const count = (state: DayState) => days.filter((each) => each === state).length
  const said = [
    [count('proven'), t('proven')],
    [count('stored'), t('stored')],
    [count('failed'), t('failed')],
    [count('none'), t('without a backup')],
    [count('unread'), t('not looked through')],
  ] as const
  return t('The last {days} days: {said}.', {
    days: days.length,
    said: said
      .filter(([many]) => many > 0)
      .map(([many, what]) => `${many} ${what}`)
      .join(', '),
  })
}

const isProven = ({ overview: { proof } }: SubjectStanding): boolean =>
  proof.provenAt !== null && proof.failure === null

/** How many there are, how many of them come back for sure, and how many somebody should look at. */
export function countUp(standings: readonly SubjectStanding[]) {
  const there = standings.filter(({ overview }) => overview.isThere)
  const ranked = (rank: number) => there.filter(({ trouble }) => trouble?.rank === rank).length
  return {
    all: there.length,
    proven: there.filter(isProven).length,
    failed: ranked(0),
    late: ranked(1),
  }
}

/** One line that answers "is there a way back?". */
export function sumUp(standings: readonly SubjectStanding[]): string {
  const { all, proven, failed, late } = countUp(standings)
  if (all === 0) return t('There is nothing to back up yet.')
  const parts = [
    t('{proven} of {all} proven restorable', { proven, all }),
    failed > 0 && t('{failed} failed', { failed }),
    late > 0 && t('{late} without a backup when it was due', { late }),
  ].filter((part) => part !== false)
  return `${parts.join(', ')}.`
}
