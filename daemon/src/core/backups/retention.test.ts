import { Retention } from '@vastrox/shared/backup.ts'
import { describe, expect, it } from 'vitest'
import {
  chooseRetained,
  countedTime,
  MOST_REMOVED,
  type RetentionView,
} from '#core/backups/retention.ts'

const DAY_MS = 86_400_000
const START = Date.UTC(2026, 0, 5, 3)

interface Made extends RetentionView {
  startedAt: string
}

/** A daily schedule as it goes on: each backup is made, and then retention removes what it removes. */
function run(days: number, retention: Retention, clockAt: (day: number) => number) {
  let kept: Made[] = []
  const removedPerDay: number[] = []
  for (let day = 0; day < days; day += 1) {
    const startedAt = new Date(clockAt(day)).toISOString()
    const newestFirst = kept.toSorted((one, other) => other.seq - one.seq)
    kept.push({
      id: `b${day}`,
      seq: day,
      startedAt,
      countedAt: countedTime(startedAt, newestFirst),
      isKept: false,
      damage: null,
      provenAt: null,
    })
    const { remove } = chooseRetained(kept, retention)
    removedPerDay.push(remove.length)
    kept = kept.filter(({ id }) => !remove.includes(id))
  }
  return { kept: kept.map(({ id }) => id), removedPerDay }
}

const usual = Retention.parse({})
const steady = (day: number): number => START + day * DAY_MS
const view = (seq: number, change: Partial<RetentionView> = {}): RetentionView => ({
  id: `b${seq}`,
  seq,
  countedAt: new Date(steady(seq)).toISOString(),
  isKept: false,
  damage: null,
  provenAt: null,
  ...change,
})
const least = Retention.parse({ last: 3, daily: 0, weekly: 0, monthly: 0 })

describe('what is kept of backups (B6)', () => {
  it('is the newest of the last days, weeks and months, and each says why', () => {
    const all = Array.from({ length: 200 }, (_, seq) => view(seq))

    const { keep } = chooseRetained(all, usual)

    const count = (reason: string) => keep.filter(({ why }) => why.includes(reason)).length
    expect(count('daily')).toBe(14)
    expect(count('weekly')).toBe(8)
    expect(count('monthly')).toBe(6)
    expect(count('one of the last 7')).toBe(7)
  })

  it('is never fewer than three, nor without the last proven one, nor without those that are kept', () => {
    const all = Array.from({ length: 9 }, (_, seq) =>
      view(seq, { isKept: seq === 1, provenAt: seq === 2 || seq === 3 ? 'then' : null }),
    )

    const { keep, remove } = chooseRetained(all, least)

    expect(keep.map(({ id }) => id)).toEqual(['b8', 'b7', 'b6', 'b3', 'b1'])
    expect(remove).toEqual(['b0', 'b2', 'b4', 'b5'])
  })

  it('counts what is damaged as nothing: it takes the place of none that is good', () => {
    const all = [0, 1, 2, 3, 4, 5].map((seq) => view(seq, { damage: seq > 2 ? 'flipped' : null }))

    const { keep } = chooseRetained(all, least)

    expect(keep.map(({ id }) => id)).toEqual(['b2', 'b1', 'b0'])
    expect(chooseRetained(all.slice(1), least).remove).toEqual([])
  })

  it('removes no more than so many in one run, the oldest first', () => {
    const all = Array.from({ length: 60 }, (_, seq) => view(seq))

    const { remove, later } = chooseRetained(all, least)

    expect(remove).toHaveLength(MOST_REMOVED)
    expect(remove[0]).toBe('b0')
    expect(later).toBe(60 - 3 - MOST_REMOVED)
  })

  it.each([
    ['a year ahead for ever', (day: number) => steady(day) + (day >= 40 ? 365 * DAY_MS : 0)],
    ['a year ahead for a day', (day: number) => steady(day) + (day === 40 ? 365 * DAY_MS : 0)],
    ['a year back', (day: number) => steady(day) - (day >= 40 ? 365 * DAY_MS : 0)],
  ])('removes nothing more because a clock was set %s', (_what, clockAt) => {
    const calm = run(120, usual, steady)
    const moved = run(120, usual, clockAt)

    expect(moved.removedPerDay).toEqual(calm.removedPerDay)
    expect(moved.kept).toEqual(calm.kept)
  })

  it.each([
    ['to 1970 for a day', (day: number) => (day === 40 ? 0 : steady(day))],
    [
      'ahead and back again and again',
      (day: number) => steady(day) + (day % 3 === 0 ? 800 * DAY_MS : 0),
    ],
  ])('keeps no fewer where a clock was set %s', (_what, clockAt) => {
    const calm = run(120, usual, steady)
    const moved = run(120, usual, clockAt)

    expect(moved.kept.length).toBeGreaterThanOrEqual(calm.kept.length - 1)
    expect(Math.max(...moved.removedPerDay)).toBeLessThanOrEqual(Math.max(...calm.removedPerDay))
  })

  it('removes nothing more for any jump at any day, whatever is asked to be kept', () => {
    for (let round = 0; round < 60; round += 1) {
      const retention = Retention.parse({
        last: 3 + (round % 5),
        daily: round % 12,
        weekly: (round * 3) % 7,
        monthly: round % 4,
      })
      const at = 5 + ((round * 7) % 50)
      const jump = (round % 2 === 0 ? 1 : -1) * (9 + round * 13) * DAY_MS + round * 60_000
      const moved = run(70, retention, (day) => steady(day) + (day >= at ? jump : 0))
      const calm = run(70, retention, steady)

      const total = (removed: readonly number[]) => removed.reduce((sum, each) => sum + each, 0)
      expect(total(moved.removedPerDay), `round ${round}`).toBeLessThanOrEqual(
        total(calm.removedPerDay),
      )
      expect(Math.max(...moved.removedPerDay)).toBeLessThanOrEqual(
        Math.max(...calm.removedPerDay) + 1,
      )
    }
  })

  it('takes a long pause of the server for one night', () => {
    const paused = run(60, usual, (day) => steady(day) + (day >= 30 ? 90 * DAY_MS : 0))

    expect(paused).toEqual(run(60, usual, steady))
  })
})
