import { describe, expect, it } from 'vitest'
import { createFakeClock } from '#test/fakes/clock.ts'
import { createLookLanes } from './look-lanes.ts'

const LIMITS = { quick: 2, slow: 2, quickMs: 20_000, cutMs: 120_000 }

/** Looks that are over when they are told so; `begun` says which have been let in. */
function setUp() {
  const clock = createFakeClock()
  const lanes = createLookLanes(clock, LIMITS)
  const begun: string[] = []
  const look = (name: string, isDoubtful = false) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = lanes.run(isDoubtful, (cut) => {
      begun.push(name)
      const cutOff = Promise.withResolvers<void>()
      cut.addEventListener('abort', () => cutOff.reject(new Error('cut off')))
      return Promise.race([promise, cutOff.promise])
    })
    return { done, end: resolve }
  }
  return { clock, begun, look }
}

describe('looks of many apps', () => {
  it('wait for those that are quick, one after the other', async () => {
    const { clock, begun, look } = setUp()
    const [first] = [look('a'), look('b'), look('c')]
    await clock.pass(0)
    expect(begun).toEqual(['a', 'b'])

    first?.end()
    await first?.done
    await clock.pass(0)
    expect(begun).toEqual(['a', 'b', 'c'])
  })

  it('do not wait for hosts that stall: those make room after a moment', async () => {
    const { clock, begun, look } = setUp()
    look('stalls 1')
    look('stalls 2')
    look('good')
    await clock.pass(19_000)
    expect(begun).not.toContain('good')

    await clock.pass(2_000)
    expect(begun).toEqual(['stalls 1', 'stalls 2', 'good'])
  })

  it('of what failed the last time wait for one another alone', async () => {
    const { clock, begun, look } = setUp()
    const bad = [look('bad 1', true), look('bad 2', true), look('bad 3', true)]
    look('good')
    await clock.pass(0)
    expect(begun).toEqual(['bad 1', 'bad 2', 'good'])

    bad[0]?.end()
    await bad[0]?.done
    await clock.pass(0)
    expect(begun).toContain('bad 3')
  })

  it('that are slow beyond what there is room for keep their places, and give them back once', async () => {
    const { clock, begun, look } = setUp()
    look('bad 1', true)
    look('bad 2', true)
    const slow = [look('slow 1'), look('slow 2')]
    look('good 1')
    look('good 2')
    look('good 3')
    await clock.pass(60_000)
    expect(begun).toEqual(['bad 1', 'bad 2', 'slow 1', 'slow 2'])

    for (const { end, done } of slow) {
      end()
      await done
    }
    await clock.pass(0)
    expect(begun.slice(4)).toEqual(['good 1', 'good 2'])
  })

  it('of many hosts that stall keep nobody out for long: they begin anew behind their like', async () => {
    const { clock, begun, look } = setUp()
    const stalling = ['stalls 1', 'stalls 2', 'stalls 3', 'stalls 4'].map((name) => look(name))
    await clock.pass(30_000)
    expect(begun).toHaveLength(4)
    look('good 1')
    look('good 2')
    await clock.pass(80_000)
    expect(begun).toHaveLength(4)
    await clock.pass(40_000)
    expect(begun.slice(4)).toEqual(['good 1', 'good 2'])

    stalling[0]?.end()
    await stalling[0]?.done
    await clock.pass(0)
    expect(begun.slice(6)).toEqual(['stalls 3'])
    stalling[2]?.end()
    await stalling[2]?.done
  })

  it('that are slow are not cut off as long as nobody waits for them', async () => {
    const { clock, begun, look } = setUp()
    const all = ['slow 1', 'slow 2', 'slow 3', 'slow 4'].map((name) => look(name))
    await clock.pass(600_000)
    expect(begun).toHaveLength(4)
    for (const { end, done } of all) {
      end()
      await done
    }
    expect(begun).toHaveLength(4)
  })
})
