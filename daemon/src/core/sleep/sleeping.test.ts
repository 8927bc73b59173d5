import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createHarness, createWorld, type Harness } from '#test/harness.ts'

const MINUTE_MS = 60_000

/** An app that has been live for longer than it is watched, and may sleep after ten minutes. */
async function live(
  settings: Parameters<Harness['addApp']>[1] = {},
  world = createWorld(),
): Promise<{ harness: Harness; name: string }> {
  const harness = createHarness(world)
  harness.addApp('hello', { sleepAfterMs: 10 * MINUTE_MS, ...settings })
  await harness.start()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  const [name = ''] = harness.node.running()
  return { harness, name }
}

const sleepOf = (harness: Harness) => harness.sleep.get(harness.actor, 'hello')

async function asleep(settings: Parameters<Harness['addApp']>[1] = {}) {
  const given = await live(settings)
  await given.harness.clock.pass(12 * MINUTE_MS)
  expect(sleepOf(given.harness).isAsleep).toBe(true)
  return given
}

describe('an app that nobody visits', () => {
  it('is stopped but kept, and its visitors wait in the proxy from then on', async () => {
    const { harness, name } = await live()
    expect(harness.proxy.published.at(-1)?.routes[0]?.sleep?.ignores).toEqual([
      'hidden',
      'php',
      'monitors',
    ])

    await harness.clock.pass(12 * MINUTE_MS)

    expect(harness.node.running()).toEqual([])
    expect(harness.node.containers.get(name)?.isKept).toBe(false)
    expect(harness.instances()).toMatchObject([{ name, state: 'asleep' }])
    expect(harness.proxy.stateOf('hello')).toBe('asleep')
    expect(harness.said.at(-1)).toBe('asleep: no visitors for 10 min; the next visitor wakes it')
    expect(sleepOf(harness)).toMatchObject({ isAsleep: true, lastDay: { freedBytes: 2 ** 25 } })
  })

  it('stays up where that is not asked for', async () => {
    const { harness, name } = await live({ sleepAfterMs: null })

    await harness.clock.pass(120 * MINUTE_MS)

    expect(harness.node.running()).toEqual([name])
    expect(harness.proxy.published.at(-1)?.routes[0]?.sleep).toBeUndefined()
  })

  it('stays up while it has visitors now and then', async () => {
    const { harness, name } = await live()

    for (let round = 0; round < 10; round += 1) {
      await harness.clock.pass(9 * MINUTE_MS)
      harness.proxy.visit('hello')
    }

    expect(harness.node.running()).toEqual([name])
  })

  it('stays up while a WebSocket or a stream is open, and for its time after that', async () => {
    const { harness, name } = await live()
    harness.proxy.busy.set(name, 1)
    await harness.clock.pass(60 * MINUTE_MS)
    expect(harness.node.running()).toEqual([name])

    harness.proxy.busy.clear()
    await harness.clock.pass(9 * MINUTE_MS)
    expect(harness.node.running()).toEqual([name])
    await harness.clock.pass(12 * MINUTE_MS)

    expect(harness.node.running()).toEqual([])
  })

  it('stays up where workers of it have work without visitors, unless they may sleep too', async () => {
    const { harness } = await live()
    const files = { 'server.js': '', Procfile: 'web: node server.js\nworker: node work.js' }
    await harness.deploy('b2', { files })
    await harness.end(harness.deployments.scale(harness.actor, 'hello', { worker: 1 }).id)
    await harness.clock.pass(30 * MINUTE_MS)
    expect(harness.node.running()).toHaveLength(2)
    expect(sleepOf(harness).staysAwake).toContain('worker works without visitors')

    const { settings } = harness.app()
    harness.apps.saveSettings(harness.actor, harness.app().id, { ...settings, sleepWorkers: true })
    await harness.clock.pass(30 * MINUTE_MS)

    expect(harness.node.running()).toEqual([])
  })

  it('goes on serving where something comes while it falls asleep', async () => {
    const { harness, name } = await live()
    const publish = harness.proxy.publish.bind(harness.proxy)
    const before = harness.proxy.published.length
    harness.world.proxy.publish = async (...given) => {
      await publish(...given)
      if (harness.proxy.published.at(-1)?.routes[0]?.state === 'asleep') harness.proxy.wake('hello')
    }

    await harness.clock.pass(12 * MINUTE_MS)

    expect(harness.proxy.published.slice(before).map(({ routes }) => routes[0]?.state)).toContain(
      'asleep',
    )
    expect(harness.node.calls.some((call) => call.startsWith('sleep'))).toBe(false)
    expect(harness.proxy.serves('hello')).toEqual([name])
  })

  it('is not stopped under a request that slipped in', async () => {
    const { harness, name } = await live()
    const publish = harness.proxy.publish.bind(harness.proxy)
    harness.world.proxy.publish = async (...given) => {
      await publish(...given)
      if (harness.proxy.published.at(-1)?.routes[0]?.state === 'asleep')
        harness.proxy.busy.set(name, 1)
    }

    await harness.clock.pass(12 * MINUTE_MS)

    expect(harness.proxy.serves('hello')).toEqual([name])
    expect(harness.node.calls.some((call) => call.startsWith('sleep'))).toBe(false)
  })
})

describe('an app that sleeps', () => {
  it('wakes when somebody waits for it, at its address, and the engine keeps it from then on', async () => {
    const { harness, name } = await asleep()

    harness.proxy.wake('hello')
    await harness.clock.pass(100)

    expect(harness.proxy.serves('hello')).toEqual([name])
    expect(harness.node.running()).toEqual([name])
    expect(harness.node.containers.get(name)?.isKept).toBe(true)
    expect(sleepOf(harness)).toMatchObject({ isAsleep: false, lastDay: { times: 1 } })
    expect(sleepOf(harness).lastDay.slowestWakeMs).toBeLessThan(100)
  })

  it('lets nobody in before it answers', async () => {
    const { harness, name } = await asleep()
    let status = 503
    harness.node.behave = () => ({ answers: () => status })

    harness.proxy.wake('hello')
    await harness.clock.pass(1_000)
    expect(harness.proxy.stateOf('hello')).toBe('asleep')
    status = 200
    await harness.clock.pass(50)

    expect(harness.proxy.serves('hello')).toEqual([name])
  })

  it('is made again where its container is gone', async () => {
    const { harness, name } = await asleep()
    harness.node.containers.delete(name)

    harness.proxy.wake('hello')
    await harness.clock.pass(100)

    expect(harness.proxy.serves('hello')).toEqual([name])
    expect(harness.node.running()).toEqual([name])
  })

  it('is left to the reconciler where it exits at its start, and is told of in its log', async () => {
    const { harness } = await asleep()
    harness.node.behave = () => ({ exitCode: 3 })

    harness.proxy.wake('hello')
    await harness.clock.pass(500)

    expect(harness.said.at(-1)).toBe('woke, but does not answer')
    expect(harness.instances().map(({ state }) => state)).toEqual(['live'])
    expect(harness.proxy.stateOf('hello')).toBe('serving')
  })

  it('goes on sleeping while the agent is away, and wakes with the next word of a worker', async () => {
    const { harness, name } = await asleep()
    harness.node.away = 'AGENT_UNREACHABLE'
    harness.proxy.wake('hello')
    await harness.clock.pass(3_000)
    expect(harness.proxy.stateOf('hello')).toBe('asleep')

    harness.node.away = undefined
    harness.proxy.wake('hello')
    await harness.clock.pass(100)

    expect(harness.proxy.serves('hello')).toEqual([name])
  })

  it('sleeps on through rounds of the reconciler, a reboot and a restart of the daemon', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vastrox-sleep-'))
    const world = createWorld(join(folder, 'control.db'))
    const { harness, name } = await live({}, world)
    await harness.clock.pass(12 * MINUTE_MS)
    harness.node.emit({ type: 'engine-restarted' })
    await harness.clock.pass(5 * MINUTE_MS)
    expect(harness.node.running()).toEqual([])

    harness.kill()
    const next = createHarness(world)
    await next.start()
    await next.clock.pass(MINUTE_MS)
    expect(next.node.running()).toEqual([])
    expect(next.instances()).toMatchObject([{ name, state: 'asleep' }])
    expect(next.proxy.stateOf('hello')).toBe('asleep')
    next.proxy.wake('hello')
    await next.clock.pass(100)

    expect(next.proxy.serves('hello')).toEqual([name])
    next.kill()
    await rm(folder, { recursive: true })
  })

  it.each(['sleep.rows', 'sleep.quiet', 'sleep.stopped'])(
    'sleeps or serves after the daemon was killed at %s, and never neither',
    async (crashAt) => {
      const folder = await mkdtemp(join(tmpdir(), 'vastrox-sleep-'))
      const world = createWorld(join(folder, 'control.db'))
      const first = createHarness(world, { crashAt })
      first.addApp('hello', { sleepAfterMs: 10 * MINUTE_MS })
      await first.start()
      await first.deploy('a1')
      await first.clock.pass(15 * MINUTE_MS)
      expect(first.isDead()).toBe(true)

      const next = createHarness(world)
      await next.start()
      await next.clock.pass(2 * MINUTE_MS)
      expect(next.node.running()).toEqual([])
      expect(next.proxy.stateOf('hello')).toBe('asleep')
      next.proxy.wake('hello')
      await next.clock.pass(100)

      expect(next.proxy.serves('hello')).toEqual(next.node.running())
      expect(next.node.running()).toHaveLength(1)
      next.kill()
      await rm(folder, { recursive: true })
    },
  )

  it('is woken by whoever waits after the daemon was killed in the middle of a wake', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vastrox-sleep-'))
    const world = createWorld(join(folder, 'control.db'))
    const first = createHarness(world, { crashAt: 'wake.started' })
    first.addApp('hello', { sleepAfterMs: 10 * MINUTE_MS })
    await first.start()
    await first.deploy('a1')
    await first.clock.pass(15 * MINUTE_MS)
    first.proxy.wake('hello')
    await first.clock.pass(100)
    expect(first.isDead()).toBe(true)

    const next = createHarness(world)
    await next.start()
    next.proxy.wake('hello')
    await next.clock.pass(200)

    expect(next.proxy.serves('hello')).toEqual(next.node.running())
    expect(next.node.running()).toHaveLength(1)
    next.kill()
    await rm(folder, { recursive: true })
  })

  it('is stopped again where something else has started its container', async () => {
    const { harness, name } = await asleep()
    const container = harness.node.containers.get(name)
    if (container) container.seen = { ...container.seen, status: 'running' }

    await harness.clock.pass(31_000)

    expect(harness.node.running()).toEqual([])
    expect(sleepOf(harness).isAsleep).toBe(true)
  })

  it('is woken by a deployment, whose watch can go back to the release before', async () => {
    const { harness, name } = await asleep()

    await harness.deploy('b2')
    const [fresh = ''] = harness.proxy.serves('hello')
    expect(harness.node.running()).toEqual([name, fresh].toSorted())
    harness.node.crash(fresh, 1)
    await harness.clock.pass(2_000)

    expect(harness.proxy.serves('hello')).toEqual([name])
    expect(sleepOf(harness)).toMatchObject({ isAsleep: false, lastDay: { times: 1 } })
  })

  it('is scaled and restarted as one that is awake', async () => {
    const { harness, name } = await asleep()
    await harness.end(harness.deployments.scale(harness.actor, 'hello', { web: 2 }).id)
    expect(harness.proxy.serves('hello')).toHaveLength(2)
    expect(harness.proxy.serves('hello')).toContain(name)

    await harness.clock.pass(12 * MINUTE_MS)
    expect(harness.node.running()).toEqual([])
    await harness.end(harness.deployments.restart(harness.actor, 'hello').id)

    expect(harness.proxy.serves('hello')).toHaveLength(2)
  })

  it('stays as it was where a deployment of it fails to build', async () => {
    const { harness } = await asleep()
    harness.node.buildFailure = new CodedError('BUILD_FAILED', { reason: 'npm ci failed' })

    await harness.deploy('b2')

    expect(sleepOf(harness).isAsleep).toBe(true)
    expect(harness.proxy.stateOf('hello')).toBe('asleep')
  })

  it('is woken by whoever works inside of it, and stays awake for that', async () => {
    const { harness, name } = await asleep()
    const wish = { command: 'sh', terminal: null, stdin: false }
    const { signal } = new AbortController()

    const session = await harness.clock.until(
      harness.runs.openExec(harness.actor, 'hello', undefined, wish, signal),
    )
    await harness.clock.pass(30 * MINUTE_MS)

    expect(session.run.kind).toBe('exec')
    expect(harness.node.running()).toEqual([name])
    expect(sleepOf(harness).staysAwake).toBe('somebody works inside of it')
  })

  it('sleeps on while commands and jobs run in containers of their own', async () => {
    const { harness } = await asleep()

    const { number } = harness.runs.start(harness.actor, 'hello', {
      command: 'npm run report',
      timeoutMs: MINUTE_MS,
    })
    await harness.clock.pass(5_000)

    expect(harness.runs.get(harness.actor, 'hello', number).state).toBe('succeeded')
    expect(sleepOf(harness).isAsleep).toBe(true)
  })

  it('is stopped for good by a stop', async () => {
    const { harness } = await asleep()

    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    await harness.clock.pass(1_000)
    harness.proxy.wake('hello')
    await harness.clock.pass(1_000)

    expect(harness.proxy.stateOf('hello')).toBe('stopped')
    expect(harness.node.containers.size).toBe(0)
  })
})

describe('putting an app to sleep by hand', () => {
  it('needs no setting, and a wake by hand ends it', async () => {
    const { harness, name } = await live({ sleepAfterMs: null })

    await harness.clock.until(harness.sleep.sleep(harness.actor, 'hello'))
    expect(harness.node.running()).toEqual([])
    const awake = await harness.clock.until(harness.sleep.wake(harness.actor, 'hello'))

    expect(awake.isAsleep).toBe(false)
    expect(harness.proxy.serves('hello')).toEqual([name])
  })

  it('is refused while a release is watched, with the reason', async () => {
    const { harness } = await live()
    await harness.deploy('b2')

    await expect(harness.sleep.sleep(harness.actor, 'hello')).rejects.toMatchObject({
      code: 'APP_STAYS_AWAKE',
      details: { reason: 'it is being deployed, or its new release is watched' },
    })
  })
})
