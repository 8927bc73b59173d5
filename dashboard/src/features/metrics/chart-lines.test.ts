import type { MetricSeries } from '@vastrox/shared/metric.ts'
import { describe, expect, it } from 'vitest'
import { ADDON_CHARTS } from './app-charts.ts'
import { apart, type ChartSpec, metricsOf, together } from './chart-lines.ts'

const series = (metric: string, of: string, values: (number | null)[]): MetricSeries => ({
  metric,
  of,
  unit: 'bytes',
  values,
})
const MEMORY: ChartSpec = {
  title: 'Memory',
  lines: [
    { metric: 'memory', name: 'Used', tone: 'accent' },
    { metric: 'memoryLimit', name: 'Limit', tone: 'idle', dashed: true },
  ],
}
const reply = {
  series: [
    series('memory', 'web.1', [1, 2]),
    series('memory', 'web.2', [null, 3]),
    series('memoryLimit', 'web.1', [10, 10]),
    series('memoryLimit', 'web.2', [null, 10]),
  ],
}

const connected = (open: readonly (number | null)[], limit: readonly (number | null)[]) => ({
  series: [
    { metric: 'connections', of: '', unit: 'count' as const, values: [...open] },
    { metric: 'maxConnections', of: '', unit: 'count' as const, values: [...limit] },
  ],
})

describe('the lines of a chart', () => {
  it('are added up over the instances', () => {
    expect(together(reply, MEMORY)?.series.map(({ name, values }) => [name, values])).toEqual([
      ['Used', [1, 5]],
      ['Limit', [10, 20]],
    ])
  })

  it('are shown for each instance', () => {
    expect(apart(reply, MEMORY)?.series.map(({ name, values }) => [name, values])).toEqual([
      ['web.1', [1, 2]],
      ['web.2', [null, 3]],
    ])
    const both = apart(reply, { ...MEMORY, each: ['memory', 'memoryLimit'] })
    expect(both?.series.map(({ name, dashed = false }) => [name, dashed])).toEqual([
      ['web.1 used', false],
      ['web.1 limit', true],
      ['web.2 used', false],
      ['web.2 limit', true],
    ])
  })

  it('count how many there were', () => {
    const spec: ChartSpec = {
      title: 'Instances',
      unit: 'count',
      lines: [{ metric: 'memory', name: 'Running', tone: 'good', how: 'count' }],
    }
    expect(together(reply, spec)).toMatchObject({ unit: 'count', series: [{ values: [1, 2] }] })
  })

  it.each([
    ['far above what is open', [3, null, 500], 10_000, ['Open'], 'Open ones; at most 10K at once.'],
    ['near enough to be drawn', [3, null, 501], 10_000, ['Open', 'At most'], undefined],
    ['of a small server', [9, 9, 9], 51, ['Open', 'At most'], undefined],
    ['of one that nobody came to', [0, 0, 0], 100, ['Open'], 'Open ones; at most 100 at once.'],
  ] as const)('have a limit %s as a line or in words', (_, open, limit, names, lead) => {
    const [spec] = ADDON_CHARTS
    const lines = spec && together(connected(open, [null, limit, limit]), spec)
    expect(lines?.series.map(({ name }) => name)).toEqual(names)
    expect(lines?.lead).toBe(lead)
  })

  it('have a limit as a line where a peak within a step comes near it, or no limit is known', () => {
    const [spec] = ADDON_CHARTS
    const { series: both } = connected([3, 3, 3], [1_000, 1_000, 1_000])
    const peaked = both.map((each, at) => (at === 0 ? { ...each, peaks: [3, 60, 3] } : each))
    expect(spec && together({ series: peaked }, spec)?.series).toHaveLength(2)
    expect(spec && together({ series: both.slice(0, 1) }, spec)).toMatchObject({
      series: [{ name: 'Open' }],
    })
    expect(spec && together({ series: both.slice(1) }, spec)?.series).toHaveLength(1)
  })

  it('are none where nothing is known, or nothing worth it', () => {
    expect(together({ series: [] }, MEMORY)).toBeUndefined()
    const zeros = { series: [series('memory', 'web.1', [0, null])] }
    expect(together(zeros, { ...MEMORY, onlyIfAny: true })).toBeUndefined()
    expect(together(zeros, MEMORY)).toBeDefined()
  })

  it('say which metrics they need, each once', () => {
    expect(metricsOf([MEMORY, { ...MEMORY, each: ['swap'] }])).toEqual([
      'memory',
      'memoryLimit',
      'swap',
    ])
  })
})
