import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHarness, createWorld, type Harness, shaOf, type World } from '#test/harness.ts'

let folder: string
let world: World
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-crash-'))
  world = createWorld(join(folder, 'control.db'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A first release is live; then the daemon that deploys the second dies at the named point. */
async function crashAt(name: string, files?: Record<string, string>): Promise<Harness> {
  const first = createHarness(world)
  first.addApp()
  await first.start()
  await first.deploy('a1')
  await first.clock.pass(61_000)
  await first.stop()
  first.db.close()

  const doomed = createHarness(world, { crashAt: name })
  await doomed.start()
  await doomed.push('b2', files ? { files } : {})
  for (let turn = 0; turn < 100 && !doomed.isDead(); turn += 1) await world.clock.pass(1_000)
  expect(doomed.isDead(), `the daemon died at ${name}`).toBe(true)
  await world.clock.settle()
  return startAgain()
}

async function startAgain(): Promise<Harness> {
  const harness = createHarness(world)
  await harness.start()
  return harness
}

const release = { 'server.js': '', Procfile: 'web: node server.js\nrelease: node migrate.js' }

describe('a daemon that is killed during a deployment', () => {
  const finished = [
    'deploy.building',
    'deploy.afterBuild',
    'deploy.afterRelease',
    'deploy.afterInstanceRows',
    'deploy.afterStart',
    'deploy.checking',
    'deploy.beforeRef',
    'deploy.afterRef',
    'deploy.afterSwitchRows',
    'deploy.afterPublish',
    'deploy.watching',
    'deploy.draining',
    'deploy.afterDrain',
  ]

  it.each(finished)('at %s has it finished by the next one', async (point) => {
    const harness = await crashAt(point)
    const { id } = harness.deployments.get(harness.actor, 'hello', 2)

    const deployment = await harness.end(id)
    await harness.clock.pass(70_000)

    expect(deployment.reason).toBeNull()
    expect(harness.deployments.get(harness.actor, 'hello', 2).state).toBe('live')
    expect(harness.deployments.get(harness.actor, 'hello', 1).state).toBe('superseded')
    expect(await harness.branch()).toBe(shaOf('b2'))
    expect(harness.proxy.serves('hello')).toHaveLength(1)
    expect([...harness.node.containers.keys()]).toEqual(harness.proxy.serves('hello'))
    expect(harness.instances().map(({ state }) => state)).toEqual(['live'])
    expect(harness.releases.list(harness.actor, 'hello').map(({ number }) => number)).toContain(2)
    expect(harness.problems).toEqual([])
  })

  it('during the release command has it failed: whether it finished is not known', async () => {
    const harness = await crashAt('deploy.releasing', release)
    const { id } = harness.deployments.get(harness.actor, 'hello', 2)

    const deployment = await harness.end(id)
    await harness.clock.pass(70_000)

    expect(deployment).toMatchObject({
      state: 'failed',
      reason: 'whether the release command finished is not known: Vastrox was restarted during it',
    })
    expect(await harness.branch()).toBe(shaOf('a1'))
    expect(harness.node.ran).toEqual([])
    expect([...harness.node.containers.keys()]).toEqual(harness.proxy.serves('hello'))
  })

  it.each(['deploy.afterInstanceRows', 'deploy.checking', 'deploy.afterRef'])(
    'at %s does not have its release command run a second time',
    async (point) => {
      const harness = await crashAt(point, release)
      const { id } = harness.deployments.get(harness.actor, 'hello', 2)

      const deployment = await harness.end(id)

      expect(deployment).toMatchObject({ state: 'watching', reason: null })
      expect(harness.node.ran).toHaveLength(1)
    },
  )

  it('right after its deployment has become live, leaves a log whose readers come to an end', async () => {
    const harness = await crashAt('deploy.watching')
    const { id } = harness.deployments.get(harness.actor, 'hello', 2)
    harness.db
      .prepare("DELETE FROM deployment_log WHERE deployment_id = ? AND kind = 'done'")
      .run(id)
    harness.kill()

    const next = await startAgain()

    const last = (): string | undefined => next.logOf(id).at(-1)
    expect(last()).toBe('=====> v2 is live at http://hello.localhost')
    expect(next.logOf(id).filter((line) => line === last())).toHaveLength(1)
    await next.clock.pass(70_000)
    expect(next.deployments.get(next.actor, 'hello', 2).state).toBe('live')
  })

  it('never leaves the visitors without a release', async () => {
    for (const point of ['deploy.afterRef', 'deploy.afterSwitchRows', 'deploy.afterPublish']) {
      rmSync(folder, { recursive: true })
      folder = mkdtempSync(join(tmpdir(), 'vastrox-crash-'))
      world = createWorld(join(folder, 'control.db'))
      const harness = await crashAt(point)
      await harness.end(harness.deployments.get(harness.actor, 'hello', 2).id)

      const routes = world.proxy.published.flatMap((snapshot) => snapshot.routes)
      const serving = routes.filter(({ state }) => state === 'serving')
      expect(routes.at(-1)?.state).toBe('serving')
      expect(serving.every(({ instances }) => instances.length === 1)).toBe(true)
    }
  })

  it('leaves the old instance running until the workers have dialled the next one', async () => {
    const first = createHarness(world, { crashAt: 'deploy.afterSwitchRows' })
    first.addApp('hello', { watchMs: 0 })
    await first.start()
    const release1 = await first.push('a1')
    for (let turn = 0; turn < 50 && !first.isDead(); turn += 1) await world.clock.pass(100)
    const second = createHarness(world, { crashAt: 'deploy.afterSwitchRows' })
    await second.start()
    expect(second.isDead()).toBe(false)
    await second.end(release1)
    const [old = ''] = second.proxy.serves('hello')
    await second.push('b2')
    for (let turn = 0; turn < 50 && !second.isDead(); turn += 1) await world.clock.pass(100)

    world.proxy.isAway = true
    const next = createHarness(world)
    const starting = next.start()
    await world.clock.pass(900)
    expect(next.node.running()).toContain(old)

    world.proxy.isAway = false
    await world.clock.until(starting)
    await next.end(next.deployments.get(next.actor, 'hello', 2).id)
    await world.clock.pass(1_000)
    expect(next.node.running()).toEqual(next.proxy.serves('hello'))
    expect(next.node.running()).not.toContain(old)
  })

  it('takes a branch back that was moved for a switch which cannot be made any more', async () => {
    const first = await crashAt('deploy.afterRef')
    expect(await first.branch()).toBe(shaOf('b2'))
    await first.stop()
    first.db.close()

    world.node.behave = () => ({ exitCode: 1 })
    world.node.containers.clear()
    const harness = await startAgain()
    const deployment = await harness.end(harness.deployments.get(harness.actor, 'hello', 2).id)

    expect(deployment.state).toBe('failed')
    expect(await harness.branch()).toBe(shaOf('a1'))
  })

  it('cancels what was asked to be cancelled', async () => {
    const harness = createHarness(world, { crashAt: 'deploy.checking' })
    harness.addApp()
    await harness.start()
    await harness.push('a1')
    for (let turn = 0; turn < 50 && !harness.isDead(); turn += 1) await world.clock.pass(100)

    const idle = createHarness(world)
    idle.deployments.cancel(idle.actor, 'hello', 1)
    idle.db.close()
    const next = await startAgain()
    const deployment = await next.end(next.deployments.get(next.actor, 'hello', 1).id)

    expect(deployment.state).toBe('cancelled')
    expect(next.node.containers.size).toBe(0)
    expect(await next.branch()).toBeUndefined()
  })

  it('does not lose a push that was waiting for its turn', async () => {
    const harness = createHarness(world)
    harness.addApp('hello')
    harness.addApp('other')
    await harness.start()
    world.node.buildGate = new Promise(() => {})
    await harness.push('a1')
    await harness.push('c3', { appName: 'other' })
    await world.clock.settle()
    harness.kill()
    world.node.buildGate = undefined

    const next = await startAgain()
    const [hello, other] = await Promise.all(
      ['hello', 'other'].map((name) => next.end(next.deployments.get(next.actor, name, 1).id)),
    )

    expect(hello?.release).toBe(1)
    expect(other?.release).toBe(1)
    expect(next.node.running()).toHaveLength(2)
  })
})

describe('a daemon that finds an older deployment still watched', () => {
  it('supersedes that one, and none that came after it', async () => {
    const first = createHarness(world)
    first.addApp()
    await first.start()
    for (const sha of ['a1', 'b2', 'c3']) await first.deploy(sha)
    await first.clock.pass(61_000)
    await first.stop()
    first.db.exec("UPDATE deployments SET state = 'watching' WHERE number = 2")
    first.db.close()
    const served = world.proxy.serves('hello')

    const next = await startAgain()
    await next.clock.pass(120_000)

    const stateOf = (number: number) => next.deployments.get(next.actor, 'hello', number).state
    expect([1, 2, 3].map(stateOf)).toEqual(['superseded', 'superseded', 'live'])
    expect(next.proxy.serves('hello')).toEqual(served)
    expect(next.node.running()).toEqual(served)
  })
})

describe('a daemon that is stopped during a deployment', () => {
  it('leaves it where it stands, and the next one finishes it', async () => {
    const harness = createHarness(world)
    harness.addApp()
    await harness.start()
    world.node.buildGate = new Promise(() => {})
    await harness.push('a1')
    await world.clock.settle()
    await world.clock.until(harness.stop())
    expect(harness.deployments.get(harness.actor, 'hello', 1).state).toBe('building')
    harness.db.close()

    world.node.buildGate = undefined
    const next = await startAgain()

    const deployment = await next.end(next.deployments.get(next.actor, 'hello', 1).id)
    expect(deployment.release).toBe(1)
    expect(deployment.reason).toBeNull()
  })
})

describe('an instance that is crash-looping', () => {
  it('is tried again by the next daemon, and serves (K8)', async () => {
    const first = createHarness(world)
    first.addApp()
    await first.start()
    await first.deploy('a1')
    await first.clock.pass(61_000)
    const [name = ''] = first.proxy.serves('hello')
    first.node.behave = () => ({ exitCode: 3 })
    for (let crash = 0; crash < 5; crash += 1) {
      first.node.crash(name)
      await first.clock.pass(1_100)
    }
    first.kill()

    world.node.behave = () => ({})
    const next = await startAgain()
    expect(next.instances().map(({ state }) => state)).toEqual(['crashed'])
    await next.clock.pass(10_000)

    expect(next.proxy.serves('hello')).toEqual([name])
  })
})
