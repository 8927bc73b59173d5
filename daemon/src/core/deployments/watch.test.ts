import { describe, expect, it } from 'vitest'
import { createHarness, createWorld, type Harness } from '#test/harness.ts'

/** v1 is settled and has had good traffic, v2 has just been switched to. */
async function switched(): Promise<{ harness: Harness; old: string; fresh: string }> {
  const harness = createHarness()
  harness.addApp()
  await harness.start()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  const [old = ''] = harness.proxy.serves('hello')
  harness.proxy.report({ instance: old, requests: 1_000, latency: [0, 0, 1_000] })
  await harness.deploy('b2')
  const [fresh = ''] = harness.proxy.serves('hello')
  return { harness, old, fresh }
}

const stateOf = (harness: Harness, number: number): string =>
  harness.deployments.get(harness.actor, 'hello', number).state

describe('a release that is watched', () => {
  it('is taken back when it exits, to the instances that are still warm (D9)', async () => {
    const { harness, old, fresh } = await switched()

    harness.node.crash(fresh, 1)
    await harness.clock.pass(2_000)

    expect(harness.proxy.serves('hello')).toEqual([old])
    expect(harness.deployments.get(harness.actor, 'hello', 2)).toMatchObject({
      state: 'reverted',
      reason: 'reverted to v1: web.1 exited with code 1',
    })
    expect(stateOf(harness, 1)).toBe('live')
    await harness.clock.pass(31_000)
    expect(harness.node.running()).toEqual([old])
    expect(harness.releases.list(harness.actor, 'hello').find(({ live }) => live)?.number).toBe(1)
  })

  it('is taken back when its requests fail and those of the release before did not', async () => {
    const { harness, old, fresh } = await switched()

    for (let second = 0; second < 4; second += 1) {
      harness.proxy.report({ instance: fresh, requests: 10, serverErrors: 8 })
      await harness.clock.pass(1_000)
    }

    expect(stateOf(harness, 2)).toBe('reverted')
    expect(harness.proxy.serves('hello')).toEqual([old])
  })

  it('is taken back when it answers many times slower than the release before', async () => {
    const { harness, fresh } = await switched()

    const latency = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 300]
    harness.proxy.report({ instance: fresh, requests: 300, latency })
    await harness.clock.pass(1_000)

    expect(harness.deployments.get(harness.actor, 'hello', 2).reason).toBe(
      'reverted to v1: answers take 2500 ms (p95; before: 5 ms)',
    )
  })

  it('is taken back for what it does lately, however well it did before', async () => {
    const { harness, old, fresh } = await switched()
    for (let second = 0; second < 40; second += 1) {
      harness.proxy.report({ instance: fresh, requests: 500, latency: [0, 0, 500] })
      await harness.clock.pass(1_000)
    }
    expect(stateOf(harness, 2)).toBe('watching')

    for (let second = 0; second < 5; second += 1) {
      harness.proxy.report({ instance: fresh, requests: 500, serverErrors: 500 })
      await harness.clock.pass(1_000)
    }

    expect(stateOf(harness, 2)).toBe('reverted')
    expect(harness.proxy.serves('hello')).toEqual([old])
    const { reason } = harness.deployments.get(harness.actor, 'hello', 2)
    expect(reason).toMatch(/^reverted to v1: \d+ of \d+ requests failed \(before: 0 %\)$/)
    const [event] = harness.auditOf('deployment.revert')
    expect(event).toMatchObject({
      actor: 'vastrox',
      target: 'hello',
      details: { number: 2, reason },
    })
  })

  it('stays for a few errors, a burst at one moment, or errors that were there before', async () => {
    const { harness, fresh } = await switched()

    harness.proxy.report({ instance: fresh, requests: 9, serverErrors: 9 })
    harness.proxy.report({ instance: fresh, requests: 200, serverErrors: 40 })
    await harness.clock.pass(61_000)
    expect(stateOf(harness, 2)).toBe('live')

    for (let second = 0; second < 5; second += 1)
      harness.proxy.report({ instance: fresh, requests: 100, serverErrors: 60 })
    await harness.deploy('c3')
    const [third = ''] = harness.proxy.serves('hello')
    for (let second = 0; second < 5; second += 1)
      harness.proxy.report({ instance: third, requests: 100, serverErrors: 55 })
    await harness.clock.pass(61_000)
    expect(stateOf(harness, 3)).toBe('live')
  })

  it('stays when the whole engine has gone down with it', async () => {
    const { harness, old, fresh } = await switched()

    harness.node.crash(old, 137)
    harness.node.crash(fresh, 137)
    await harness.clock.pass(61_000)

    expect(stateOf(harness, 2)).toBe('live')
    expect(harness.proxy.serves('hello')).toEqual([fresh])
  })

  it('stays while the agent is away: nothing is known', async () => {
    const { harness, fresh } = await switched()
    harness.node.away = 'AGENT_UNREACHABLE'

    await harness.clock.pass(30_000)
    harness.node.away = undefined
    await harness.clock.pass(31_000)

    expect(stateOf(harness, 2)).toBe('live')
    expect(harness.proxy.serves('hello')).toEqual([fresh])
  })

  it('is no longer watched once a newer deployment begins', async () => {
    const { harness, old } = await switched()
    harness.node.buildGate = new Promise(() => {})

    await harness.push('c3')
    await harness.clock.pass(31_000)

    expect(stateOf(harness, 2)).toBe('live')
    expect(stateOf(harness, 1)).toBe('superseded')
    expect(harness.node.running()).not.toContain(old)
  })

  it('is taken back when it has exited just before a newer deployment began (D9)', async () => {
    const { harness, old, fresh } = await switched()
    harness.node.buildGate = new Promise(() => {})

    harness.node.crash(fresh)
    await harness.clock.pass(900)
    await harness.push('c3')
    await harness.clock.pass(3_000)

    expect(stateOf(harness, 2)).toBe('reverted')
    expect(stateOf(harness, 1)).toBe('live')
    expect(harness.proxy.serves('hello')).toEqual([old])
  })

  it('is settled later where the disk was full at the end of its watch', async () => {
    const { harness, fresh } = await switched()

    harness.db.pragma('query_only = ON')
    await harness.clock.pass(70_000)
    expect(stateOf(harness, 2)).toBe('watching')
    harness.db.pragma('query_only = OFF')
    await harness.clock.pass(12_000)

    expect(stateOf(harness, 2)).toBe('live')
    expect(stateOf(harness, 1)).toBe('superseded')
    expect(harness.node.running()).toEqual([fresh])
    expect(harness.problems).toContainEqual(expect.stringContaining('trying again'))
  })

  it('is taken back later where the disk was full when it exited (D9)', async () => {
    const { harness, old, fresh } = await switched()

    harness.db.pragma('query_only = ON')
    harness.node.crash(fresh)
    await harness.clock.pass(5_000)
    harness.db.pragma('query_only = OFF')
    await harness.clock.pass(12_000)

    expect(stateOf(harness, 2)).toBe('reverted')
    expect(stateOf(harness, 1)).toBe('live')
    expect(harness.proxy.serves('hello')).toEqual([old])
  })

  it('is watched for as long as it is wanted, however the clock is set (R11)', async () => {
    const { harness } = await switched()

    harness.clock.jump(-3_600_000)
    await harness.clock.pass(50_000)
    expect(stateOf(harness, 2)).toBe('watching')
    await harness.clock.pass(11_000)

    expect(stateOf(harness, 2)).toBe('live')
  })

  it('ends what was still open to the old instances at the drain limit, and keeps them warm', async () => {
    const { harness, old } = await switched()
    harness.proxy.busy.set(old, 2)

    await harness.clock.pass(31_000)

    expect(harness.proxy.cuts).toContainEqual([old])
    expect(harness.node.running()).toContain(old)
  })

  it('is not watched at all where the app does not want it', async () => {
    const harness = createHarness()
    harness.addApp('hello', { watchMs: 0 })
    await harness.start()
    await harness.deploy('a1')

    await harness.deploy('b2')
    await harness.clock.pass(1_000)

    expect(stateOf(harness, 2)).toBe('live')
    expect(harness.node.running()).toEqual(harness.proxy.serves('hello'))
  })

  it('is left as it is by a daemon that stops', async () => {
    const world = createWorld()
    const first = createHarness(world)
    first.addApp()
    await first.start()
    await first.deploy('a1')
    await first.clock.pass(61_000)
    const [old = ''] = first.proxy.serves('hello')
    await first.deploy('b2')
    const [fresh = ''] = first.proxy.serves('hello')
    await first.clock.pass(10_000)
    await first.clock.until(first.stop())
    expect(stateOf(first, 2)).toBe('watching')

    await first.world.clock.settle()
    expect(first.node.running()).toEqual([fresh, old].toSorted())
    expect(first.proxy.serves('hello')).toEqual([fresh])
  })

  it('is not waited for without end by a stop, where the proxy does not take the way back', async () => {
    const { harness, fresh } = await switched()
    harness.proxy.isStuck = true
    harness.node.crash(fresh, 1)
    await harness.clock.pass(2_000)

    const stopping = harness.deployments.stop(harness.actor, 'hello')
    await expect(harness.clock.until(stopping)).rejects.toMatchObject({
      code: 'DEPLOYMENT_DOES_NOT_END',
    })

    harness.proxy.isStuck = false
    await harness.clock.pass(2_000)
    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    expect(harness.proxy.stateOf('hello')).toBe('stopped')
  })
})
