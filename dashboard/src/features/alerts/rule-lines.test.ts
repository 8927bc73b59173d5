import { describe, expect, it } from 'vitest'
import { linesOf } from './rule-lines.ts'

const reply = {
  series: [
    { metric: 'cpu', of: 'web.1', unit: 'cores', values: [1, 3, null], peaks: [1, 3, null] },
    { metric: 'cpu', of: 'web.2', unit: 'cores', values: [2, 1, null], peaks: [2, 1, null] },
  ],
} as const

const lines = (of: 'app' | 'instance' | 'platform', aggregate: 'each' | 'max' | 'min' | 'sum') =>
  linesOf(
    {
      series: reply.series.map((each) => ({
        ...each,
        values: [...each.values],
        peaks: [...each.peaks],
      })),
    },
    { of, metric: 'cpu', aggregate },
  ).map(({ name, values }) => [name, values])

describe('what a rule is tried on', () => {
  it('is one line of an app, however many instances it has', () => {
    expect(lines('app', 'max')).toEqual([['the highest', [2, 3, null]]])
    expect(lines('app', 'each')).toEqual([['the highest', [2, 3, null]]])
    expect(lines('app', 'min')).toEqual([['the lowest', [1, 1, null]]])
    expect(lines('app', 'sum')).toEqual([['together', [3, 4, null]]])
  })

  it('is each by itself of instances, and of what there are no several', () => {
    const each = [
      ['web.1', [1, 3, null]],
      ['web.2', [2, 1, null]],
    ]
    expect(lines('instance', 'each')).toEqual(each)
    expect(lines('platform', 'sum')).toEqual(each)
  })
})
