import { describe, expect, it } from 'vitest'
import { systemClock } from '#adapters/system/clock.ts'

describe('the clock of the machine', () => {
  it('measures durations in whole milliseconds, which time-outs insist on (R11)', async () => {
    const startedAt = systemClock.elapsedMs()
    await systemClock.sleep(20)
    const tookMs = systemClock.elapsedMs() - startedAt

    expect(Number.isInteger(startedAt)).toBe(true)
    expect(Number.isInteger(tookMs)).toBe(true)
    expect(tookMs).toBeGreaterThanOrEqual(15)
    expect(tookMs).toBeLessThan(5_000)
  })
})
