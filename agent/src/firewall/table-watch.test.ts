import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { paced } from '#agent/firewall/table-watch.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('puts our table back at once, and once a second where somebody throws it away each time', () => {
  let acts = 0
  const tell = paced(() => (acts += 1), 1_000)
  tell()
  expect(acts).toBe(1)
  for (let at = 0; at < 500; at += 1) {
    vi.advanceTimersByTime(10)
    tell()
  }
  expect(acts).toBe(6)

  // The last time that it went is never forgotten, and nothing is done for nothing.
  vi.advanceTimersByTime(10_000)
  expect(acts).toBe(7)
  tell()
  expect(acts).toBe(8)
})
