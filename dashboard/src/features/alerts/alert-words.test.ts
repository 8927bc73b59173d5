import { describe, expect, it } from 'vitest'
import { metricsFor, pathOf, timesFired, unitOf } from './alert-words.ts'

const times = [0, 60, 120, 180, 240, 300, 360]

describe('what is said of alerts', () => {
  it('counts how often a condition would have come about', () => {
    const above = { is: 'above', limit: 10, forMs: 120_000 } as const
    expect(timesFired(times, [1, 20, 20, 20, 1, 1, 1], above)).toBe(1)
    expect(timesFired(times, [1, 20, 20, 1, 20, 20, 1], above)).toBe(0)
    expect(timesFired(times, [20, 20, 20, 1, 20, 20, 20], above)).toBe(2)
  })

  it('does not count one anew that is not well beyond its clear limit', () => {
    const values = [20, 20, 20, 8, 20, 20, 20]
    const condition = { is: 'above', limit: 10, clearLimit: 5, forMs: 120_000 } as const
    expect(timesFired(times, values, condition)).toBe(1)
    expect(timesFired(times, [3, 3, 3, 3, 20, 3, 3], { is: 'below', limit: 5, forMs: 0 })).toBe(2)
    expect(timesFired(times, [null, null], { ...condition, forMs: 0 })).toBe(0)
  })

  it('knows the metrics of each kind of subject', () => {
    expect(metricsFor('edge').map(([metric]) => metric)).toContain('p95OfUsual')
    expect(unitOf({ of: 'disk', metric: 'daysToFull' })).toBe('days')
    expect(unitOf({ of: 'disk', metric: 'nothing' })).toBe('count')
  })

  it('leads only to pages of this dashboard', () => {
    expect(pathOf('/apps/shop')).toBe('/apps/shop')
    expect(pathOf('https://vastrox.example.com/alerts/a1')).toBe('/alerts/a1')
    expect(pathOf('//evil.example.com')).toBeUndefined()
    expect(pathOf('javascript:alert(1)')).toBeUndefined()
    expect(pathOf(null)).toBeUndefined()
  })
})
