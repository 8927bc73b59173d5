import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createCacheCap } from '#agent/builds/cache-cap.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('caps the build cache once, a minute after the last build, never while builds come', async () => {
  const asked: unknown[] = []
  const cap = createCacheCap({
    act: async (...call) => {
      asked.push(call)
    },
  })

  cap.buildEnded()
  await vi.advanceTimersByTimeAsync(59_000)
  cap.buildBegins()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(asked).toEqual([])
  cap.buildEnded()
  cap.buildEnded()
  await vi.advanceTimersByTimeAsync(300_000)

  expect(asked).toEqual([
    ['POST', '/build/prune', { query: { 'keep-storage': 10 * 2 ** 30 }, timeoutMs: 300_000 }],
  ])
})
