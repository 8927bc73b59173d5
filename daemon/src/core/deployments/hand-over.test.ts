import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createVolumeStore } from '#store/volume-store.ts'
import { createHarness, createWorld, type Harness, type World } from '#test/harness.ts'

function addVolume(harness: Harness, exclusive: boolean, processes: string[] | null = null): void {
  const { id: appId, teamId, name: appName } = harness.app()
  createVolumeStore(harness.db).saveForPlatform({
    id: 'volume00000001',
    teamId,
    appId,
    appName,
    node: 'local',
    name: 'data',
    mountPath: '/data',
    processes,
    exclusive,
    createdAt: harness.clock.now().toISOString(),
    madeAt: null,
    destroyedAt: null,
    purgingAt: null,
  })
}

async function withLiveRelease(world: World, exclusive = true): Promise<Harness> {
  const harness = createHarness(world)
  harness.addApp()
  addVolume(harness, exclusive)
  await harness.start()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  return harness
}

/** Most containers of the app that ran at any one time. */
function countRunning(world: World): () => number {
  let most = 0
  world.node.starting = async () => {
    most = Math.max(most, world.node.running().length + 1)
  }
  return () => most
}

const routeState = (world: World) => world.proxy.stateOf('hello')

describe('an app with an exclusive volume (rule D5)', () => {
  it('never has two instances: requests are held while the old one stops and the new one starts', async () => {
    const world = createWorld()
    const harness = await withLiveRelease(world)
    const before = world.node.running()
    const most = countRunning(world)
    const states: (string | undefined)[] = []
    const { starting } = world.node
    world.node.starting = async (spec) => {
      states.push(routeState(world))
      await starting(spec)
    }

    const deployment = await harness.deploy('b2')

    expect(deployment.state).toBe('watching')
    expect(most()).toBe(1)
    expect(states).toEqual(['held'])
    expect(routeState(world)).toBe('serving')
    expect(world.node.running()).not.toEqual(before)
    expect(world.proxy.serves('hello')).toEqual(world.node.running())
    expect([...world.node.containers.values()].map(({ spec }) => spec.volumes)).toEqual([
      [{ volumeId: 'volume00000001', mountPath: '/data', isNew: false }],
    ])
    expect(harness.problems).toEqual([])
  })

  it('gets its old instance back when the new release does not answer', async () => {
    const world = createWorld()
    const harness = await withLiveRelease(world)
    const before = world.node.running()
    world.node.behave = ({ releaseNumber }) => (releaseNumber === 2 ? { exitCode: 1 } : {})

    const deployment = await harness.deploy('b2')
    await harness.clock.pass(5_000)

    expect(deployment.state).toBe('failed')
    expect(world.node.running()).toEqual(before)
    expect(world.proxy.serves('hello')).toEqual(before)
    expect(routeState(world)).toBe('serving')
    expect(harness.instances().map(({ state }) => state)).toEqual(['live'])
  })

  it.each(['deploy.held', 'deploy.handedOver', 'deploy.afterStart', 'deploy.checking'])(
    'ends with one instance that serves when the daemon is killed at %s',
    async (crashAt) => {
      const folder = mkdtempSync(join(tmpdir(), 'vastrox-hand-over-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const world = createWorld(join(folder, 'control.db'))
      const first = await withLiveRelease(world)
      await first.stop()
      first.db.close()
      const dying = createHarness(world, { crashAt })
      await dying.start()
      await dying.push('b2')
      for (let turn = 0; turn < 100 && !dying.isDead(); turn += 1) await world.clock.pass(1_000)
      expect(dying.isDead()).toBe(true)
      await world.clock.settle()

      const next = createHarness(world)
      await next.start()
      await next.clock.pass(120_000)

      expect(world.node.running()).toHaveLength(1)
      expect(world.proxy.serves('hello')).toEqual(world.node.running())
      expect(routeState(world)).toBe('serving')
      expect(next.instances().map(({ state }) => state)).toEqual(['live'])
    },
  )

  const RELEASING = {
    'server.js': '',
    Procfile: 'web: node server.js\nworker: node work.js\nrelease: node migrate.js',
  }

  it('runs its release command while requests are held, and says so before', async () => {
    const world = createWorld()
    const harness = await withLiveRelease(world)
    const states: (string | undefined)[] = []
    world.node.run = () => {
      states.push(routeState(world))
      return { exitCode: 0, output: 'migrated\n' }
    }

    const id = await harness.push('b2', { files: RELEASING })
    await harness.end(id)

    expect(states).toEqual(['held'])
    const log = harness.logOf(id).join('\n')
    expect(log).toMatch(/has the exclusive volume: requests wait for it, and after 30 s get 503/)
    expect(log.indexOf('exclusive volume')).toBeLessThan(log.indexOf('Holding requests'))
  })

  it('runs a release command that does without the volume before anything is held', async () => {
    const world = createWorld()
    const harness = createHarness(world)
    harness.addApp()
    addVolume(harness, true, ['worker'])
    await harness.start()
    await harness.deploy('a1', { files: RELEASING })
    await harness.clock.pass(61_000)
    const { id: scaled } = harness.deployments.scale(harness.actor, 'hello', { worker: 1 })
    await harness.end(scaled)
    const before = world.node.running()
    const seen: string[][] = []
    world.node.run = () => {
      seen.push(world.node.running())
      return { exitCode: 0, output: 'migrated\n' }
    }

    const id = await harness.push('b2', { files: RELEASING })
    await harness.end(id)

    expect(seen).toEqual([before])
    expect(harness.logOf(id).join('\n')).not.toMatch(/has the exclusive volume/)
    expect(world.node.running()).not.toEqual(before)
  })

  it('runs once, whatever is asked for', async () => {
    const harness = await withLiveRelease(createWorld())

    expect(() => harness.deployments.scale(harness.actor, 'hello', { web: 2 })).toThrow(
      expect.objectContaining({ code: 'VOLUME_EXCLUSIVE' }),
    )
  })
})

it('an app with a shared volume is replaced as any other: the new instance beside the old one', async () => {
  const world = createWorld()
  const harness = await withLiveRelease(world, false)
  const most = countRunning(world)

  await harness.deploy('b2')

  expect(most()).toBe(2)
})

it('a volume that the source asks for is made by the deployment, once, and kept as it is after that', async () => {
  const harness = createHarness()
  harness.addApp()
  await harness.start()
  const files = {
    'server.js': '',
    'vastrox.json': JSON.stringify({ volumes: { uploads: { path: '/data', exclusive: true } } }),
  }

  await harness.deploy('a1', { files })
  await harness.clock.pass(120_000)
  await harness.deploy('b2', { files })

  expect(await harness.volumes.list(harness.actor, 'hello')).toMatchObject([
    { name: 'uploads', mountPath: '/data', exclusive: true },
  ])
  const [container] = harness.node.containers.values()
  expect(container?.spec.volumes).toHaveLength(1)
})
