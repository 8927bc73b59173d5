import { describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '#test/harness.ts'

async function started(): Promise<Harness> {
  const harness = createHarness()
  harness.addApp()
  await harness.start()
  return harness
}

const sourceOf = (vastrox: object, files: Record<string, string> = {}) => ({
  files: { 'server.js': '', 'vastrox.json': JSON.stringify(vastrox), ...files },
})

describe('env variables that a source asks for', () => {
  const env = {
    SECRET_KEY: { generator: 'secret' },
    LOG_LEVEL: 'info',
    SENTRY: { required: false, description: 'optional' },
  }

  it('are made and stored once, and are in the release', async () => {
    const harness = await started()

    const deployment = await harness.deploy('a1', sourceOf({ env }))

    expect(deployment.reason).toBeNull()
    expect(harness.storedEnv()).toEqual({ SECRET_KEY: 'secret1', LOG_LEVEL: 'info' })
    const [release] = harness.releases.list(harness.actor, 'hello')
    expect(release?.envKeys).toEqual(['LOG_LEVEL', 'SECRET_KEY'])
    const text = harness.logOf(deployment.id).join('\n')
    expect(text).toContain('Set at random, once: SECRET_KEY')
    expect(text).toContain('Set to the default of the source: LOG_LEVEL')
    expect(text).not.toContain('secret1')
  })

  it('are never overwritten: not what was set before, not what was made', async () => {
    const harness = await started()
    harness.world.env = { LOG_LEVEL: 'debug' }
    await harness.deploy('a1', sourceOf({ env }))

    await harness.deploy('a2', sourceOf({ env: { ...env, LOG_LEVEL: 'warn' } }))

    expect(harness.storedEnv()).toEqual({ SECRET_KEY: 'secret1' })
  })

  it('stay unset when the user unsets them, but new ones are made later too', async () => {
    const harness = await started()
    await harness.deploy('a1', sourceOf({ env }))
    harness.unsetEnv('LOG_LEVEL')

    await harness.deploy('a2', sourceOf({ env: { ...env, OTHER_KEY: { generator: 'secret' } } }))

    expect(harness.storedEnv()).toEqual({ SECRET_KEY: 'secret1', OTHER_KEY: 'secret2' })
  })

  it('fail the deployment before the build where a required one has no value', async () => {
    const harness = await started()
    const wanted = {
      ...env,
      STRIPE_KEY: { description: 'Key of the payment provider' },
      MAIL_FROM: {},
    }

    const deployment = await harness.deploy('a1', sourceOf({ env: wanted }))

    expect(deployment).toMatchObject({
      state: 'failed',
      reason:
        'hello needs env variables that are not set: STRIPE_KEY (Key of the payment provider), MAIL_FROM.',
      hint: expect.stringContaining('env:set'),
    })
    expect(harness.node.builds).toEqual([])
    expect(harness.storedEnv()).toEqual({})
  })

  it('may not be those of Vastrox itself', async () => {
    const harness = await started()

    const deployment = await harness.deploy('a1', sourceOf({ env: { VASTROX_APP: 'x' } }))

    expect(deployment.reason).toBe('Names that begin with VASTROX_ are set by Vastrox itself.')
    expect(harness.node.builds).toEqual([])
  })

  it('are told in the audit log, without their values', async () => {
    const harness = await started()

    await harness.deploy('a1', sourceOf({ env }))

    const rows = harness.db.prepare('SELECT actor, details_json FROM audit_events').all()
    expect(rows).toContainEqual({
      actor: 'vastrox',
      details_json: JSON.stringify({ set: ['SECRET_KEY', 'LOG_LEVEL'], unset: [] }),
    })
  })
})

describe('the scale that a source asks for', () => {
  const Procfile = 'web: node server.js\nmail: node mail.js\n'
  const asks = (scale: Record<string, number>) =>
    sourceOf(
      {
        processes: Object.fromEntries(
          Object.entries(scale).map(([name, count]) => [name, { scale: count }]),
        ),
      },
      { Procfile },
    )

  it('counts at the first deployment', async () => {
    const harness = await started()

    await harness.deploy('a1', asks({ web: 2, mail: 1 }))

    expect(harness.app().scale).toEqual({ web: 2, mail: 1 })
    expect(harness.node.running()).toHaveLength(3)
  })

  it('gives way to what was said before there was any', async () => {
    const harness = await started()
    harness.processSettings.change(harness.actor, 'hello', 'mail', { scale: 3 })

    await harness.deploy('a1', asks({ web: 2, mail: 1 }))

    expect(harness.app().scale).toEqual({ web: 2, mail: 3 })
  })

  it('is that of the first one which succeeds', async () => {
    const harness = await started()
    harness.node.behave = () => ({ exitCode: 1 })
    await harness.deploy('a1', asks({ web: 2, mail: 1 }))
    harness.node.behave = () => ({})

    await harness.deploy('a2', asks({ web: 1, mail: 2 }))

    expect(harness.app().scale).toEqual({ web: 1, mail: 2 })
  })

  it('gives way to what a person has said after one that failed', async () => {
    const harness = await started()
    harness.node.behave = () => ({ exitCode: 1 })
    await harness.deploy('a1', asks({ web: 2, mail: 1 }))
    harness.processSettings.change(harness.actor, 'hello', 'mail', { scale: 3 })
    await harness.deploy('a2', asks({ web: 3, mail: 1 }))
    harness.node.behave = () => ({})

    await harness.deploy('a3', asks({ web: 1, mail: 2 }))

    expect(harness.app().scale).toEqual({ web: 1, mail: 3 })
  })

  it('gives way to the user afterwards', async () => {
    const harness = await started()
    await harness.deploy('a1', asks({ web: 2, mail: 1 }))
    harness.apps.saveScaleForPlatform(harness.app().id, { web: 1, mail: 0 }, [])

    await harness.deploy('a2', asks({ web: 3, mail: 3 }))

    expect(harness.app().scale).toEqual({ web: 1, mail: 0 })
  })

  it('counts once more for a process that is new', async () => {
    const harness = await started()
    await harness.deploy('a1', sourceOf({ processes: { web: { scale: 2 } } }))

    await harness.deploy('a2', asks({ web: 5, mail: 1 }))

    expect(harness.app().scale).toEqual({ web: 2, mail: 1 })
  })

  it('fails the deployment before the build where the node has not the memory', async () => {
    const harness = await started()

    const deployment = await harness.deploy('a1', asks({ web: 100, mail: 100 }))

    expect(deployment.reason).toMatch(/would take \d+ MiB; the server has \d+ MiB/)
    expect(harness.node.builds).toEqual([])
    expect(harness.app().scale).toEqual({})
  })
})

describe('limits that a source asks for', () => {
  const web = (memory: string) => sourceOf({ processes: { web: { memory, stopGrace: '7s' } } })

  it('are those of its instances', async () => {
    const harness = await started()

    await harness.deploy('a1', web('64MB'))

    expect(harness.instances()[0]?.limits).toMatchObject({
      memoryBytes: 64 * 2 ** 20,
      stopGraceMs: 7_000,
    })
  })

  it('may not be more than the node has', async () => {
    const harness = await started()
    await harness.deploy('a1', web('64MB'))

    const deployment = await harness.deploy('a2', web('1000GB'))

    expect(deployment.reason).toMatch(/would take \d+ MiB; the server has \d+ MiB/)
    expect(harness.node.builds).toHaveLength(1)
  })
})

describe('a command that a source wants to be run once', () => {
  const files = {
    'server.js': '',
    Procfile: 'web: node server.js\nrelease: node migrate.js\n',
    'app.json': '{"scripts": {"postdeploy": "node seed.js"}}',
  }

  it('runs after the release command of the first deployment, and never again', async () => {
    const harness = await started()

    await harness.deploy('a1', { files })
    await harness.deploy('a2', { files })

    expect(harness.node.ran.map(({ command }) => command)).toEqual([
      'node migrate.js',
      'node seed.js',
      'node migrate.js',
    ])
  })

  it('fails the deployment where it fails', async () => {
    const harness = await started()
    harness.node.run = ({ command }) =>
      command.includes('seed') ? { exitCode: 3, output: '' } : undefined

    const deployment = await harness.deploy('a1', { files })

    expect(deployment).toMatchObject({
      state: 'failed',
      reason: 'the command of the first deployment exited with code 3',
    })
  })
})

describe('the health check that a source asks for', () => {
  const files = sourceOf({ healthPath: '/up', healthTimeout: '4s' })

  it('is made', async () => {
    const harness = await started()
    const asked: string[] = []
    harness.node.behave = () => ({ answers: (path) => (asked.push(path), 200) })

    await harness.deploy('a1', files)

    expect(new Set(asked)).toEqual(new Set(['/up']))
  })

  it('gives way to the settings', async () => {
    const harness = createHarness()
    harness.addApp('hello', { healthPath: '/mine' })
    await harness.start()
    const asked: string[] = []
    harness.node.behave = () => ({ answers: (path) => (asked.push(path), 200) })

    await harness.deploy('a1', files)

    expect(new Set(asked)).toEqual(new Set(['/mine']))
  })

  it('says how long to wait', async () => {
    const harness = await started()
    harness.node.behave = () => ({ answers: () => 500 })
    const startedAt = harness.clock.elapsedMs()

    const deployment = await harness.deploy('a1', files)

    expect(deployment.reason).toBe('health check: answers 500 to GET /up')
    expect(harness.clock.elapsedMs() - startedAt).toBeLessThan(10_000)
  })
})

describe('the build that a source asks for', () => {
  it('is kept with what the source says, and told', async () => {
    const harness = await started()
    const files = sourceOf(
      {
        cron: [{ schedule: '@daily', command: 'node clean.js' }],
        volumes: { data: '/data' },
        nonsense: true,
      },
      { Procfile: 'web: node server.js\n' },
    )

    const deployment = await harness.deploy('a1', files)

    const [build] = harness.buildsOf()
    expect(build?.config).toMatchObject({
      cron: [{ name: 'node-clean-js', schedule: '@daily', command: 'node clean.js' }],
      volumes: { data: { path: '/data' } },
    })
    const text = harness.logOf(deployment.id).join('\n')
    expect(text).toContain('job node-clean-js: @daily: node clean.js')
    expect(text).toContain('volume data: /data')
    expect(text).toContain('vastrox.json: nonsense is not known and left out')
    expect(build?.plan?.summary).toContain('volume data: /data')
  })

  it('is of the root directory that vastrox.json names', async () => {
    const harness = await started()

    const deployment = await harness.deploy('a1', {
      files: {
        'vastrox.json': '{"build": {"rootDirectory": "apps/api"}}',
        'apps/api/server.js': '',
        'apps/api/Procfile': 'web: node server.js --api\n',
      },
    })

    expect(deployment.reason).toBeNull()
    const [build] = harness.buildsOf()
    expect(build?.processes).toEqual({ web: 'node server.js --api' })
    expect(build?.plan?.rootDirectory).toBe('apps/api')
  })

  it('is refused in words where the file is broken', async () => {
    const harness = await started()

    const deployment = await harness.deploy('a1', {
      files: { 'server.js': '', 'vastrox.json': '{\n  "build": {},\n}' },
    })

    expect(deployment.reason).toBe(
      'vastrox.json is not valid JSON: line 3: a comma stands before the closing }.',
    )
  })
})
