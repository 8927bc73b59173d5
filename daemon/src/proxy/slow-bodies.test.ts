import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSlowBodies, type SlowBody } from './slow-bodies.ts'

/** Looks away only while it is one of them, as a body does. */
function aBody(slowBodies: ReturnType<typeof createSlowBodies>) {
  let isLookedAt = true
  let looks = 0
  const body: SlowBody = {
    look: () => {
      isLookedAt = true
      looks += 1
    },
    lookAway: () => {
      isLookedAt = false
    },
  }
  const place = slowBodies.enter(body)
  return {
    isLookedAt: () => isLookedAt,
    looks: () => looks,
    leave: () => slowBodies.leave(place),
  }
}

describe('P8 slow bodies', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const options = { slowBodies: 10, slowBodyEveryMs: 1_000 }

  it('are all read as they come while they are few', () => {
    const slowBodies = createSlowBodies(options)
    const bodies = Array.from({ length: 10 }, () => aBody(slowBodies))

    vi.advanceTimersByTime(2_000)

    expect(slowBodies.isCrowd).toBe(false)
    expect(bodies.every((body) => body.isLookedAt())).toBe(true)
  })

  it('are looked at a few at a time and all in turn in a crowd', () => {
    const slowBodies = createSlowBodies(options)
    const bodies = Array.from({ length: 1_000 }, () => aBody(slowBodies))
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, bodies.filter((body) => body.isLookedAt()).length)
    }, 5)

    // One more round: those who came first did so before there was a crowd.
    vi.advanceTimersByTime(2_100)
    most = 0
    vi.advanceTimersByTime(1_100)
    clearInterval(watch)

    expect(slowBodies.isCrowd).toBe(true)
    expect(most).toBeLessThanOrEqual(5)
    expect(Math.min(...bodies.map((body) => body.looks()))).toBeGreaterThanOrEqual(2)
  })

  it('are read as they come again when the crowd has gone', () => {
    const slowBodies = createSlowBodies(options)
    const bodies = Array.from({ length: 100 }, () => aBody(slowBodies))
    vi.advanceTimersByTime(100)

    for (const body of bodies.slice(5)) body.leave()
    vi.advanceTimersByTime(10)

    expect(slowBodies.isCrowd).toBe(false)
    expect(bodies.slice(0, 5).every((body) => body.isLookedAt())).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})
