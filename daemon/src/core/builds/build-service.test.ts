import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { owner } from '#test/fakes/actors.ts'
import { createHarness } from '#test/harness.ts'

const coded = (code: string) => expect.objectContaining({ code })
const FILES = {
  'server.js': '',
  'vastrox.json': '{"build": {"version": "24"}, "env": {"KEY": {}}, "surprise": 1}',
}

async function started(env: Record<string, string> = { KEY: 'x' }) {
  const harness = createHarness()
  harness.addApp()
  harness.world.env = env
  await harness.start()
  return harness
}

describe('the plan of an app', () => {
  it('is made of its last source and the settings of now, and builds nothing', async () => {
    const harness = await started()
    await harness.deploy('a1', { files: FILES })
    const { id, settings } = harness.app()
    const build = { ...settings.build, startCommand: 'node other.js' }
    harness.apps.saveSettings(harness.actor, id, { ...settings, build })

    const plan = await harness.builds.plan(harness.actor, 'hello')

    expect(plan).toMatchObject({
      stack: 'node',
      title: 'Node.js',
      because: 'server.js',
      summary: ['Node.js 26'],
      notes: ['vastrox.json: surprise is not known and left out'],
      said: { version: 'vastrox.json', startCommand: 'settings' },
      settings: { version: '24', startCommand: 'node other.js' },
      dockerfile: 'FROM @RUNTIME@\n',
      missingEnv: [],
      deployment: 1,
    })
    expect(harness.node.builds).toHaveLength(1)
  })

  it('is of the source of a deployment that failed, and tells what it lacks', async () => {
    const harness = await started({})
    expect((await harness.deploy('a1', { files: FILES })).state).toBe('failed')

    const plan = await harness.builds.plan(harness.actor, 'hello')

    expect(plan.missingEnv).toEqual(['KEY'])
    expect(harness.storedEnv()).toEqual({})
  })

  it('says what a deployment would say where it cannot be planned', async () => {
    const harness = await started()
    await harness.deploy('a1', { files: { README: '' } })

    await expect(harness.builds.plan(harness.actor, 'hello')).rejects.toThrow(
      coded('STACK_NOT_DETECTED'),
    )
  })

  it('needs a source, and an app that the actor may see', async () => {
    const harness = await started()
    const { builds, actor } = harness

    await expect(builds.plan(actor, 'hello')).rejects.toThrow(coded('APP_NOT_DEPLOYED'))
    await expect(builds.plan(actor, 'nobody')).rejects.toThrow(coded('APP_NOT_FOUND'))
    await expect(builds.plan({ ...owner(), teamId: 'theirs' }, 'hello')).rejects.toThrow(
      coded('APP_NOT_FOUND'),
    )
  })
})

describe('the build of a release', () => {
  it('tells why, what else could be, and the Dockerfile as it was built', async () => {
    const harness = await started()
    await harness.deploy('a1', { files: FILES })

    expect(harness.builds.ofRelease(harness.actor, 'hello', 1)).toMatchObject({
      stack: 'node',
      because: 'server.js',
      summary: ['Node.js 26'],
      notes: ['vastrox.json: surprise is not known and left out'],
      processes: { web: 'node server.js' },
      dockerfile: 'FROM vastrox/node:26\n',
      image: null,
      canEject: true,
    })
    expect(() => harness.builds.ofRelease(harness.actor, 'hello', 2)).toThrow(
      coded('RELEASE_NOT_FOUND'),
    )
  })

  it('can be ejected, as files and as a tar', async () => {
    const harness = await started()
    await harness.deploy('a1', { files: FILES })

    const ejected = await harness.builds.eject(harness.actor, 'hello')

    expect(ejected.files).toEqual({
      Dockerfile: 'FROM vastrox/node:26\nENV NODE_ENV="production"\n',
      '.dockerignore': '**/node_modules\n',
      'vastrox.json': `${JSON.stringify({ env: { KEY: {} }, surprise: 1 }, null, 2)}\n`,
    })
    const tar = await text(harness.builds.tarOf(ejected))
    expect(tar).toContain('ustar')
    expect(tar).toContain('ENV NODE_ENV="production"')
  })

  it('cannot be ejected where nothing was generated', async () => {
    const harness = await started()
    await expect(harness.builds.eject(harness.actor, 'hello')).rejects.toThrow(
      coded('APP_NOT_DEPLOYED'),
    )
    await harness.deploy('a1', { files: FILES })
    harness.db.prepare('UPDATE builds SET plan_json = NULL').run()

    await expect(harness.builds.eject(harness.actor, 'hello')).rejects.toThrow(
      coded('BUILD_NOT_GENERATED'),
    )
    expect(harness.builds.ofRelease(harness.actor, 'hello').canEject).toBe(false)
  })
})
