import { describe, expect, it } from 'vitest'
import { createFakeClock } from '#test/fakes/clock.ts'
import { createLookLanes } from './look-lanes.ts'

const LIMITS = { quick: 2, slow: 2, quickMs: 20_000 }

/** Looks that are over when they are told so; `begun` says which have been let in. */
function setUp() {
  const clock = createFakeClock()
  const lanes = createLookLanes(clock, LIMITS)
  const begun: string[] = []
  const look = (name: string, isDoubtful = false) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = lanes.run(isDoubtful, () => {
      begun.push(name)
      return promise
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
})
