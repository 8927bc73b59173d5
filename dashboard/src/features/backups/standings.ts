import type { Addon, Proof } from '@vastrox/shared/addon.ts'
import type { Backup, BackupSchedule, BackupSubject } from '@vastrox/shared/backup.ts'
import { isGood, isUnderWay, proofOf } from '#features/backups/backup-words.ts'
import { dueBy } from '#features/backups/schedule-words.ts'
import { isSame, keyOf } from '#features/backups/subject-words.ts'
import { span } from '#lib/time.ts'

export type DayState = 'proven' | 'stored' | 'failed' | 'none'

/** How one subject stands: is there a way back, and how good is it. */
export interface SubjectStanding {
  subject: BackupSubject
  proof: Proof
  newest: Backup | undefined
  schedule: BackupSchedule | undefined
  isMoving: boolean
  /** What somebody should look at, in one line; undefined where all is well. */
  trouble: { rank: 0 | 1 | 2 | 3; text: string } | undefined
  /** Oldest first; the last one is today. */
  days: readonly DayState[]
  sizeBytes: number | null
  /** Since the oldest backup that is shown; null where there is only one. */
  growthBytes: number | null
}

interface Given {
  backups: readonly Backup[]
  schedules: readonly BackupSchedule[]
  /** Those that hold something: a backup is missed of them even where there never was one. */
  addons: readonly Pick<Addon, 'name'>[]
  days: number
  now: Date
}

/**
 * Every subject that has a backup or a schedule, or should have one. What went wrong comes first,
 * then what is overdue, then what was never proven.
 */
export function standingsOf({ backups, schedules, addons, days, now }: Given): SubjectStanding[] {
  const subjects = new Map<string, BackupSubject>()
  const add = (subject: BackupSubject): void => {
    const known = [...subjects.values()].some((each) => isSame(each, subject))
    if (!known) subjects.set(keyOf(subject), subject)
  }
  for (const { subject } of backups) add(subject)
  for (const { subject } of schedules) add(subject)
  for (const { name } of addons) add({ type: 'addon', id: '', name })

  return [...subjects.values()]
    .map((subject): SubjectStanding => {
      const own = backups.filter((each) => isSame(each.subject, subject))
      const plan = schedules.filter((each) => isSame(each.subject, subject))
      const schedule = plan.find(({ isEnabled }) => isEnabled) ?? plan[0]
      const sizes = own.filter(isGood).flatMap(({ sizeBytes }) => sizeBytes ?? [])
      const [size] = sizes
      const oldest = sizes.at(-1)
      const proof = proofOf(own)
      return {
        subject,
        proof,
        newest: own[0],
        schedule,
        isMoving: own.some(isUnderWay),
        trouble: troubleOf({ own, schedule, proof, now }),
        days: daysOf(own, days, now),
        sizeBytes: size ?? null,
        growthBytes:
          size !== undefined && oldest !== undefined && sizes.length > 1 ? size - oldest : null,
      }
    })
    .toSorted(
      (a, b) =>
        (a.trouble?.rank ?? 9) - (b.trouble?.rank ?? 9) ||
        a.subject.name.localeCompare(b.subject.name),
    )
}

function troubleOf({
  own,
  schedule,
  proof,
  now,
}: {
  own: readonly Backup[]
  schedule: BackupSchedule | undefined
  proof: Proof
  now: Date
}): SubjectStanding['trouble'] {
  const newest = own.find((each) => !isUnderWay(each))
  if (newest?.state === 'failed')
    return { rank: 0, text: `The last backup failed: ${newest.reason ?? 'it says no reason.'}` }
  if (proof.failure !== null) return { rank: 0, text: `The last drill failed: ${proof.failure}` }
  if (own.some(isUnderWay)) return undefined
  const since = proof.lastBackupAt
  if (since === null)
    return schedule
      ? { rank: 1, text: 'There is no backup yet; the schedule makes the first one.' }
      : { rank: 1, text: 'There is no backup, and no schedule makes one.' }
  if (schedule?.isEnabled === true) {
    const late = now.getTime() - dueBy(schedule, since).getTime()
    if (late > 0) return { rank: 1, text: `A backup is overdue by ${span(late)}.` }
  }
  if (proof.provenAt === null)
    return { rank: 3, text: 'None of its backups has been restored for proof yet.' }
  return schedule?.isEnabled === true
    ? undefined
    : { rank: 2, text: 'No schedule makes backups of it.' }
}

const dayOf = (date: Date): number =>
  Math.round(
    new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12).getTime() / 86_400_000,
  )

/** The best that a day has to show, and a failure only where nothing else was stored. */
function daysOf(own: readonly Backup[], count: number, now: Date): DayState[] {
  const days = Array.from({ length: count }, (): DayState => 'none')
  const today = dayOf(now)
  const rank: Record<DayState, number> = { none: 0, failed: 1, stored: 2, proven: 3 }
  for (const backup of own) {
    const at = count - 1 - (today - dayOf(new Date(backup.startedAt)))
    const before = days[at]
    const state = stateOfDay(backup)
    if (before !== undefined && rank[state] > rank[before]) days[at] = state
  }
  return days
}

function stateOfDay({ state, drill }: Backup): DayState {
  if (state === 'failed') return 'failed'
  if (state !== 'done') return 'none'
  if (drill?.state === 'failed') return 'failed'
  return drill?.state === 'proven' ? 'proven' : 'stored'
}

/** For those who do not see the squares. */
export function sayDays(days: readonly DayState[]): string {
  const count = (state: DayState) => days.filter((each) => each === state).length
  const said = [
    [count('proven'), 'proven'],
    [count('stored'), 'stored'],
    [count('failed'), 'failed'],
    [count('none'), 'without a backup'],
  ] as const
  return `The last ${days.length} days: ${said
    .filter(([many]) => many > 0)
    .map(([many, what]) => `${many} ${what}`)
    .join(', ')}.`
}

/** One line that answers "is there a way back?". */
export function sumUp(standings: readonly SubjectStanding[]): string {
  if (standings.length === 0) return 'Nothing is backed up yet.'
  const proven = standings.filter(({ proof }) => proof.provenAt !== null && proof.failure === null)
  const bad = standings.filter(({ trouble }) => trouble?.rank === 0).length
  const late = standings.filter(({ trouble }) => trouble?.rank === 1).length
  const parts = [
    `${proven.length} of ${standings.length} proven restorable`,
    bad > 0 && `${bad} failed`,
    late > 0 && `${late} without a backup when it was due`,
  ].filter((part) => part !== false)
  return `${parts.join(', ')}.`
}
