import type { MetricSeries } from '@vastrox/shared/metric.ts'
import { describe, expect, it } from 'vitest'
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
