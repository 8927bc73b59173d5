import { describe, expect, it } from 'vitest'
import { createLogShare } from './log-share.ts'

describe('the share of an app that is written to its access log', () => {
  it('is all of what comes up to 250 a second', () => {
    const seconds = live(createLogShare(), [250, 250, 250])

    expect(seconds.map(({ shares }) => shares)).toEqual([[100], [100], [100]])
  })

  it('is made smaller for a crowd, within its first second and from then on', () => {
    const [first, second, third] = live(createLogShare(), [8_000, 8_000, 8_000])

    expect(first?.shares).toEqual([100, 50, 20, 10, 5])
    expect(first?.written).toBeLessThan(1_600)
    expect(second?.shares).toEqual([2])
    expect(second?.written).toBe(160)
    expect(third?.written).toBe(160)
  })

  it('is one in a hundred at least, whatever comes', () => {
    const [, second] = live(createLogShare(), [400_000, 400_000])

    expect(second?.shares).toEqual([1])
  })

  it('is all again once the crowd is gone, or has been silent', () => {
    const share = createLogShare()

    expect(live(share, [8_000, 100, 100]).map(({ shares }) => shares)[2]).toEqual([100])
    live(share, [8_000], 10_000)
    expect(share.next('app', 20_000)).toBe(100)
  })

  it("is each app's own", () => {
    const share = createLogShare()
    live(share, [8_000])

    expect(share.next('app', 999)).toBeLessThan(100)
    expect(share.next('other', 999)).toBe(100)
  })
})

/** So many requests in each second, evenly; every so manieth is written, as its share says. */
function live(share: ReturnType<typeof createLogShare>, seconds: number[], from = 0) {
  return seconds.map((count, second) => {
    const shares = new Set<number>()
    let due = 0
    let written = 0
    for (let turn = 0; turn < count; turn += 1) {
      const percent = share.next('app', from + second * 1_000 + (turn * 1_000) / count)
      shares.add(percent)
      due += percent
      if (due < 100) continue
      due -= 100
      written += 1
      share.wrote('app')
    }
    return { shares: [...shares], written }
  })
}
