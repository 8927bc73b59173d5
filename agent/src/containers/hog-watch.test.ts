import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createHogWatch, kernelCpuGroups } from '#agent/containers/hog-watch.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { createRunningContainers } from '#agent/containers/running-containers.ts'
import { createEngine } from '#agent/engine/engine.ts'

function setUp() {
  const world = {
    ms: 0,
    running: 1,
    isBuilding: false,
    listed: 0,
    isEngineAway: false,
    /** Cores that each takes. */
    takes: { loud: 0, calm: 0.02 } as Record<string, number>,
    /** Databases. */
    addons: new Set<string>(),
    /** Whose container it is, where it has another name. */
    apps: {} as Record<string, string>,
    used: {} as Record<string, number>,
    behind: [] as string[],
  }
  const containers = createRunningContainers({
    instance: 'a1b2c3',
    now: () => world.ms,
    engine: {
      ...createEngine('/nowhere'),
      get: async (_path, schema) => {
        if (world.isEngineAway) throw new Error('the engine is away')
        world.listed += 1
        return schema.parse(
          Object.keys(world.takes).map((Id) => ({
            Id,
            Names: [`/${Id}`],
            State: 'running',
            Labels: {
              [LABEL.kind]: world.addons.has(Id) ? 'addon' : 'instance',
              [world.addons.has(Id) ? LABEL.addon : LABEL.app]: world.apps[Id] ?? Id,
            },
          })),
        )
      },
    },
  })
  const watch = createHogWatch({
    containers,
    cores: 2,
    now: () => world.ms,
    groups: {
      running: async () => world.running,
      used: async (id) => world.used[id] ?? 0,
      isBuilding: async () => world.isBuilding,
      forget: () => {},
      async setBehind(id, isBehind) {
        world.behind = world.behind.filter((one) => one !== id)
        if (isBehind) world.behind.push(id)
        return true
      },
    },
  })
  const pass = async (seconds: number, lookEveryMs = 1_000): Promise<void> => {
    for (let at = 0; at < seconds * 1_000; at += lookEveryMs) {
      world.ms += lookEveryMs
      for (const [id, cores] of Object.entries(world.takes))
        world.used[id] = (world.used[id] ?? 0) + cores * lookEveryMs * 1_000
      await watch.look()
    }
  }
  return { world, pass, watch }
}

describe('an app that takes much of the processor (promise 2)', () => {
  it('is put behind while others wait for one, and nobody else is', async () => {
    const { world, pass } = setUp()
    world.takes['loud'] = 1.5
    world.running = 9
    await pass(3)

    expect(world.behind).toEqual(['loud'])
  })

  it('may be a database, which is one of its own: its apps are not put behind with it', async () => {
    const { world, pass } = setUp()
    world.addons.add('db')
    world.takes['db'] = 1.5
    world.running = 9
    await pass(3)

    expect(world.behind).toEqual(['db'])
  })

  it('is put behind within a second where it takes all that there is, looked at as often as it may be', async () => {
    const { world, pass } = setUp()
    world.takes['loud'] = 2
    world.running = 9
    await pass(1.25, 250)

    expect(world.behind).toEqual(['loud'])
  })

  it('is looked at no more strictly for being looked at more often', async () => {
    const { world, pass } = setUp()
    world.running = 9
    for (let at = 0; at < 30; at += 1) {
      world.takes['loud'] = at % 10 === 0 ? 1 : 0.05
      await pass(1, 250)
      expect(world.behind).toEqual([])
    }
  })

  it('is not taken for busy because nobody looked for a while', async () => {
    const { world, pass } = setUp()
    world.takes['loud'] = 0.1
    world.running = 9
    await pass(5, 250)
    world.isEngineAway = true
    for (let at = 0; at < 80; at += 1) await pass(0.25, 250).catch(() => 'away')
    world.isEngineAway = false
    await pass(5, 250)

    expect(world.behind).toEqual([])
  })

  it('is one app however many containers it takes it with, and all of them are put behind', async () => {
    const { world, pass } = setUp()
    for (let at = 0; at < 6; at += 1) {
      world.takes[`small-${at}`] = 0.33
      world.apps[`small-${at}`] = 'hostile'
    }
    world.takes['loud'] = 0.8
    world.running = 9
    await pass(4)

    expect(world.behind.toSorted()).toEqual([
      'loud',
      ...[0, 1, 2, 3, 4, 5].map((at) => `small-${at}`),
    ])
  })

  it('is put behind as well where it takes a breath each time that it is looked at', async () => {
    const { world, pass } = setUp()
    world.running = 9
    for (let at = 0; at < 10; at += 1) {
      world.takes['loud'] = at % 2 === 0 ? 1 : 0
      await pass(1)
    }

    expect(world.behind).toEqual(['loud'])
  })

  it('is not put behind for a second of work now and then', async () => {
    const { world, pass } = setUp()
    world.running = 9
    for (let at = 0; at < 30; at += 1) {
      world.takes['loud'] = at % 10 === 0 ? 1 : 0.05
      await pass(1)
      expect(world.behind).toEqual([])
    }
  })

  it('is left alone while nobody waits, at the price of one number a look', async () => {
    const { world, pass } = setUp()
    world.takes['loud'] = 1
    world.running = 2
    await pass(30)

    expect(world.behind).toEqual([])
    expect(world.listed).toBe(0)
  })

  it('is equal again once it has calmed down, or once nobody waits', async () => {
    const { world, pass } = setUp()
    world.takes['loud'] = 1.5
    world.running = 9
    await pass(3)
    world.takes['loud'] = 0.01
    await pass(10)
    expect(world.behind).toEqual([])

    world.takes['loud'] = 1.5
    await pass(2)
    expect(world.behind).toEqual(['loud'])
    world.running = 1
    await pass(11)
    expect(world.behind).toEqual([])
  })

  it('is tried out more and more seldom where it only gets nothing', async () => {
    const { world, pass } = setUp()
    world.running = 9
    let behindFor = 0
    for (let at = 0; at < 120; at += 1) {
      world.takes['loud'] = world.behind.includes('loud') ? 0.01 : 1.5
      await pass(1)
      if (world.behind.includes('loud')) behindFor += 1
    }
    expect(behindFor).toBeGreaterThan(108)
  })

  it('has its weight against a build, which would stand above it otherwise (promise 3)', async () => {
    const { world, pass } = setUp()
    world.takes['loud'] = 1.5
    world.running = 9
    await pass(3)
    world.isBuilding = true
    await pass(1)
    expect(world.behind).toEqual([])
    await pass(5)
    expect(world.behind).toEqual([])
  })

  it('is behind again where the engine has restarted it, with a group as new', async () => {
    const { world, pass } = setUp()
    world.takes['loud'] = 1.5
    world.running = 9
    await pass(3)
    world.behind = []
    await pass(1)
    expect(world.behind).toEqual(['loud'])
  })

  it('stays behind no longer than the agent runs', async () => {
    const { world, pass, watch } = setUp()
    world.takes['loud'] = 1.5
    world.running = 9
    await pass(3)
    const stopping = new AbortController()
    stopping.abort()
    await watch.run(stopping.signal)
    expect(world.behind).toEqual([])
  })
})

describe('the groups of the kernel', () => {
  let root = ''
  afterEach(() => rm(root, { recursive: true }))

  it.each([
    ['version 1', 'cpu/docker/abc', 'cpuacct/docker/abc', { 'cpuacct.usage': '5000000' }],
    ['version 2', 'docker/abc', 'docker/abc', { 'cpu.stat': 'usage_usec 5000\n' }],
    [
      'systemd',
      'system.slice/docker-abc.scope',
      'system.slice/docker-abc.scope',
      { 'cpu.stat': 'usage_usec 5000\nuser_usec 1\n' },
    ],
  ])('are read and written with %s', async (_what, ofWeights, ofUsage, files) => {
    root = await mkdtemp(join(tmpdir(), 'vastrox-cpu-'))
    await mkdir(join(root, ofWeights), { recursive: true })
    await mkdir(join(root, ofUsage), { recursive: true })
    await writeFile(join(root, ofWeights, 'cpu.idle'), '0\n')
    for (const [name, text] of Object.entries(files))
      await writeFile(join(root, ofUsage, name), text)
    await writeFile(join(root, 'loadavg'), '0.50 0.40 0.30 7/900 1234\n')
    const groups = kernelCpuGroups(root, root)

    expect(await groups.running()).toBe(7)
    expect(await groups.used('abc')).toBe(5_000)
    expect(await groups.used('gone')).toBeUndefined()
    expect(await groups.setBehind('abc', true)).toBe(true)
    expect(await readFile(join(root, ofWeights, 'cpu.idle'), 'utf8')).toBe('1')
    expect(await groups.setBehind('gone', true)).toBe(false)
    expect(await groups.isBuilding()).toBe(false)
    await mkdir(join(root, 'docker/buildkit/step'), { recursive: true })
    expect(await groups.isBuilding()).toBe(true)
  })
})
