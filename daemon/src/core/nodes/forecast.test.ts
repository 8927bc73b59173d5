import { describe, expect, it } from 'vitest'
import { type DaySample, forecast, growthOf } from '#core/nodes/forecast.ts'

const GB = 1e9
const AT = new Date('2026-11-26T12:00:00.000Z')
const DAY_MS = 86_400_000

/** So many days up to today. */
const days = (count: number, bytesOf: (day: number) => number): DaySample[] =>
  Array.from({ length: count }, (_, at) => ({
    day: new Date(AT.getTime() - (count - 1 - at) * DAY_MS).toISOString().slice(0, 10),
    bytes: bytesOf(at),
  }))
const now = { at: AT, availableBytes: 20 * GB, floorBytes: 10 * GB }

describe('the day the disk is full', () => {
  it('is not known before there are five days of it', () => {
    expect(forecast([], now)).toMatchObject({ state: 'unknown', fullAt: null, days: 0 })
    const four = forecast(
      days(4, (day) => day * GB),
      now,
    )
    expect(four).toMatchObject({ state: 'unknown', growthBytesPerDay: null, days: 4 })
    expect(four.summary).toMatch(/^Not known yet.* there are 4\.$/)
  })

  it('is where the line of the last days meets the end, and deployments are refused before', () => {
    const told = forecast(
      days(10, (day) => 50 * GB + day * 2 * GB),
      now,
    )

    expect(told).toMatchObject({
      state: 'filling',
      growthBytesPerDay: 2 * GB,
      fullAt: '2026-12-06T12:00:00.000Z',
      lowAt: '2026-12-01T12:00:00.000Z',
    })
    expect(told.summary).toMatch(/full in 10 days, on 2026-12-06\.$/)
  })

  it('is not bent by a clean-up, by one big day, or by days that nobody looked at', () => {
    const jumpy = days(14, (day) => 50 * GB + day * GB - (day > 7 ? 6 * GB : 0)).filter(
      (_, at) => at !== 3 && at !== 4,
    )
    const spike = days(14, (day) => 50 * GB + day * GB + (day === 6 ? 40 * GB : 0))

    expect(growthOf(spike)).toBeCloseTo(GB, -5)
    expect((growthOf(jumpy) ?? 0) / GB).toBeGreaterThan(0.3)
  })

  it('does not come where it does not fill, nor within ten years', () => {
    expect(
      forecast(
        days(10, () => 50 * GB),
        now,
      ),
    ).toMatchObject({ state: 'steady', fullAt: null })
    expect(
      forecast(
        days(10, (day) => 50 * GB - day),
        now,
      ),
    ).toMatchObject({ state: 'steady' })
    expect(
      forecast(
        days(10, (day) => 50 * GB + day * 1_000),
        now,
      ),
    ).toMatchObject({ state: 'steady', growthBytesPerDay: 1_000 })
  })

  it('is not moved by one day of a clock that was a year ahead', () => {
    const samples = days(20, (day) => 50 * GB + day * GB)
    const ahead = { day: '2027-11-26', bytes: 70 * GB }

    expect(growthOf([...samples, ahead])).toBeCloseTo(GB, -5)
  })
})
