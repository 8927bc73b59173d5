import { describe, expect, it } from 'vitest'
import { createSignInThrottle } from '#core/access/sign-in-throttle.ts'
import { createFakeClock } from '#test/fakes/clock.ts'

const [ATTACKER, OWNER] = ['192.0.2.66', '198.51.100.7']

function setUp() {
  const clock = createFakeClock()
  const throttle = createSignInThrottle(clock)
  /** 0 where the password is looked at, otherwise the seconds to wait. */
  const attempt = (name: string, address: string): unknown => {
    try {
      throttle.begin(name, address)
      return 0
    } catch (error) {
      return error
    }
  }
  const waits = (seconds: number) =>
    expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfterSeconds: seconds } })
  return { clock, throttle, attempt, waits }
}

describe('the throttle of signing in', () => {
  it('does not keep a user out whose name somebody else guesses at', () => {
    const { attempt, waits } = setUp()
    for (let at = 0; at < 5; at++) expect(attempt('anna', ATTACKER)).toBe(0)

    expect(attempt('Anna', ATTACKER)).toEqual(waits(1))
    expect(attempt('anna', OWNER)).toBe(0)
    expect(attempt('bob', ATTACKER)).toBe(0)
  })

  it('lets a network that somebody signs in from be wrong more often, where nothing can be guessed', async () => {
    const clock = createFakeClock()
    const throttle = createSignInThrottle(clock, { freeOfKnown: 50 })
    const wrong = () => throttle.begin('ssh office', OWNER)
    throttle.clear('ssh office', OWNER)
    for (let at = 0; at < 50; at++) wrong()
    expect(wrong).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }))

    // The next hour it may again, and after a day without anybody who is let in it is as any other.
    await clock.pass(3_600_000)
    for (let at = 0; at < 50; at++) wrong()
    await clock.pass(25 * 3_600_000)
    for (let at = 0; at < 5; at++) wrong()
    expect(wrong).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }))
  })

  it('takes an IPv6 /64 for one network', () => {
    const { attempt, waits } = setUp()
    for (let at = 0; at < 5; at++) expect(attempt('anna', `2001:db8::${at + 1}`)).toBe(0)

    expect(attempt('anna', '2001:db8::ffff')).toEqual(waits(1))
    expect(attempt('anna', '2001:db8:0:1::1')).toBe(0)
  })

  it('lets strangers wait for a name that many of them guess at, for 5 seconds at most', async () => {
    const { clock, attempt, waits } = setUp()
    // The first attempt of a network does not wait for others, and is not theirs to wait for.
    for (let at = 0; at < 51; at++) for (const _time of [1, 2, 3]) attempt('anna', `192.0.2.${at}`)
    attempt('anna', OWNER)

    const waited: unknown[] = []
    for (const seconds of [1, 2, 4, 5, 5]) {
      waited.push(attempt('anna', OWNER))
      await clock.pass(seconds * 1_000)
      expect(attempt('anna', `192.0.2.${100 + waited.length}`)).toBe(0)
      expect(attempt('anna', `192.0.2.${waited.length}`)).toBe(0)
    }

    expect(waited).toEqual([1, 2, 4, 5, 5].map(waits))
    await clock.pass(5_000)
    expect(attempt('anna', OWNER)).toBe(0)
  })

  it('never lets a network wait for strangers that somebody came in from within a month', async () => {
    const { clock, throttle, attempt } = setUp()
    attempt('anna', OWNER)
    throttle.clear('anna', OWNER)
    await clock.pass(29 * 86_400_000)
    for (let at = 0; at < 250; at++)
      for (const _time of [1, 2, 3, 4, 5]) attempt('anna', `203.0.113.${at}`)

    for (let at = 0; at < 5; at++) expect(attempt('anna', OWNER)).toBe(0)
  })

  it('lets nobody push out by names or networks whom it knows', () => {
    const { throttle, attempt } = setUp()
    throttle.clear('anna', OWNER)
    for (let at = 0; at < 11_000; at++)
      attempt('anna', `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`)

    expect(attempt('anna', OWNER)).toBe(0)
  })

  it('begins anew where the password was right, for that network alone', () => {
    const { throttle, attempt, waits } = setUp()
    for (let at = 0; at < 5; at++) {
      attempt('anna', OWNER)
      attempt('anna', ATTACKER)
    }

    throttle.clear('anna', OWNER)

    expect(attempt('anna', OWNER)).toBe(0)
    expect(attempt('anna', ATTACKER)).toEqual(waits(1))
  })

  it('begins anew after an hour', async () => {
    const { clock, attempt } = setUp()
    for (let at = 0; at < 6; at++) attempt('anna', ATTACKER)

    await clock.pass(3_600_000)

    for (let at = 0; at < 5; at++) expect(attempt('anna', ATTACKER)).toBe(0)
  })
})
