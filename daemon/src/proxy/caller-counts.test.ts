import { describe, expect, it } from 'vitest'
import { createCallerCounts } from './caller-counts.ts'

describe('P8 what one caller holds at a time', () => {
  it('is counted by address, and taken back', () => {
    const counts = createCallerCounts(2)

    expect(
      ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'].map((each) => counts.enter(each)),
    ).toEqual([true, true, false, true])
    for (let turn = 0; turn < 2; turn += 1) counts.leave('192.0.2.1')
    expect(counts.enter('192.0.2.1')).toBe(true)
    for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.2']) counts.leave(address)
    expect(counts.size).toBe(0)
  })

  it('is one for all addresses of an IPv6 /64, of which one machine has as many as it likes', () => {
    const counts = createCallerCounts(2)
    const own = (at: number): string => `2001:db8:1:2::${at.toString(16)}`

    expect([own(1), own(2), own(3)].map((each) => counts.enter(each))).toEqual([true, true, false])
    expect(counts.enter('2001:db8:1:3::1')).toBe(true)
    expect(counts.size).toBe(2)
  })
})
