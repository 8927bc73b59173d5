import { describe, expect, it } from 'vitest'
import {
  addTime,
  addTimes,
  countOf,
  NO_TIMES,
  quantileOf,
  takeTimes,
  timeCounts,
} from '#ports/edge-histogram.ts'
import { fromOctaves, toOctaves } from '#ports/edge-slots.ts'

const COUNT = 20_000
const SHARES = [0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1]

/** The same numbers every time (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
const normalOf = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

const DISTRIBUTIONS: Record<string, (random: () => number) => number> = {
  uniform: (random) => 0.1 + random() * 100,
  exponential: (random) => 0.05 - Math.log(1 - random()) * 12,
  'log-normal': (random) => Math.exp(2 + normalOf(random)),
  'heavy tail (Pareto)': (random) => Math.min(600_000, 1 / (1 - random()) ** (1 / 1.1)),
  'two humps, a cache and what misses it': (random) =>
    random() < 0.9 ? 0.4 + random() * 0.2 : 180 + normalOf(random) * 20,
  'always the same': () => 37.5,
  'minutes long': (random) => 60_000 + random() * 500_000,
}

function histogramOf(values: readonly number[]): number[] {
  const counts = timeCounts()
  for (const ms of values) addTime(counts, ms)
  return takeTimes(counts)
}

/** By rank, as a sorted list has it. */
const exact = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN

describe('percentiles of a histogram of times', () => {
  it.each(Object.entries(DISTRIBUTIONS))('are within 1.5 %% of exact ones: %s', (_name, draw) => {
    const random = randomFrom(7)
    const values = Array.from({ length: COUNT }, () => draw(random))
    const sorted = values.toSorted((one, other) => one - other)

    const times = histogramOf(values)

    expect(countOf(times)).toBe(COUNT)
    for (const share of SHARES) {
      const error = (quantileOf(times, share) ?? 0) / exact(sorted, share) - 1
      expect(Math.abs(error), `${share}`).toBeLessThan(0.015)
    }
  })

  it('are the same of parts that were added up as of all at once, in any order', () => {
    const random = randomFrom(11)
    const values = Array.from({ length: 5_000 }, () => Math.exp(normalOf(random) * 3))
    const parts = Array.from({ length: 7 }, (_, part) =>
      histogramOf(values.filter((_value, at) => at % 7 === part)),
    )

    const forwards = parts.reduce<number[]>((sum, part) => addTimes(sum, part), [])
    const backwards = parts.reduceRight<number[]>((sum, part) => addTimes(part, sum), [])

    expect(forwards).toEqual(histogramOf(values))
    expect(backwards).toEqual(forwards)
  })

  it('are there for what is shorter or longer than any bucket, and for nothing', () => {
    expect(quantileOf(NO_TIMES, 0.5)).toBeNull()
    expect(quantileOf(histogramOf([0, 0.001]), 0.5)).toBeLessThanOrEqual(0.02)
    expect(quantileOf(histogramOf([1e9]), 0.5)).toBeGreaterThan(14 * 60_000)
  })

  it('forget what was taken', () => {
    const counts = timeCounts()
    addTime(counts, 5)
    takeTimes(counts)

    expect(takeTimes(counts)).toEqual([])
  })

  it('come from workers of a version before, and go to daemons of one, as near as those knew them', () => {
    const times = histogramOf([0.1, 3, 3, 80, 2_000])

    const back = fromOctaves(toOctaves(times))

    expect(toOctaves(times)).toHaveLength(52)
    expect(countOf(back)).toBe(5)
    for (const share of [0.5, 0.8, 1])
      expect(
        Math.abs((quantileOf(back, share) ?? 0) / (quantileOf(times, share) ?? 1) - 1),
      ).toBeLessThan(0.15)
  })
})
