import { describe, expect, it } from 'vitest'
import { nextCheckMs } from '#core/domains/domain-watch.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

describe('when a domain is looked at again', () => {
  it('is soon while somebody waits for it, seldom later, and never after 30 days', () => {
    const waits = [0, 14 * MINUTE, 20 * MINUTE, 3 * 60 * MINUTE, 12 * 60 * MINUTE, 29 * DAY]

    expect(waits.map((waited) => nextCheckMs(false, waited, 0.5))).toEqual([
      10_000, 10_000, 30_000, 120_000, 600_000, 3_600_000,
    ])
    expect(nextCheckMs(false, 30 * DAY, 0.5)).toBeUndefined()
    expect(nextCheckMs(true, 0, 0.5)).toBe(DAY)
  })

  it('is not for all of them at the same moment', () => {
    expect([0, 0.5, 1].map((random) => nextCheckMs(false, 0, random))).toEqual([
      8_000, 10_000, 12_000,
    ])
  })
})
