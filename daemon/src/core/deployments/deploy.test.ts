import { NO_APP_CONFIG } from '@vastrox/shared/app-config.ts'
import { CodedError, ERRORS } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createBuildStore } from '#store/build-store.ts'
import type { Behaviour } from '#test/fakes/agent.ts'
import { createHarness, type Harness, shaOf } from '#test/harness.ts'

async function started(): Promise<Harness> {
  const harness = createHarness()
  harness.addApp()
  await harness.start()
  return harness
}

/** One release is live and watched to its end. */
async function withLiveRelease(): Promise<Harness> {
  const harness = await started()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  return harness
}

describe('a push', () => {
  it('becomes a release that serves, and moves the branch', async () => {
    const harness = await started()

    const deployment = await harness.deploy('a1')

    expect(deployment).toMatchObject({ state: 'watching', release: 1, previousRelease: null })
    expect(harness.proxy.serves('hello')).toEqual(harness.node.running())
    expect(harness.node.running()).toHaveLength(1)
    expect(await harness.branch()).toBe(shaOf('a1'))
    expect(harness.problems).toEqual([])
  })

  it('tells its story in Heroku’s form', async () => {
    const harness = await started()

    const id = await harness.push('a1')
    await harness.end(id)

    expect(harness.logOf(id)).toEqual([
      '-----> Node.js app detected (server.js)',
      '       Node.js 26',
      '-----> Building',
      '       RUN npm ci',
      '       added 65 packages',
      '       Built in 0.0 s, 42 MB',
      '-----> Release v1: push of main: change a100',
      '-----> Launching',
      '       web.1 is up on port 3000',
      '=====> v1 is live at http://hello.localhost',
    ])
  })

  it('gives the builder the source with our Dockerfile, and no env of the user (promise 8)', async () => {
    const harness = await started()
    harness.world.env['API_KEY'] = 'hunter2-hunter2'

    await harness.deploy('a1', { files: { 'server.js': '', 'node_modules/a.js': 'left out' } })

    const [build] = harness.node.builds
    expect(build?.files.toString()).toContain('FROM vastrox/node:26')
    expect(build?.files.toString()).not.toContain('left out')
    expect(build?.secrets).toEqual({})
    expect(build?.files.toString()).not.toContain('hunter2')
  })

  it('gives the instance PORT, the env of the image and that of the user over it', async () => {
    const harness = await started()
    harness.world.env['NODE_ENV'] = 'staging'

    await harness.deploy('a1')

    const [container] = harness.node.containers.values()
    expect(container?.spec.env).toMatchObject({
      PORT: '3000',
      NODE_ENV: 'staging',
      VASTROX_RELEASE: 'v1',
    })
  })

  it('shows "starting" to the visitors of an app that has nothing to serve yet', async () => {
    const harness = await started()
    const gate = Promise.withResolvers<void>()
    harness.node.buildGate = gate.promise

    const id = await harness.push('a1')
    await harness.clock.settle()

    expect(harness.proxy.stateOf('hello')).toBe('starting')
    gate.resolve()
    await harness.end(id)
    expect(harness.proxy.stateOf('hello')).toBe('serving')
  })

  it('replaces the release before it, whose instances stay warm until the watch is over', async () => {
    const harness = await withLiveRelease()
    const [first] = harness.node.running()

    const deployment = await harness.deploy('b2')

    expect(deployment).toMatchObject({ state: 'watching', release: 2, previousRelease: 1 })
    expect(harness.proxy.serves('hello')).not.toContain(first)
    expect(harness.node.running()).toContain(first)
    expect(harness.instances().map(({ state }) => state)).toEqual(['warm', 'live'])

    await harness.clock.pass(61_000)

    expect(harness.node.running()).toEqual(harness.proxy.serves('hello'))
    expect(harness.deployments.get(harness.actor, 'hello', 2).state).toBe('live')
    expect(harness.deployments.get(harness.actor, 'hello', 1).state).toBe('superseded')
  })

  it('sends SIGTERM to the old instance only after traffic has left (D1)', async () => {
    const harness = createHarness()
    harness.addApp('hello', { watchMs: 0, drainMs: 30_000 })
    await harness.start()
    await harness.deploy('a1')
    const [first = ''] = harness.node.running()
    harness.proxy.busy.set(first, 1)

    await harness.deploy('b2')
    await harness.clock.pass(20_000)
    expect(harness.node.running()).toContain(first)
    expect(harness.proxy.cuts).toEqual([])

    harness.proxy.busy.delete(first)
    await harness.clock.pass(1_000)
    expect(harness.node.running()).not.toContain(first)
    expect(harness.node.calls).toContain(`stop ${first} 10000`)
  })

  it('cuts what is still open at the drain limit', async () => {
    const harness = createHarness()
    harness.addApp('hello', { watchMs: 0, drainMs: 5_000 })
    await harness.start()
    await harness.deploy('a1')
    const [first = ''] = harness.node.running()
    harness.proxy.busy.set(first, 3)

    await harness.deploy('b2')
    await harness.clock.pass(6_000)

    expect(harness.proxy.cuts).toEqual([[first]])
    expect(harness.node.running()).not.toContain(first)
  })

  it('runs the release command in the new image before anything of it starts', async () => {
    const harness = await started()
    const files = { 'server.js': '', Procfile: 'web: node server.js\nrelease: node migrate.js' }

    const id = await harness.push('a1', { files })
    await harness.end(id)

    expect(harness.node.ran.map(({ command }) => command)).toEqual(['node migrate.js'])
    const calls = harness.node.calls.filter((call) => /^(run-once|start)/.test(call))
    expect(calls).toEqual(['run-once node migrate.js', 'start hello web g1'])
    expect(harness.logOf(id)).toContain('       migrated')
  })

  it('starts workers only when they are scaled up, and never routes to them', async () => {
    const harness = await started()
    const files = { 'server.js': '', Procfile: 'web: node server.js\nworker: node work.js' }
    await harness.deploy('a1', { files })
    expect(harness.node.running()).toHaveLength(1)

    const { id } = harness.deployments.scale(harness.actor, 'hello', { worker: 2 })
    await harness.end(id)

    expect(harness.node.running()).toHaveLength(3)
    expect(harness.proxy.serves('hello')).toHaveLength(1)
  })
})

describe('the dashboard', () => {
  it('is told of each state, of the release, and of instances that are gone', async () => {
    const harness = await withLiveRelease()
    const seen: string[] = []
    harness.events.subscribe(harness.actor.teamId, null, ({ type }) => seen.push(type))

    const id = await harness.push('b2')
    await harness.end(id)
    await harness.clock.pass(61_000)

    const states = seen.filter((type) => type === 'deployment.changed')
    expect(states.length).toBeGreaterThanOrEqual(7)
    expect(seen.filter((type) => type === 'release.created')).toHaveLength(1)
    expect(seen.at(-1)).toBe('instances.changed')
  })
})

describe('a release that does not come up', () => {
  const cases: { what: string; behaviour: Behaviour; reason: string }[] = [
    {
      what: 'exits at once',
      behaviour: { exitCode: 1, logs: ['boot', 'Error: Cannot find module x', '', 'Node.js v26'] },
      reason: 'the app exited with code 1: Error: Cannot find module x',
    },
    {
      what: 'runs out of memory',
      behaviour: { exitCode: 137, oomKilled: true },
      reason: 'the app ran out of memory (limit 512 MB)',
    },
    {
      what: 'listens nowhere',
      behaviour: { listens: [] },
      reason: 'health check: nothing listens on port 3000',
    },
    {
      what: 'answers 500',
      behaviour: { answers: () => 500 },
      reason: 'health check: answers 500 to GET /',
    },
    {
      what: 'listens on 127.0.0.1 only',
      behaviour: { listens: [{ address: '127.0.0.1', port: 3_000 }] },
      reason: 'the app listens on 127.0.0.1:3000 only, where no visitor can reach it',
    },
  ]

  it.each(cases)(
    'because it $what leaves everything as it was, and nothing running (D2)',
    async ({ behaviour, reason }) => {
      const harness = await withLiveRelease()
      const before = harness.node.running()
      const routes = harness.proxy.published.at(-1)?.routes
      harness.node.behave = () => behaviour

      const id = await harness.push('b2')
      const deployment = await harness.end(id)

      expect(deployment).toMatchObject({ state: 'failed', reason })
      expect(harness.node.running()).toEqual(before)
      expect([...harness.node.containers.keys()]).toEqual(before)
      expect(harness.proxy.published.at(-1)?.routes).toEqual(routes)
      expect(await harness.branch()).toBe(shaOf('a1'))
      expect(harness.logOf(id)).toContain(` !     ${reason}`)
      expect(harness.logOf(id).at(-1)).toBe(`=====> Failed: ${reason}`)
    },
  )

  it('does not build: the reason is the builder’s', async () => {
    const harness = await withLiveRelease()
    const before = harness.node.running()
    harness.node.buildFailure = new CodedError('BUILD_FAILED', { reason: 'npm ci exited with 1' })

    const deployment = await harness.deploy('b2')

    expect(deployment).toMatchObject({ state: 'failed', reason: 'npm ci exited with 1' })
    expect(harness.node.running()).toEqual(before)
    expect(await harness.branch()).toBe(shaOf('a1'))
    expect(harness.releases.list(harness.actor, 'hello')).toHaveLength(1)
  })

  it('shows the last lines of its log without the secrets in them', async () => {
    const harness = await started()
    harness.world.env['API_KEY'] = 'hunter2-hunter2'
    harness.node.behave = () => ({ exitCode: 1, logs: ['connecting as hunter2-hunter2'] })

    const id = await harness.push('a1')
    const deployment = await harness.end(id)

    expect(harness.logOf(id)).toContain('       connecting as [redacted]')
    expect(harness.logOf(id).join('\n')).not.toContain('hunter2')
    expect(deployment.reason).not.toContain('hunter2')
  })

  it('is forgotten by the proxy where it would have been the first', async () => {
    const harness = await started()
    harness.node.behave = () => ({ exitCode: 1 })

    await harness.deploy('a1')
    await harness.clock.settle()

    expect(harness.proxy.stateOf('hello')).toBeUndefined()
  })

  it('takes its branch back where its instances cannot be kept', async () => {
    const harness = await withLiveRelease()
    const before = harness.node.running()
    harness.node.keepFailure = new CodedError('ENGINE_UNREACHABLE')

    const deployment = await harness.deploy('b2')

    expect(deployment.state).toBe('failed')
    expect(await harness.branch()).toBe(shaOf('a1'))
    expect(harness.node.running()).toEqual(before)
  })

  it('fails in words where the engine does not run, and what is live stays', async () => {
    const harness = await withLiveRelease()
    const before = harness.node.running()
    harness.node.away = 'ENGINE_UNREACHABLE'

    const deployment = await harness.deploy('b2')

    expect(deployment).toMatchObject({
      state: 'failed',
      reason: ERRORS.ENGINE_UNREACHABLE.message,
      hint: ERRORS.ENGINE_UNREACHABLE.hint,
    })
    expect(harness.proxy.serves('hello')).toEqual(before)
    expect(await harness.branch()).toBe(shaOf('a1'))
    harness.node.away = undefined
    expect((await harness.deploy('b3')).state).toBe('watching')
  })

  it('fails at its release command without having started anything', async () => {
    const harness = await started()
    harness.node.releaseCommandExit = 3
    const files = { 'server.js': '', Procfile: 'web: node server.js\nrelease: node migrate.js' }

    const deployment = await harness.deploy('a1', { files })

    expect(deployment.reason).toBe('the release command exited with code 3')
    expect(harness.node.calls.filter((call) => call.startsWith('start'))).toEqual([])
  })
})

describe('a clock that somebody sets while a release is checked (R11)', () => {
  it('back does not make the check last longer than its limit', async () => {
    const harness = await started()
    harness.node.behave = () => ({ answers: () => 500 })

    await harness.push('a1')
    await harness.clock.pass(1_000)
    harness.clock.jump(-3_600_000)
    await harness.clock.pass(61_000)

    expect(harness.deployments.get(harness.actor, 'hello', 1).state).toBe('failed')
  })

  it('forward does not end it before its limit', async () => {
    const harness = await started()
    let isUp = false
    harness.node.behave = () => ({ answers: () => (isUp ? 200 : 500) })

    const id = await harness.push('a1')
    await harness.clock.pass(500)
    harness.clock.jump(3_600_000)
    await harness.clock.pass(500)
    isUp = true

    expect(await harness.end(id)).toMatchObject({ release: 1, reason: null })
  })
})

describe('a proxy that does not take new certificates', () => {
  it('is reported, and harms nobody', async () => {
    const harness = await started()
    harness.world.areCertificatesNew = true
    harness.node.buildGate = new Promise(() => {})
    harness.proxy.isStuck = true

    await harness.push('a1')
    await harness.clock.settle()

    expect(harness.problems).toContainEqual(expect.stringContaining('certificate'))
    expect(harness.deployments.get(harness.actor, 'hello', 1).state).toBe('building')
  })
})

describe('an agent that is restarted', () => {
  it('during a build has it built once more', async () => {
    const harness = await started()
    let builds = 0
    harness.node.build = async () => {
      builds += 1
      if (builds === 1) throw new CodedError('AGENT_UNREACHABLE')
    }

    const deployment = await harness.deploy('a1')

    expect(deployment).toMatchObject({ release: 1, reason: null })
    expect(builds).toBe(2)
  })

  it('and does not come back fails the deployment, and what it had started is removed later', async () => {
    const harness = await started()
    harness.node.behave = () => ({ listens: [] })
    const id = await harness.push('a1')
    await harness.clock.pass(1_000)

    harness.node.away = 'AGENT_UNREACHABLE'
    const deployment = await harness.end(id)
    expect(deployment.reason).toBe('The agent of the node does not answer.')
    expect(harness.node.running()).toHaveLength(1)
    harness.node.away = undefined
    await harness.clock.pass(61_000)

    expect(harness.node.running()).toEqual([])
    expect(harness.instances()).toEqual([])
  })
})

it('keeps with the build how it came to be', async () => {
  const harness = await started()

  await harness.deploy('a1')

  const [build] = createBuildStore(harness.db).listForAppForPlatform(harness.app().id)
  expect(build).toMatchObject({
    config: NO_APP_CONFIG,
    plan: {
      because: 'server.js',
      summary: ['Node.js 26'],
      template: 'FROM @RUNTIME@\n',
      images: [{ stack: 'node', version: '26' }],
      context: 'root-directory',
    },
    image: null,
  })
})

describe('an app that goes its own way', () => {
  it('is found on the port it chose instead of PORT', async () => {
    const harness = await started()
    harness.node.behave = () => ({ listens: [{ address: '::', port: 8_080 }] })

    await harness.deploy('a1')

    expect(harness.instances()[0]).toMatchObject({ port: 8_080, state: 'live' })
  })

  it('is asked at its health path, where 404 is not healthy', async () => {
    const harness = createHarness()
    harness.addApp('hello', { healthPath: '/up', healthTimeoutMs: 5_000 })
    await harness.start()
    harness.node.behave = () => ({ answers: (path) => (path === '/up' ? 404 : 200) })

    const deployment = await harness.deploy('a1')

    expect(deployment.reason).toBe('health check: answers 404 to GET /up')
  })

  it('is healthy with 404 at / where no path was set', async () => {
    const harness = await started()
    harness.node.behave = () => ({ answers: () => 404 })

    await harness.deploy('a1')

    expect(harness.deployments.get(harness.actor, 'hello', 1).state).toBe('live')
  })
})
