import { describe, expect, it } from 'vitest'
import { ceilingOf, joined, nearestMark, stacked, statsOf } from './plot-data.ts'

describe('lines of charts', () => {
  it('are said in numbers, and their highest is that of the peaks', () => {
    expect(statsOf({ values: [1, null, 3, null] })).toEqual({ now: 3, min: 1, max: 3, avg: 2 })
    expect(statsOf({ values: [1, 3], peaks: [9, 4] }).max).toBe(9)
    expect(statsOf({ values: [null] })).toEqual({ now: null, min: null, max: null, avg: null })
  })

  it('lie on one another, and have a gap only where none is known', () => {
    expect(stacked([{ values: [1, null, null] }, { values: [2, 5, null] }])).toEqual([
      [1, 0, null],
      [3, 5, null],
    ])
  })

  it('are joined over what is known', () => {
    const lines = [
      [1, null, null],
      [3, 4, null],
    ]
    expect(joined(lines, 'sum')).toEqual([4, 4, null])
    expect(joined(lines, 'avg')).toEqual([2, 4, null])
    expect(joined(lines, 'count')).toEqual([2, 1, null])
  })

  it('end below a round value', () => {
    expect(ceilingOf(0, 'count')).toBe(1)
    expect(ceilingOf(97, 'percent')).toBe(100)
    expect(ceilingOf(120, 'percent')).toBe(150)
    expect(ceilingOf(9.7, 'count')).toBe(15)
    expect(ceilingOf(0.21, 'cores')).toBeCloseTo(0.3)
    expect(ceilingOf(200 * 2 ** 20, 'bytes')).toBe(256 * 2 ** 20)
  })

  it('find the mark that is pointed at', () => {
    const marks = [{ at: '2026-11-26T12:00:00.000Z' }, { at: '2026-11-26T12:01:00.000Z' }]
    const noon = Date.parse('2026-11-26T12:00:00.000Z') / 1_000
    expect(nearestMark(marks, noon + 50, 20)).toBe(1)
    expect(nearestMark(marks, noon + 30, 20)).toBeUndefined()
  })
})
