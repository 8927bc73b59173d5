import { describe, expect, it } from 'vitest'
import { measuredWindow, MOST_PX, rowWindow, scrollTo } from './virtual-rows.ts'

const LIST = { count: 1_000, rowHeight: 20, viewport: 400 }

describe('a list of which only a part is drawn', () => {
  it('draws what is seen and a few more', () => {
    expect(rowWindow({ ...LIST, scrollTop: 0 })).toEqual({
      first: 0,
      last: 33,
      top: 0,
      height: 20_000,
    })
    expect(rowWindow({ ...LIST, scrollTop: 4_000 })).toMatchObject({ first: 188, top: 188 * 20 })
    expect(rowWindow({ ...LIST, scrollTop: 99_999 })).toMatchObject({ last: 1_000 })
  })

  it('draws nothing of nothing', () => {
    expect(rowWindow({ ...LIST, count: 0, scrollTop: 0 })).toMatchObject({ first: 0, last: 0 })
  })

  it('makes room for the row that is open', () => {
    const open = { index: 10, height: 300 }
    expect(rowWindow({ ...LIST, open, scrollTop: 0 }).height).toBe(20_300)
    const behind = rowWindow({ ...LIST, open, scrollTop: 1_000 })
    // At 1,000 px stands row 35, 300 px lower than it would.
    expect(behind.first).toBe(35 - 12)
    expect(behind.top).toBe(23 * 20 + 300)
    expect(rowWindow({ ...LIST, open, scrollTop: 400 }).first).toBe(0)
  })

  it('has a million and more rows within what a browser lays out, and reaches both ends', () => {
    const many = { count: 3_000_000, rowHeight: 22, viewport: 600 }
    const end = rowWindow({ ...many, scrollTop: Number.MAX_SAFE_INTEGER })
    expect(end.height).toBe(MOST_PX)
    expect(end.last).toBe(3_000_000)
    // The last row ends where what scrolls ends.
    expect(end.top + (3_000_000 - end.first) * 22).toBeCloseTo(MOST_PX, 3)
    const middle = scrollTo(1_500_000, many)
    const { first, last, top } = rowWindow({ ...many, scrollTop: middle })
    expect(first).toBeLessThan(1_500_000)
    expect(last).toBeGreaterThan(1_500_000)
    expect(top + (1_500_000 - first) * 22 - middle).toBeCloseTo(200, 3)
  })
})

describe('a list of rows of which each has its own height', () => {
  const heights = Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? 90 : 30))
  const whole = 300 * 50

  it('draws what is seen and a few more, and keeps the room of all others', () => {
    for (const scrollTop of [0, 1, 89, 90, 4_000, 9_999, whole - 400, whole]) {
      const { first, last, above, below } = measuredWindow(heights, { scrollTop, viewport: 400 })
      const drawn = heights.slice(first, last).reduce((sum, height) => sum + height, 0)
      expect(above + drawn + below).toBe(whole)
      expect(last - first).toBeLessThan(45)
      // What is seen is drawn.
      expect(above).toBeLessThanOrEqual(scrollTop)
      expect(above + drawn).toBeGreaterThanOrEqual(Math.min(whole, scrollTop + 400))
    }
  })

  it('begins and ends with its ends, however far somebody scrolls', () => {
    const viewport = 400
    expect(measuredWindow(heights, { scrollTop: -50, viewport })).toMatchObject({
      first: 0,
      above: 0,
    })
    expect(measuredWindow(heights, { scrollTop: 10 * whole, viewport })).toMatchObject({
      last: 300,
      below: 0,
    })
    expect(measuredWindow([], { scrollTop: 0, viewport })).toEqual({
      first: 0,
      last: 0,
      above: 0,
      below: 0,
    })
  })
})
