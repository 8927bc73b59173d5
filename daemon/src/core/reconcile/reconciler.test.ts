import { describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '#test/harness.ts'

async function live(): Promise<{ harness: Harness; name: string }> {
  const harness = createHarness()
  harness.addApp()
  await harness.start()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  const [name = ''] = harness.node.running()
  return { harness, name }
}

describe('the reconciler', () => {
  it('changes nothing where everything is as the rows say', async () => {
    const { harness } = await live()
    const calls = harness.node.calls.length
    const generation = harness.proxy.published.at(-1)?.generation

    await harness.clock.pass(120_000)

    expect(harness.node.calls.slice(calls).every((call) => call === 'list-instances')).toBe(true)
    expect(harness.proxy.published.at(-1)?.generation).toBe(generation)
  })

  it('starts a live instance that is gone, under the same name (K1, K2)', async () => {
    const { harness, name } = await live()

    harness.node.lose(name)
    await harness.clock.pass(2_000)

    expect(harness.node.running()).toEqual([name])
    expect(harness.node.containers.get(name)?.isKept).toBe(true)
    expect(harness.instances()).toHaveLength(1)
  })

  it('finds out within 30 s where no hint came (K6)', async () => {
    const { harness, name } = await live()

    harness.node.containers.delete(name)
    await harness.clock.pass(31_000)

    expect(harness.node.running()).toEqual([name])
  })

  it('points the route to the address that an instance has now', async () => {
    const { harness, name } = await live()
    const container = harness.node.containers.get(name)
    if (container) container.seen = { ...container.seen, host: '10.128.9.9' }

    await harness.clock.pass(31_000)

    expect(harness.proxy.published.at(-1)?.routes[0]?.instances).toMatchObject([
      { name, host: '10.128.9.9', port: 3_000 },
    ])
  })

  it('starts everything again after a reboot, without duplicates', async () => {
    const { harness, name } = await live()
    const container = harness.node.containers.get(name)
    if (container) container.seen = { ...container.seen, status: 'exited', exitCode: 255 }

    harness.node.emit({ type: 'engine-restarted' })
    await harness.clock.pass(2_000)

    expect(harness.node.running()).toEqual([name])
    expect(harness.node.containers.size).toBe(1)
  })

  it('waits for an engine that is away, and goes on when it is back', async () => {
    const { harness, name } = await live()
    harness.node.away = 'ENGINE_UNREACHABLE'
    harness.node.containers.delete(name)
    await harness.clock.pass(60_000)
    expect(harness.instances().map(({ state }) => state)).toEqual(['live'])

    harness.node.away = undefined
    await harness.clock.pass(5_000)

    expect(harness.node.running()).toEqual([name])
    expect(harness.problems).toEqual([])
  })

  it('removes a container of ours that no row knows, once it is older than a minute', async () => {
    const { harness, name } = await live()
    const template = harness.node.containers.get(name)
    if (!template) throw new Error('nothing runs')
    const stray = { ...template, seen: { ...template.seen, name: 'vastrox-stray', generation: 99 } }
    harness.node.containers.set('vastrox-stray', stray)

    await harness.clock.pass(31_000)
    expect(harness.node.running()).toContain('vastrox-stray')
    await harness.clock.pass(70_000)

    expect(harness.node.running()).toEqual([name])
  })

  it('leaves the instances of a deployment under way alone', async () => {
    const { harness } = await live()
    harness.node.behave = () => ({ listens: [] })
    await harness.push('b2')

    await harness.clock.pass(45_000)

    expect(harness.deployments.get(harness.actor, 'hello', 2).state).toBe('checking')
    expect(harness.node.running()).toHaveLength(2)
  })

  it('stops an instance that exits 5 times in 10 minutes, and says so (K8)', async () => {
    const { harness, name } = await live()

    harness.node.behave = ({ generation }) => (generation === 1 ? { exitCode: 3 } : {})
    await crashOut(harness, name)
    await harness.clock.pass(20_000)

    expect(harness.instances().map(({ state }) => state)).toEqual(['crashed'])
    expect(harness.node.running()).toEqual([])
    expect(harness.proxy.serves('hello')).toEqual([])
    expect(harness.problems).toEqual([`${name} has exited too often and was stopped`])

    await harness.deploy('b2')
    await harness.clock.pass(1_000)
    expect(harness.proxy.serves('hello')).toHaveLength(1)
    expect(harness.instances().map(({ state }) => state)).toEqual(['live'])
  })

  it('does not count exits that are far apart', async () => {
    const { harness, name } = await live()

    for (let crash = 0; crash < 8; crash += 1) {
      harness.node.crash(name)
      await harness.clock.pass(180_000)
    }

    expect(harness.proxy.serves('hello')).toEqual([name])
  })

  it('tries what fails again later and later, without harming the others (K8)', async () => {
    const { harness, name } = await live()
    harness.addApp('other')
    await harness.deploy('b2', { appName: 'other' })
    const [other = ''] = harness.proxy.serves('other')
    harness.node.images.delete(harness.node.containers.get(name)?.spec.imageId ?? '')
    harness.node.containers.clear()

    await harness.clock.pass(150_000)

    expect(harness.node.running()).toEqual([other])
    expect(harness.problems.length).toBeGreaterThan(1)
    expect(harness.problems.length).toBeLessThan(8)
  })

  it('comes back to instances that could not be stopped when they were drained', async () => {
    const { harness, name } = await live()
    await harness.deploy('b2')
    await harness.clock.pass(59_000)
    harness.node.away = 'AGENT_UNREACHABLE'
    await harness.clock.pass(20_000)
    harness.node.away = undefined

    await harness.clock.pass(31_000)

    expect(harness.node.running()).not.toContain(name)
    expect(harness.instances()).toHaveLength(1)
  })

  it('starts what was created but never started (K1)', async () => {
    const { harness, name } = await live()
    const container = harness.node.containers.get(name)
    if (container) container.seen = { ...container.seen, status: 'created' }

    await harness.clock.pass(31_000)

    expect(harness.node.running()).toEqual([name])
  })

  it('does not count starts that the engine refused as exits of the app (K8)', async () => {
    const { harness, name } = await live()
    const images = new Map(harness.node.images)
    harness.node.images.clear()
    harness.node.lose(name)
    await harness.clock.pass(600_000)
    expect(harness.instances().map(({ state }) => state)).toEqual(['live'])

    for (const [id, image] of images) harness.node.images.set(id, image)
    await harness.clock.pass(330_000)

    expect(harness.node.running()).toEqual([name])
    expect(harness.proxy.serves('hello')).toEqual([name])
  })
})

/** Ends as often as the budget allows (K8). */
async function crashOut(harness: Harness, name: string): Promise<void> {
  for (let crash = 0; crash < 5; crash += 1) {
    harness.node.crash(name, 3)
    await harness.clock.pass(1_100)
  }
}

describe('an instance that is crash-looping (K8)', () => {
  const starts = (harness: Harness): number =>
    harness.node.calls.filter((call) => call.startsWith('start ')).length

  it('is tried again after 1 s and then later and later, up to 5 minutes, with no visitors', async () => {
    const { harness, name } = await live()
    harness.node.behave = () => ({ exitCode: 3 })
    await crashOut(harness, name)
    const before = starts(harness)

    await harness.clock.pass(60_000)
    expect(starts(harness) - before).toBeGreaterThanOrEqual(4)
    expect(starts(harness) - before).toBeLessThanOrEqual(6)
    await harness.clock.pass(3_600_000)
    const inAnHour = starts(harness)
    await harness.clock.pass(3_600_000)

    expect(starts(harness) - inAnHour).toBe(12)
    expect(harness.proxy.serves('hello')).toEqual([])
    expect(harness.problems).toHaveLength(1)
    expect(harness.said).toEqual([
      'web.1 is crash-looping: it has ended 5 times in 10 minutes; it is tried again, later and later',
    ])
  })

  it('serves again by itself once it is healthy, and is kept by the engine', async () => {
    const { harness, name } = await live()
    harness.node.behave = () => ({ exitCode: 3 })
    await crashOut(harness, name)
    await harness.clock.pass(30_000)
    expect(harness.node.containers.has(name)).toBe(false)

    harness.node.behave = () => ({})
    await harness.clock.pass(64_000)

    expect(harness.proxy.serves('hello')).toEqual([name])
    expect(harness.node.containers.get(name)?.isKept).toBe(true)
    expect(harness.instances().map(({ state }) => state)).toEqual(['live'])
  })

  it('that ends soon after it came back gets no new budget, and waits longer', async () => {
    const { harness, name } = await live()
    await crashOut(harness, name)
    await harness.clock.pass(5_000)
    expect(harness.proxy.serves('hello')).toEqual([name])

    harness.node.crash(name, 3)
    await harness.clock.pass(1_100)

    expect(harness.instances().map(({ state }) => state)).toEqual(['crashed'])
    const at = harness.reconciler.nextTryAt(name)?.getTime() ?? 0
    expect(at - harness.clock.now().getTime()).toBeGreaterThan(1_000)
  })

  it('is no second one beside a deployment that began while it was being tried (rule D5)', async () => {
    const { harness, name } = await live()
    await crashOut(harness, name)
    let isAsked = false
    harness.node.starting = async ({ generation }) => {
      if (generation !== 1 || isAsked) return
      isAsked = true
      await harness.push('b2')
    }

    await harness.clock.pass(120_000)

    const calls = harness.node.calls.filter((call) => /^(start|stop) /.test(call))
    const tried = calls.lastIndexOf('start hello web g1')
    expect(isAsked).toBe(true)
    expect(calls.slice(tried, tried + 3)).toEqual([
      'start hello web g1',
      `stop ${name} 2000`,
      'start hello web g2',
    ])
    expect(harness.node.running()).toHaveLength(1)
  })

  it('is left alone once a deployment has put another in its place', async () => {
    const { harness, name } = await live()
    harness.node.behave = ({ generation }) => (generation === 1 ? { exitCode: 3 } : {})
    await crashOut(harness, name)
    await harness.deploy('b2')
    const served = harness.proxy.serves('hello')
    await harness.clock.pass(120_000)
    const before = starts(harness)

    await harness.clock.pass(600_000)

    expect(starts(harness)).toBe(before)
    expect(harness.node.running()).toEqual(served)
  })

  it('shows how it ended last: exit code, memory, the last 20 lines without secrets', async () => {
    const { harness, name } = await live()
    harness.world.env['API_KEY'] = 'a-very-secret-value'
    const logs = [
      ...Array.from({ length: 30 }, (_, at) => `line ${at}`),
      'Error: cannot connect with a-very-secret-value',
    ]
    const container = harness.node.containers.get(name)
    if (container) container.behaviour = { logs }
    harness.node.behave = () => ({ exitCode: 3 })

    harness.node.emit({ type: 'instance', name, action: 'oom', exitCode: null })
    await crashOut(harness, name)

    const crashes = harness.processes.listCrashes(harness.actor, 'hello')
    expect(crashes).toHaveLength(5)
    expect(crashes.at(-1)).toMatchObject({
      exitCode: 3,
      oomKilled: true,
      process: 'web',
      release: 1,
    })
    expect(crashes[0]).toMatchObject({ exitCode: 3, oomKilled: false, memoryBytes: 512 * 2 ** 20 })
    expect(crashes[0]?.lines).toHaveLength(20)
    expect(crashes[0]?.lines.at(-1)).toMatch(/^Error: cannot connect with \S+$/)
    expect(JSON.stringify(crashes)).not.toContain('a-very-secret-value')
    const [web] = await harness.processes.list(harness.actor, 'hello')
    expect(web?.instances).toMatchObject([
      { state: 'crash-looping', lastCrash: { exitCode: 3 }, nextTryAt: expect.any(String) },
    ])
  })

  it('is no crash where the engine stops and takes everything with it', async () => {
    const { harness, name } = await live()

    harness.node.emit({ type: 'instance', name, action: 'die', exitCode: 143 })
    harness.node.away = 'ENGINE_UNREACHABLE'
    await harness.clock.pass(5_000)
    harness.node.away = undefined
    await harness.clock.pass(60_000)

    expect(harness.processes.listCrashes(harness.actor, 'hello')).toEqual([])
  })

  it('in the watch of a new release is gone back from: the old release serves (D9)', async () => {
    const { harness, name } = await live()
    await harness.push('b2')
    await harness.clock.pass(5_000)
    const [fresh = ''] = harness.proxy.serves('hello')
    expect(fresh).not.toBe(name)

    for (let crash = 0; crash < 6; crash += 1) harness.node.crash(fresh)
    await harness.clock.pass(60_000)

    expect(harness.proxy.serves('hello')).toEqual([name])
    expect(harness.deployments.get(harness.actor, 'hello', 2)).toMatchObject({ state: 'reverted' })
    expect(harness.processes.listCrashes(harness.actor, 'hello').length).toBeGreaterThan(0)
    expect(harness.node.running()).toEqual([name])
  })
})

describe('a round of the reconciler that takes long', () => {
  /** As many apps as are settled at once have lost their instance, and each start takes seconds. */
  async function busy(startMs: number): Promise<{ harness: Harness; lose: () => void }> {
    const harness = createHarness()
    const slow = ['slow-1', 'slow-2', 'slow-3', 'slow-4']
    for (const name of [...slow, 'hello']) {
      harness.addApp(name)
      await harness.clock.pass(5)
    }
    await harness.start()
    for (const appName of slow) await harness.deploy('a1', { appName })
    await harness.clock.pass(61_000)
    const lost = harness.node.running()
    harness.node.starting = async ({ appName }) => {
      if (slow.includes(appName)) await harness.clock.sleep(startMs)
    }
    return {
      harness,
      lose: () => {
        for (const name of lost) harness.node.lose(name)
      },
    }
  }

  it('leaves alone an instance that has become live since it began (K1)', async () => {
    const { harness, lose } = await busy(4_000)
    let isUp = false
    harness.node.behave = ({ appName }) =>
      appName === 'hello' ? { answers: () => (isUp ? 200 : 500) } : {}
    await harness.push('b2')
    await harness.clock.pass(300)
    expect(harness.instances().map(({ state }) => state)).toEqual(['starting'])

    lose()
    await harness.clock.pass(1_500)
    isUp = true
    await harness.clock.pass(2_000)
    const served = harness.proxy.serves('hello')
    expect(served).toHaveLength(1)
    await harness.clock.pass(120_000)

    expect(harness.proxy.serves('hello')).toEqual(served)
    expect(harness.node.running()).toEqual(expect.arrayContaining(served))
    expect(harness.instances().map(({ state }) => state)).toEqual(['live'])
  })

  it('leaves alone an instance that traffic went back to since it began (K1, D9)', async () => {
    const { harness, lose } = await busy(6_000)
    await harness.deploy('a1')
    await harness.clock.pass(61_000)
    const before = harness.proxy.serves('hello')
    await harness.deploy('b2')
    const [fresh = ''] = harness.proxy.serves('hello')

    lose()
    await harness.clock.pass(1_500)
    harness.node.crash(fresh)
    await harness.clock.pass(120_000)

    expect(harness.proxy.serves('hello')).toEqual(before)
    expect(harness.node.running()).toEqual(expect.arrayContaining(before))
  })

  it('for one app does not hold up another', async () => {
    const { harness } = await live()
    harness.addApp('slow')
    await harness.deploy('a1', { appName: 'slow' })
    await harness.clock.pass(61_000)
    const [name = ''] = harness.proxy.serves('hello')
    const [slow = ''] = harness.proxy.serves('slow')
    harness.node.starting = ({ appName }) =>
      appName === 'slow' ? new Promise(() => {}) : Promise.resolve()

    harness.node.lose(slow)
    harness.node.lose(name)
    await harness.clock.pass(31_000)

    expect(harness.node.running()).toEqual([name])
  })
})
