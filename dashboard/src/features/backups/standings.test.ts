import type { Backup, BackupSchedule } from '@vastrox/shared/backup.ts'
import { describe, expect, it } from 'vitest'
import { sayDays, standingsOf, sumUp } from '#features/backups/standings.ts'

const NOW = new Date(2026, 10, 26, 15)
const hoursAgo = (hours: number): string =>
  new Date(NOW.getTime() - hours * 3_600_000).toISOString()

const backup = (name: string, hours: number, given: Partial<Backup> = {}): Backup => ({
  id: `${name}-${hours}`,
  groupId: 'g',
  subject: { type: 'addon', id: `id-${name}`, name },
  destination: 'local',
  state: 'done',
  mode: 'dump',
  startedAt: hoursAgo(hours),
  endedAt: hoursAgo(hours),
  progress: null,
  sizeBytes: 1_000 - hours,
  addedBytes: 10,
  isKept: false,
  schedule: null,
  reason: null,
  drill: { state: 'proven', endedAt: hoursAgo(hours - 1), durationMs: 41_000, reason: null },
  ...given,
})
const daily = (name: string): BackupSchedule => ({
  id: `s-${name}`,
  subject: { type: 'addon', id: `id-${name}`, name },
  destination: 'local',
  schedule: '@daily',
  timeZone: null,
  retention: { last: 7, daily: 14, weekly: 8, monthly: 6 },
  mode: 'live',
  isEnabled: true,
  nextAt: hoursAgo(-4),
})
const of = (
  backups: readonly Backup[],
  schedules: readonly BackupSchedule[] = [],
  addons: readonly { name: string }[] = [],
) => standingsOf({ backups, schedules, addons, days: 7, now: NOW })

describe('how subjects stand', () => {
  it('puts what failed first, then what is overdue, then the rest', () => {
    const standings = of(
      [
        backup('fine', 3),
        backup('late', 40),
        backup('broken', 2, { state: 'failed', reason: 'The disk is full.', drill: null }),
        backup('broken', 26),
      ],
      [daily('fine'), daily('late'), daily('broken')],
    )

    expect(standings.map(({ subject, trouble }) => [subject.name, trouble?.text])).toEqual([
      ['broken', 'The last backup failed: The disk is full.'],
      ['late', 'A backup is overdue by 10 h 0 min.'],
      ['fine', undefined],
    ])
    expect(sumUp(standings)).toBe(
      '3 of 3 proven restorable, 1 failed, 1 without a backup when it was due.',
    )
  })

  it('names an add-on that has never been backed up, once', () => {
    const standings = of(
      [backup('shop-db', 3)],
      [daily('shop-db')],
      [{ name: 'shop-db' }, { name: 'blog-db' }],
    )

    expect(standings.map(({ subject }) => subject.name)).toEqual(['blog-db', 'shop-db'])
    expect(standings[0]?.trouble?.text).toBe('There is no backup, and no schedule makes one.')
  })

  it('takes a failed drill for an alarm though an older one was good', () => {
    const [standing] = of(
      [
        backup('shop-db', 3, {
          drill: {
            state: 'failed',
            endedAt: hoursAgo(2),
            durationMs: 9,
            reason: 'orders: 3 rows are missing',
          },
        }),
        backup('shop-db', 27),
      ],
      [daily('shop-db')],
    )

    expect(standing?.proof).toMatchObject({
      failure: 'orders: 3 rows are missing',
      provenAt: hoursAgo(26),
      provenInMs: 41_000,
    })
    expect(standing?.trouble?.rank).toBe(0)
  })

  it('shows the best of each day, and what it grew by', () => {
    const [standing] = of([
      backup('shop-db', 1, { drill: null }),
      backup('shop-db', 2, { state: 'failed' }),
      backup('shop-db', 24),
      backup('shop-db', 48, { state: 'failed', sizeBytes: null }),
      backup('shop-db', 24 * 9),
    ])

    expect(standing?.days).toEqual(['none', 'none', 'none', 'none', 'failed', 'proven', 'stored'])
    expect(standing?.growthBytes).toBe(24 * 9 - 1)
    expect(sayDays(standing?.days ?? [])).toBe(
      'The last 7 days: 1 proven, 1 stored, 1 failed, 4 without a backup.',
    )
  })

  it('is calm while a backup is under way, and says where no schedule makes any', () => {
    const [moving] = of([backup('shop-db', 0, { state: 'running', endedAt: null, drill: null })])
    const [alone] = of([backup('shop-db', 3)])

    expect(moving).toMatchObject({ isMoving: true, trouble: undefined })
    expect(alone?.trouble).toEqual({ rank: 2, text: 'No schedule makes backups of it.' })
    expect(sumUp([])).toBe('Nothing is backed up yet.')
  })
})
