import type { Backup, BackupSchedule, SubjectOverview } from '@vastrox/shared/backup.ts'
import { describe, expect, it } from 'vitest'
import { sayDays, standingsOf, sumUp } from '#features/backups/standings.ts'

const NOW = new Date(2026, 10, 26, 15)
const hoursAgo = (hours: number): string =>
  new Date(NOW.getTime() - hours * 3_600_000).toISOString()
const subjectOf = (name: string) => ({ type: 'addon' as const, id: `id-${name}`, name })

const backup = (name: string, hours: number, given: Partial<Backup> = {}): Backup => ({
  id: `${name}-${hours}`,
  groupId: 'g',
  subject: subjectOf(name),
  destination: 'local',
  state: 'done',
  mode: 'dump',
  startedAt: hoursAgo(hours),
  endedAt: hoursAgo(hours),
  progress: null,
  sizeBytes: 1_000,
  addedBytes: 10,
  isKept: false,
  schedule: null,
  reason: null,
  drill: { state: 'proven', endedAt: hoursAgo(hours - 1), durationMs: 41_000, reason: null },
  ...given,
})
const daily = (name: string): BackupSchedule => ({
  id: `s-${name}`,
  subject: subjectOf(name),
  destination: 'local',
  schedule: '@daily',
  timeZone: null,
  retention: { last: 7, daily: 14, weekly: 8, monthly: 6 },
  mode: 'live',
  isEnabled: true,
  nextAt: hoursAgo(-4),
})
const NO_PROOF = { lastBackupAt: null, provenAt: null, provenInMs: null, failure: null }
const provenAt = (hours: number) => ({
  lastBackupAt: hoursAgo(hours),
  provenAt: hoursAgo(hours - 1),
  provenInMs: 41_000,
  failure: null,
})
const overview = (
  name: string,
  proof: SubjectOverview['proof'],
  isThere = true,
): SubjectOverview => ({
  subject: subjectOf(name),
  isThere,
  proof,
  backups: 3,
  sizeBytes: 1_000,
  storedBytes: 400,
  grownBytes: 20,
  schedules: [],
  proposedSchedule: null,
})
const of = (
  subjects: readonly SubjectOverview[],
  backups: readonly Backup[] = [],
  schedules: readonly BackupSchedule[] = [],
) => standingsOf({ subjects, backups, readSince: null, schedules, days: 7, now: NOW })
const said = (standings: ReturnType<typeof of>) =>
  standings.map(({ overview: { subject }, trouble }) => [subject.name, trouble?.text])

describe('how subjects stand', () => {
  it('puts what failed first, then what is overdue, then the rest, and what is gone last', () => {
    const standings = of(
      [
        overview('gone', NO_PROOF, false),
        overview('fine', provenAt(3)),
        overview('late', provenAt(40)),
        overview('broken', provenAt(26)),
      ],
      [backup('broken', 2, { state: 'failed', reason: 'The disk is full.', drill: null })],
      [daily('fine'), daily('late'), daily('broken')],
    )

    expect(said(standings)).toEqual([
      ['broken', 'The last backup failed: The disk is full.'],
      ['late', 'A backup is overdue by 10 h 0 min.'],
      ['fine', undefined],
      ['gone', undefined],
    ])
    expect(sumUp(standings)).toBe(
      '3 of 3 proven restorable, 1 failed, 1 without a backup when it was due.',
    )
  })

  it('takes damage and a failed drill for an alarm though an older backup was good', () => {
    const failure = 'orders: 3 rows are missing'
    const standings = of(
      [overview('a', { ...provenAt(3), failure }), overview('b', provenAt(3))],
      [backup('b', 3, { damage: 'Pack 3f9a is not what was written.' })],
      [daily('a'), daily('b')],
    )

    expect(said(standings)).toEqual([
      ['a', `The last drill failed: ${failure}`],
      ['b', 'A backup is damaged: Pack 3f9a is not what was written.'],
    ])
    expect(sumUp(standings)).toBe('1 of 2 proven restorable, 2 failed.')
  })

  it('says what was never backed up, never proven, or has no schedule', () => {
    const unproven = { ...NO_PROOF, lastBackupAt: hoursAgo(3) }
    const standings = of(
      [
        overview('alone', provenAt(3)),
        overview('never', NO_PROOF),
        overview('soon', NO_PROOF),
        overview('unproven', unproven),
      ],
      [],
      [daily('soon'), daily('unproven')],
    )

    expect(said(standings)).toEqual([
      ['never', 'There is no backup, and no schedule makes one.'],
      ['alone', 'No schedule makes backups of it.'],
      ['soon', 'There is no backup yet; its schedule makes the first one.'],
      ['unproven', 'None of its backups has been restored for proof yet.'],
    ])
  })

  it('shows the best of each day', () => {
    const [standing] = of(
      [overview('shop-db', provenAt(1))],
      [
        backup('shop-db', 1, { drill: null }),
        backup('shop-db', 2, { state: 'failed' }),
        backup('shop-db', 24),
        backup('shop-db', 48, { state: 'failed' }),
        backup('shop-db', 24 * 9),
      ],
    )

    expect(standing?.days).toEqual(['none', 'none', 'none', 'none', 'failed', 'proven', 'stored'])
    expect(sayDays(standing?.days ?? [])).toBe(
      'The last 7 days: 1 proven, 1 stored, 1 failed, 4 without a backup.',
    )
  })

  it('is calm while a backup is under way, and where there is nothing', () => {
    const running = backup('shop-db', 0, { state: 'running', endedAt: null, drill: null })
    const [moving] = of([overview('shop-db', NO_PROOF)], [running])

    expect(moving).toMatchObject({ isMoving: true, trouble: undefined })
    expect(sumUp([])).toBe('There is nothing to back up yet.')
  })
})
