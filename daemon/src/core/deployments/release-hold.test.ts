import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHarness, createWorld, type Harness, type World } from '#test/harness.ts'

const files = { 'server.js': '', Procfile: 'web: node server.js\nrelease: node migrate.js' }

async function live(world: World, holdDuringRelease = true): Promise<Harness> {
  const harness = createHarness(world)
  harness.addApp('hello', { holdDuringRelease })
  await harness.start()
  await harness.deploy('a1', { files })
  await harness.clock.pass(61_000)
  return harness
}

/** The state of the route whenever the release command runs. */
function statesDuring(world: World, exitCode = 0): (string | undefined)[] {
  const states: (string | undefined)[] = []
  world.node.run = () => {
    states.push(world.proxy.stateOf('hello'))
    return { exitCode, output: '' }
  }
  return states
}

describe('requests of an app whose owner wants them held during the release command', () => {
  it('wait from before the command until the new release serves, and the old one runs on', async () => {
    const world = createWorld()
    const harness = await live(world)
    const before = world.node.running()
    const states = statesDuring(world)
    const published = world.proxy.published.length

    const { state } = await harness.deploy('b2', { files })

    expect(state).toBe('watching')
    expect(states).toEqual(['held'])
    expect(world.proxy.published.slice(published).map(({ routes }) => routes[0]?.state)).toEqual([
      'held',
      'serving',
    ])
    expect(world.node.running()).toEqual(expect.arrayContaining(before))
    expect(world.proxy.serves('hello')).not.toEqual(before)
  })

  it('go to the release before where the command fails, or what comes after it', async () => {
    const world = createWorld()
    const harness = await live(world)
    const before = world.node.running()
    statesDuring(world, 1)
    await harness.deploy('b2', { files })
    expect(world.proxy.serves('hello')).toEqual(before)

    statesDuring(world, 0)
    world.node.behave = () => ({ exitCode: 1 })
    await harness.deploy('c3', { files })

    expect(world.proxy.serves('hello')).toEqual(before)
    expect(harness.problems).toEqual([])
  })

  it('go on being answered meanwhile where nobody asked for it', async () => {
    const world = createWorld()
    const harness = await live(world, false)
    const states = statesDuring(world)

    await harness.deploy('b2', { files })

    expect(states).toEqual(['serving'])
  })

  it('are woken for first where the app sleeps', async () => {
    const world = createWorld()
    const harness = await live(world)
    await harness.clock.until(harness.sleep.sleep(harness.actor, 'hello'))
    const states = statesDuring(world)

    await harness.deploy('b2', { files })

    expect(states).toEqual(['held'])
    expect(world.proxy.stateOf('hello')).toBe('serving')
  })

  it('are answered by the release before when the daemon was killed in the middle', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vastrox-release-hold-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const world = createWorld(join(folder, 'control.db'))
    const first = await live(world)
    const before = world.node.running()
    await first.stop()
    first.db.close()
    const dying = createHarness(world, { crashAt: 'deploy.releaseHeld' })
    await dying.start()
    await dying.push('b2', { files })
    for (let turn = 0; turn < 100 && !dying.isDead(); turn += 1) await world.clock.pass(1_000)
    expect(dying.isDead()).toBe(true)

    const next = createHarness(world)
    await next.start()
    await next.clock.pass(30_000)

    expect(world.proxy.serves('hello')).toEqual(before)
    expect(next.deployments.get(next.actor, 'hello', 2)).toMatchObject({ state: 'failed' })
    next.kill()
  })
})
