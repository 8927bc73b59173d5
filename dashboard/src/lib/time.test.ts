import { describe, expect, it } from 'vitest'
import { ago, span, spanBetween } from './time.ts'

const NOW = new Date('2026-11-22T12:00:00.000Z')
const before = (ms: number): string => new Date(NOW.getTime() - ms).toISOString()

describe('how long ago', () => {
  it.each([
    [0, 'just now'],
    [-5_000, 'just now'],
    [9_000, 'just now'],
    [45_000, '45 s ago'],
    [90_000, '1 min ago'],
    [3_599_000, '59 min ago'],
    [2 * 3_600_000, '2 h ago'],
    [25 * 3_600_000, 'yesterday'],
    [3 * 86_400_000, '3 days ago'],
    [30 * 86_400_000, 'Oct 23'],
    [500 * 86_400_000, 'Jul 10, 2025'],
  ])('%i ms before is "%s"', (ms, words) => {
    expect(ago(before(ms), NOW)).toBe(words)
  })
})

describe('a span of time', () => {
  it.each([
    [-3, '0 ms'],
    [840, '840 ms'],
    [12_345, '12.3 s'],
    [192_000, '3 min 12 s'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 day'],
    [350_000_000, '4 days'],
  ])('%i ms is "%s"', (ms, words) => {
    expect(span(ms)).toBe(words)
  })

  it('is measured between two moments', () => {
    expect(spanBetween(before(2_500), NOW.toISOString())).toBe('2.5 s')
  })
})
