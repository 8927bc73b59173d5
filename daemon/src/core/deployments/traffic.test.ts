import { describe, expect, it } from 'vitest'
import { addCounts, judgeTraffic, noTraffic, percentile95 } from '#core/deployments/traffic.ts'
import { LATENCY_BUCKETS_MS } from '#ports/latency-buckets.ts'
import type { InstanceCounts } from '#ports/routing-snapshot.ts'

const counts = (change: Partial<InstanceCounts>): InstanceCounts => ({
  instance: 'one',
  release: 1,
  app: 'hello',
  requests: 0,
  serverErrors: 0,
  connectFailures: 0,
  latency: [],
  ...change,
})

describe('traffic', () => {
  it('is the sum of what the workers report', () => {
    const one = addCounts(noTraffic(), [counts({ requests: 3, latency: [1, 2] })])
    const both = addCounts(one, [counts({ requests: 2, serverErrors: 1, latency: [0, 0, 2] })])

    expect(both).toEqual({
      requests: 5,
      serverErrors: 1,
      latency: [1, 2, 2],
      reportsWithErrors: 1,
    })
  })

  it('has a percentile that is a bound of its histogram', () => {
    const traffic = addCounts(noTraffic(), [counts({ latency: [90, 4, 6] })])

    expect(percentile95(traffic, LATENCY_BUCKETS_MS)).toBe(5)
    expect(percentile95(noTraffic(), LATENCY_BUCKETS_MS)).toBeUndefined()
  })

  it('is not judged where a visitor reloads one broken page', () => {
    let fresh = noTraffic()
    for (let second = 0; second < 9; second += 1)
      fresh = addCounts(fresh, [counts({ requests: 1, serverErrors: 1 })])

    expect(judgeTraffic(fresh, noTraffic(), LATENCY_BUCKETS_MS)).toBeUndefined()
  })
})
