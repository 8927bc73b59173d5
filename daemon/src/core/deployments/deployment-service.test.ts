import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { deployToken, owner } from '#test/fakes/actors.ts'
import { createHarness, type Harness, shaOf } from '#test/harness.ts'

async function started(): Promise<Harness> {
  const harness = createHarness()
  harness.addApp()
  await harness.start()
  return harness
}

async function live(): Promise<Harness> {
  const harness = await started()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  return harness
}

const coded = (code: string) => expect.objectContaining({ code })
const states = (harness: Harness): string[] =>
  harness.deployments
    .list(harness.actor, 'hello', { limit: 50 })
    .items.map(({ number, state }) => `${number} ${state}`)

describe('two pushes to one branch', () => {
  it('are deployed one after the other; the one that lost its race fails, and what runs is what the branch says', async () => {
    const harness = await live()
    const gate = Promise.withResolvers<void>()
    harness.node.buildGate = gate.promise

    const one = await harness.push('b2', { oldSha: shaOf('a1') })
    await harness.clock.settle()
    const other = await harness.push('c3', { oldSha: shaOf('a1') })
    await harness.clock.settle()
    expect(states(harness)).toEqual(['3 queued', '2 building', '1 live'])
    gate.resolve()
    const first = await harness.end(one)
    const second = await harness.end(other)

    expect(first).toMatchObject({ state: 'watching', release: 2 })
    expect(second).toMatchObject({ state: 'failed', reason: 'a newer push won' })
    expect(await harness.branch()).toBe(shaOf('b2'))
    expect(harness.proxy.serves('hello')).toEqual(
      harness.instances().flatMap(({ state, name }) => (state === 'live' ? [name] : [])),
    )
    expect(harness.instances().map(({ state }) => state)).toEqual(['warm', 'live'])
    expect(harness.node.running()).toHaveLength(2)
  })

  it('of which the second has lost fails it before it builds, runs its release command or ends the watch of the first', async () => {
    const harness = await live()
    const gate = Promise.withResolvers<void>()
    harness.node.buildGate = gate.promise
    const files = { 'server.js': '', Procfile: 'web: node server.js\nrelease: node migrate.js' }

    const one = await harness.push('b2')
    await harness.clock.settle()
    const other = await harness.push('c3', { files })
    gate.resolve()
    await harness.end(one)
    const second = await harness.end(other)

    expect(second).toMatchObject({ state: 'failed', reason: 'a newer push won' })
    expect(harness.deployments.get(harness.actor, 'hello', 2).state).toBe('watching')
    expect(harness.node.builds).toHaveLength(2)
    expect(harness.node.ran).toEqual([])
  })

  it('that was moved while the second was built keeps its release command from running', async () => {
    const harness = await live()
    const files = { 'server.js': '', Procfile: 'web: node server.js\nrelease: node migrate.js' }
    harness.node.build = async () => {
      const [key = ''] = harness.sourceControl.refs.keys()
      harness.sourceControl.refs.set(key, shaOf('e5'))
    }

    const deployment = await harness.deploy('b2', { files })

    expect(deployment).toMatchObject({ state: 'failed', reason: 'a newer push won' })
    expect(harness.node.ran).toEqual([])
    expect(await harness.branch()).toBe(shaOf('e5'))
  })

  it('of the same commit leave the branch there where the second fails at its very end', async () => {
    const harness = await live()
    const gate = Promise.withResolvers<void>()
    harness.node.buildGate = gate.promise

    const one = await harness.push('b2')
    await harness.clock.settle()
    const other = await harness.push('b2')
    gate.resolve()
    await harness.end(one)
    harness.node.keepFailure = new CodedError('ENGINE_UNREACHABLE')
    const second = await harness.end(other)

    expect(second.state).toBe('failed')
    expect(await harness.branch()).toBe(shaOf('b2'))
  })

  it('are both deployed where the second builds on the first: no commit is lost then', async () => {
    const harness = await live()
    const gate = Promise.withResolvers<void>()
    harness.node.buildGate = gate.promise
    harness.sourceControl.descend(shaOf('b2'), shaOf('c3'))

    const one = await harness.push('b2', { oldSha: shaOf('a1') })
    await harness.clock.settle()
    const other = await harness.push('c3', { oldSha: shaOf('a1') })
    gate.resolve()
    await harness.end(one)
    const second = await harness.end(other)

    expect(second).toMatchObject({ state: 'watching', release: 3 })
    expect(await harness.branch()).toBe(shaOf('c3'))
  })

  it('end with the newest where all but the one under way were still waiting', async () => {
    const harness = await live()
    const gate = Promise.withResolvers<void>()
    harness.node.buildGate = gate.promise
    await harness.push('b2')
    await harness.clock.settle()

    const waiting = await harness.push('c3', { oldSha: shaOf('b2') })
    const newest = await harness.push('d4', { oldSha: shaOf('b2') })
    const skipped = await harness.end(waiting)
    gate.resolve()
    const last = await harness.end(newest)

    expect(skipped).toMatchObject({
      state: 'superseded',
      reason: 'a newer push took its place (deployment 4)',
    })
    expect(last.release).toBe(3)
    expect(harness.node.builds).toHaveLength(3)
    expect(await harness.branch()).toBe(shaOf('d4'))
  })
})

describe('what is asked for while a push is under way', () => {
  async function pushUnderWay() {
    const harness = await live()
    const gate = Promise.withResolvers<void>()
    harness.node.buildGate = gate.promise
    const push = await harness.push('b2')
    await harness.clock.settle()
    const liveCommit = (): string | undefined =>
      harness.releases.list(harness.actor, 'hello').find((one) => one.live)?.commit?.sha
    return { harness, push, gate, liveCommit }
  }

  it.each(['restart', 'start'] as const)(
    'a %s takes the release that the push has made live',
    async (verb) => {
      const { harness, push, gate, liveCommit } = await pushUnderWay()

      const { id } = harness.deployments[verb](harness.actor, 'hello')
      gate.resolve()
      await harness.end(push)
      const deployment = await harness.end(id)

      expect(deployment).toMatchObject({ release: 2, previousRelease: 2 })
      expect(liveCommit()).toBe(shaOf('b2'))
      expect(await harness.branch()).toBe(shaOf('b2'))
    },
  )

  it('a scale adds to the instances of the release that the push has made live', async () => {
    const { harness, push, gate, liveCommit } = await pushUnderWay()

    const { id } = harness.deployments.scale(harness.actor, 'hello', { web: 2 })
    gate.resolve()
    await harness.end(push)
    const [first] = harness.proxy.serves('hello')
    await harness.end(id)

    expect(liveCommit()).toBe(shaOf('b2'))
    expect(harness.proxy.serves('hello')).toHaveLength(2)
    expect(harness.proxy.serves('hello')).toContain(first)
  })

  it('a redeploy builds the source that the push has made live', async () => {
    const { harness, push, gate, liveCommit } = await pushUnderWay()

    const { id } = harness.deployments.redeploy(harness.actor, 'hello', { noCache: false })
    gate.resolve()
    await harness.end(push)
    const deployment = await harness.end(id)

    expect(deployment).toMatchObject({ release: 3, previousRelease: 2 })
    expect(deployment.commit?.sha).toBe(shaOf('b2'))
    expect(liveCommit()).toBe(shaOf('b2'))
  })
})

describe('what is asked for while a release is being taken back', () => {
  it('takes the release that traffic went back to (D9)', async () => {
    const harness = await live()
    await harness.deploy('b2')
    const [fresh = ''] = harness.proxy.serves('hello')

    harness.node.crash(fresh)
    await harness.clock.pass(900)
    const request = { trigger: 'env', description: 'change of env' } as const
    const { id } = harness.deployments.request(harness.actor, harness.app(), request)
    await harness.end(id)

    expect(states(harness)).toEqual(['3 watching', '2 reverted', '1 live'])
    const [newest] = harness.releases.list(harness.actor, 'hello')
    expect(newest).toMatchObject({ number: 3, live: true })
    expect(newest?.commit?.sha).toBe(shaOf('a1'))
  })
})

describe('pushes to two apps', () => {
  it('are built one at a time, but one is checked while the other is built', async () => {
    const harness = await started()
    harness.addApp('other')
    harness.node.behave = ({ appName }) => (appName === 'hello' ? { listens: [] } : {})

    const hello = await harness.push('a1')
    const other = await harness.push('b2', { appName: 'other' })
    await harness.clock.settle()
    expect(harness.node.builds).toHaveLength(2)
    await harness.end(other)

    expect(harness.deployments.get(harness.actor, 'hello', 1).state).toBe('checking')
    expect((await harness.end(hello)).state).toBe('failed')
  })

  it('never build at the same time', async () => {
    const harness = await started()
    harness.addApp('other')
    const gate = Promise.withResolvers<void>()
    harness.node.buildGate = gate.promise

    const hello = await harness.push('a1')
    const other = await harness.push('b2', { appName: 'other' })
    await harness.clock.settle()
    expect(harness.node.builds).toHaveLength(1)

    gate.resolve()
    await harness.end(hello)
    await harness.end(other)
    expect(harness.node.builds).toHaveLength(2)
  })
})

describe('cancelling', () => {
  it('while it waits costs nothing', async () => {
    const harness = await started()
    harness.addApp('other')
    harness.node.buildGate = new Promise(() => {})
    await harness.push('b2', { appName: 'other' })
    await harness.push('a1')
    await harness.clock.settle()

    harness.deployments.cancel(harness.actor, 'hello', 1)

    expect(harness.deployments.get(harness.actor, 'hello', 1)).toMatchObject({
      state: 'cancelled',
      reason: 'cancelled by anna',
    })
  })

  it('while it builds ends the build', async () => {
    const harness = await started()
    harness.node.buildGate = new Promise(() => {})
    const id = await harness.push('a1')
    await harness.clock.settle()

    harness.deployments.cancel(harness.actor, 'hello', 1)
    const deployment = await harness.end(id)

    expect(deployment.state).toBe('cancelled')
    expect(harness.node.containers.size).toBe(0)
    expect(harness.logOf(id).at(-1)).toBe('=====> Deployment cancelled by anna')
    expect(await harness.branch()).toBeUndefined()
  })

  it('while it is checked removes what was started', async () => {
    const harness = await live()
    const before = harness.node.running()
    harness.node.behave = () => ({ listens: [] })
    const id = await harness.push('b2')
    await harness.clock.pass(1_000)
    expect(harness.deployments.get(harness.actor, 'hello', 2).state).toBe('checking')

    harness.deployments.cancel(harness.actor, 'hello', 2)
    const deployment = await harness.end(id)

    expect(deployment.state).toBe('cancelled')
    expect([...harness.node.containers.keys()]).toEqual(before)
    expect(await harness.branch()).toBe(shaOf('a1'))
  })

  it('is refused after the switch', async () => {
    const harness = await started()
    await harness.deploy('a1')

    expect(() => harness.deployments.cancel(harness.actor, 'hello', 1)).toThrow(
      coded('DEPLOYMENT_NOT_CANCELLABLE'),
    )
  })
})

describe('a proxy that does not take the new routes', () => {
  it('holds the deployment before its answer, with the old instances still running', async () => {
    const harness = await live()
    const [first] = harness.node.running()
    harness.proxy.isStuck = true
    const id = await harness.push('b2')
    await harness.clock.pass(120_000)

    expect(harness.deployments.get(harness.actor, 'hello', 2).state).toBe('switching')
    expect(harness.node.running()).toContain(first)

    harness.proxy.isStuck = false
    const deployment = await harness.end(id)
    expect(deployment).toMatchObject({ state: 'watching', release: 2 })
  })
})

describe('stopping or destroying an app whose deployment does not end', () => {
  it.each(['stop', 'takeDown'] as const)('is refused after a while by %s', async (verb) => {
    const harness = await live()
    harness.proxy.isStuck = true
    const id = await harness.push('b2')
    await harness.clock.pass(60_000)

    const done =
      verb === 'stop'
        ? harness.deployments.stop(harness.actor, 'hello')
        : harness.deployments.takeDown(harness.app().id)
    await expect(harness.clock.until(done, 31_000)).rejects.toThrow(
      coded('DEPLOYMENT_DOES_NOT_END'),
    )

    expect(harness.node.running()).toHaveLength(2)
    harness.proxy.isStuck = false
    expect(await harness.end(id)).toMatchObject({ state: 'watching', release: 2 })
  })
})

describe('rolling back', () => {
  it('makes a new release of the old image with its env, without building', async () => {
    const harness = await started()
    harness.world.env['COLOUR'] = 'green'
    await harness.deploy('a1')
    harness.world.env['COLOUR'] = 'blue'
    await harness.deploy('b2')
    await harness.clock.pass(61_000)

    const { id } = harness.deployments.rollBack(harness.actor, 'hello', 1, { with: 'code-and-env' })
    const deployment = await harness.end(id)

    expect(deployment).toMatchObject({ release: 3, previousRelease: 2, trigger: 'roll-back' })
    expect(harness.node.builds).toHaveLength(2)
    expect(harness.releases.list(harness.actor, 'hello')[0]?.description).toBe('roll back to v1')
    const newest = [...harness.node.containers.values()].at(-1)
    expect(newest?.spec.env['COLOUR']).toBe('green')
    expect(newest?.spec.imageId).toBe([...harness.node.images.keys()][0])
    expect(await harness.branch()).toBe(shaOf('b2'))
  })

  it('can take the code alone', async () => {
    const harness = await started()
    harness.world.env['COLOUR'] = 'green'
    await harness.deploy('a1')
    harness.world.env['COLOUR'] = 'blue'
    await harness.deploy('b2')

    const { id } = harness.deployments.rollBack(harness.actor, 'hello', 1, { with: 'code' })
    await harness.end(id)

    const newest = [...harness.node.containers.values()].at(-1)
    expect(newest?.spec.env['COLOUR']).toBe('blue')
  })

  it('is refused for a release that is not there, or whose image is gone', async () => {
    const harness = await live()

    expect(() => harness.deployments.rollBack(harness.actor, 'hello', 9, { with: 'code' })).toThrow(
      coded('RELEASE_NOT_FOUND'),
    )

    for (let count = 0; count < 11; count += 1) await harness.deploy(`b${count}`)
    await harness.clock.pass(61_000)
    harness.clock.jump(86_400_000)
    expect(await harness.ledger.removeOldImages()).toHaveLength(2)
    expect(() => harness.deployments.rollBack(harness.actor, 'hello', 1, { with: 'code' })).toThrow(
      coded('RELEASE_IMAGE_GONE'),
    )
    expect(harness.releases.list(harness.actor, 'hello').map((one) => one.canRollBack)).toEqual([
      ...Array.from({ length: 10 }, () => true),
      false,
      false,
    ])
  })
})

describe('restart, scale, stop and start', () => {
  it('restarts the same release in new instances, checked before they replace the old', async () => {
    const harness = await live()
    const before = harness.node.running()

    const { id } = harness.deployments.restart(harness.actor, 'hello')
    const deployment = await harness.end(id)
    await harness.clock.pass(61_000)

    expect(deployment.release).toBe(1)
    expect(harness.node.running()).toHaveLength(1)
    expect(harness.node.running()).not.toEqual(before)
    expect(harness.releases.list(harness.actor, 'hello')).toHaveLength(1)
  })

  it('scales up beside the instances that are there, and down by draining the surplus', async () => {
    const harness = await live()
    const [first] = harness.node.running()

    const up = harness.deployments.scale(harness.actor, 'hello', { web: 3 })
    await harness.end(up.id)
    expect(harness.proxy.serves('hello')).toHaveLength(3)
    expect(harness.proxy.serves('hello')).toContain(first)

    const down = harness.deployments.scale(harness.actor, 'hello', { web: 1 })
    await harness.end(down.id)
    await harness.clock.pass(31_000)
    expect(harness.proxy.serves('hello')).toEqual([first])
    expect(harness.node.running()).toEqual([first])
    expect(harness.app().scale).toEqual({ web: 1 })
  })

  it('leaves the scale as it was when an added instance does not come up', async () => {
    const harness = await live()
    harness.node.behave = ({ generation }) => (generation > 1 ? { exitCode: 1 } : {})

    const { id } = harness.deployments.scale(harness.actor, 'hello', { web: 3 })
    const deployment = await harness.end(id)

    expect(deployment.state).toBe('failed')
    expect(harness.app().scale).toEqual({})
    expect(harness.node.running()).toEqual(harness.proxy.serves('hello'))
    expect(harness.node.running()).toHaveLength(1)
  })

  it('keeps the scale through the next push', async () => {
    const harness = await live()
    await harness.end(harness.deployments.scale(harness.actor, 'hello', { web: 2 }).id)

    await harness.deploy('b2')

    expect(harness.proxy.serves('hello')).toHaveLength(2)
  })

  it('refuses to scale a process that is not there', async () => {
    const harness = await live()

    expect(() => harness.deployments.scale(harness.actor, 'hello', { clock: 1 })).toThrow(
      coded('PROCESS_NOT_FOUND'),
    )
  })

  it('stops: the visitors are told, then the instances go', async () => {
    const harness = await live()

    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    expect(harness.proxy.stateOf('hello')).toBe('stopped')
    await harness.clock.pass(31_000)

    expect(harness.node.containers.size).toBe(0)
    expect(harness.instances()).toEqual([])
    expect(harness.app().wanted).toBe(false)
  })

  it('starts again what was stopped', async () => {
    const harness = await live()
    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))

    const deployment = await harness.end(harness.deployments.start(harness.actor, 'hello').id)

    expect(deployment.release).toBe(1)
    expect(harness.proxy.serves('hello')).toHaveLength(1)
    expect(harness.app().wanted).toBe(true)
  })

  it('is started by a push, too', async () => {
    const harness = await live()
    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    await harness.clock.pass(31_000)

    await harness.deploy('b2')

    expect(harness.proxy.serves('hello')).toHaveLength(1)
    expect(harness.app().wanted).toBe(true)
  })

  it('shows "stopped" to the visitors of an app whose web process is scaled to nothing', async () => {
    const harness = await live()

    await harness.end(harness.deployments.scale(harness.actor, 'hello', { web: 0 }).id)
    expect(harness.proxy.stateOf('hello')).toBe('stopped')

    await harness.end(harness.deployments.scale(harness.actor, 'hello', { web: 1 }).id)
    expect(harness.proxy.serves('hello')).toHaveLength(1)
  })

  it('stops in the middle of a deployment, which is cancelled', async () => {
    const harness = await live()
    harness.node.buildGate = new Promise(() => {})
    await harness.push('b2')
    await harness.clock.settle()

    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    await harness.clock.pass(31_000)

    expect(states(harness)).toEqual(['2 cancelled', '1 live'])
    expect(harness.node.containers.size).toBe(0)
  })

  it('leaves a stopped app stopped when its env changes', async () => {
    const harness = await live()
    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    await harness.clock.pass(31_000)

    const request = { trigger: 'env', description: 'env: set A' } as const
    const { id } = harness.deployments.request(harness.actor, harness.app(), request)
    const deployment = await harness.end(id)

    expect(deployment.release).toBe(2)
    expect(harness.node.running()).toEqual([])
    expect(harness.proxy.stateOf('hello')).toBe('stopped')
  })

  it('takes a destroyed app out of the world: routes, instances, rows', async () => {
    const harness = await live()
    await harness.deploy('b2')

    await harness.clock.until(harness.deployments.takeDown(harness.app().id))

    expect(harness.node.containers.size).toBe(0)
    expect(harness.instances()).toEqual([])
    expect(harness.proxy.stateOf('hello')).toBeUndefined()
  })
})

describe('a change of env', () => {
  it('is a new release of the image that is live, with the env of now', async () => {
    const harness = await live()
    harness.world.env['API_KEY'] = 'hunter2-hunter2'

    const request = { trigger: 'env', description: 'env: set API_KEY' } as const
    const { id } = harness.deployments.request(harness.actor, harness.app(), request)
    await harness.end(id)

    const [release] = harness.releases.list(harness.actor, 'hello')
    expect(release).toMatchObject({ number: 2, envKeys: ['API_KEY'], live: true })
    expect(JSON.stringify(release)).not.toContain('hunter2')
    expect(harness.node.builds).toHaveLength(1)
  })

  it('is kept sealed in the release', async () => {
    const harness = await started()
    harness.world.env['API_KEY'] = 'hunter2-hunter2'
    await harness.deploy('a1')

    const rows = harness.db.prepare('SELECT * FROM releases').all()

    expect(JSON.stringify(rows)).not.toContain('hunter2')
  })
})

describe('changes of env that wait', () => {
  it('are one: the newest does what the others would have done', async () => {
    const harness = await live()
    harness.node.buildGate = new Promise(() => {})
    await harness.push('b2')
    await harness.clock.settle()

    const request = { trigger: 'env', description: 'env: set A' } as const
    harness.deployments.request(harness.actor, harness.app(), request)
    harness.deployments.request(harness.actor, harness.app(), request)

    expect(states(harness)).toEqual(['4 queued', '3 superseded', '2 building', '1 live'])
  })
})

describe('deploying again', () => {
  it('builds the source of the live release once more', async () => {
    const harness = await live()

    const request = harness.deployments.redeploy(harness.actor, 'hello', { noCache: true })
    const deployment = await harness.end(request.id)

    expect(deployment).toMatchObject({ release: 2, trigger: 'redeploy' })
    expect(harness.node.builds[1]?.noCache).toBe(true)
    expect(await harness.branch()).toBe(shaOf('a1'))
  })
})

describe('what one may ask of deployments', () => {
  it('is nothing about an app of another team', async () => {
    const harness = await live()
    const stranger = owner({ teamId: 'team2', id: 'user2' })

    expect(() => harness.deployments.get(stranger, 'hello', 1)).toThrow(coded('APP_NOT_FOUND'))
    expect(() => harness.deployments.list(stranger, 'hello', { limit: 9 })).toThrow(
      coded('APP_NOT_FOUND'),
    )
    expect(() => harness.deployments.restart(stranger, 'hello')).toThrow(coded('APP_NOT_FOUND'))
    expect(() => harness.releases.list(stranger, 'hello')).toThrow(coded('APP_NOT_FOUND'))
    await expect(harness.processes.list(stranger, 'hello')).rejects.toThrow(coded('APP_NOT_FOUND'))
  })

  it('is nothing that changes something for who may only look', async () => {
    const harness = await live()
    const viewer = owner({ permissions: new Set(['app.read', 'logs.read']) })
    const denied = coded('PERMISSION_DENIED')

    expect(() => harness.deployments.restart(viewer, 'hello')).toThrow(denied)
    expect(() => harness.deployments.scale(viewer, 'hello', { web: 2 })).toThrow(denied)
    expect(() => harness.deployments.cancel(viewer, 'hello', 1)).toThrow(denied)
    await expect(harness.deployments.stop(viewer, 'hello')).rejects.toThrow(denied)
    expect(harness.deployments.get(viewer, 'hello', 1).state).toBe('live')
  })

  it('is not run, stopped or scaled by a token to push with', async () => {
    const harness = await live()
    const token = deployToken(null)
    const denied = coded('PERMISSION_DENIED')

    for (const act of ['restart', 'start'] as const)
      expect(() => harness.deployments[act](token, 'hello')).toThrow(denied)
    expect(() => harness.deployments.scale(token, 'hello', { web: 0 })).toThrow(denied)
    await expect(harness.deployments.stop(token, 'hello')).rejects.toThrow(denied)
    expect(harness.deployments.redeploy(token, 'hello', { noCache: false }).state).toBe('queued')
  })

  it('is a page at a time, newest first', async () => {
    const harness = await live()
    await harness.deploy('b2')
    await harness.deploy('c3')

    const first = harness.deployments.list(harness.actor, 'hello', { limit: 2 })
    const second = harness.deployments.list(harness.actor, 'hello', {
      limit: 2,
      cursor: first.nextCursor ?? '',
    })

    expect(first.items.map(({ number }) => number)).toEqual([3, 2])
    expect(second).toMatchObject({ items: [{ number: 1 }], nextCursor: null })
  })

  it('is not possible before the first release', async () => {
    const harness = await started()

    expect(() => harness.deployments.restart(harness.actor, 'hello')).toThrow(
      coded('APP_NOT_DEPLOYED'),
    )
    expect(() => harness.deployments.scale(harness.actor, 'hello', { web: 2 })).toThrow(
      coded('APP_NOT_DEPLOYED'),
    )
  })

  it('shows the processes with their instances', async () => {
    const harness = await live()

    const [web] = await harness.processes.list(harness.actor, 'hello')

    expect(web).toMatchObject({ name: 'web', command: 'node server.js', scale: 1 })
    expect(web?.instances).toMatchObject([{ ordinal: 1, release: 1, state: 'running', port: 3000 }])
  })
})
