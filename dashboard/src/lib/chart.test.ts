import { describe, expect, it } from 'vitest'
import { ceilingOf, type ChartSeries, highestOf, linePath, stackedBars } from './chart.ts'

const BOX = { width: 100, height: 50 }
const series = (name: string, values: ChartSeries['values']): ChartSeries => ({
  name,
  tone: 'good',
  values,
})

describe('charts', () => {
  it.each([
    [0, 1],
    [Number.NaN, 1],
    [0.7, 1],
    [3, 5],
    [5, 5],
    [51, 100],
    [1_200, 2_000],
  ])('the axis above %d ends at %d', (highest, ceiling) => {
    expect(ceilingOf(highest)).toBe(ceiling)
  })

  it('know the highest value, and the highest of a stack', () => {
    const both = [series('a', [1, 5, null]), series('b', [4, 2, 3])]
    expect(highestOf(both, false)).toBe(5)
    expect(highestOf(both, true)).toBe(7)
    expect(highestOf([], true)).toBe(0)
  })

  it('break a line where nothing is known, and show a point alone', () => {
    expect(linePath([0, 10, null, 5], 10, BOX)).toBe('M12.5 50h0L37.5 0M87.5 25h0')
    expect(linePath([], 10, BOX)).toBe('')
  })

  it('stack what belongs together, from the foot up', () => {
    const [low, high] = stackedBars([series('a', [5, 0]), series('b', [5, 10])], 10, BOX)
    expect(low).toEqual([{ at: 0, x: 6, y: 25, width: 38, height: 25 }])
    expect(high?.map(({ at, y, height }) => [at, y, height])).toEqual([
      [0, 0, 25],
      [1, 0, 50],
    ])
  })
})
