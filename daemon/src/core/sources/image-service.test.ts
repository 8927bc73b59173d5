import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { deployToken, owner } from '#test/fakes/actors.ts'
import { createHarness, createWorld, type Harness } from '#test/harness.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const coded = (code: string) => expect.objectContaining({ code })
const MINUTE_MS = 60_000

async function started(): Promise<Harness> {
  const harness = createHarness()
  harness.addApp()
  await harness.start()
  harness.node.registry.set('nginx:1.27', digest('a'))
  return harness
}

const deployImage = (
  harness: Harness,
  wish: { reference: string; follows?: boolean } = { reference: 'nginx:1.27' },
) => harness.end(harness.images.deploy(harness.actor, 'hello', wish).id)

const following = async (): Promise<Harness> => {
  const harness = await started()
  await deployImage(harness, { reference: 'nginx:1.27', follows: true })
  await harness.clock.pass(2 * MINUTE_MS)
  return harness
}

const descriptions = (harness: Harness): string[] =>
  harness.releases.list(harness.actor, 'hello').map(({ description }) => description)
const asked = ({ node }: Harness): number =>
  node.calls.filter((call) => call.startsWith('describe-image-tag')).length

describe('an app that is deployed from an image', () => {
  it('runs it by its digest, which is pinned and shown', async () => {
    const harness = await started()

    const deployment = await deployImage(harness)

    expect(deployment).toMatchObject({ reason: null, trigger: 'image' })
    expect(harness.node.pulled).toMatchObject([{ reference: 'nginx:1.27', credentials: null }])
    expect(harness.app().stack).toBe('image')
    expect(harness.images.get(harness.actor, 'hello').image).toMatchObject({
      reference: 'nginx:1.27',
      digest: digest('a'),
      follows: false,
      nextCheckAt: null,
    })
    expect(harness.builds.ofRelease(harness.actor, 'hello', 1)).toMatchObject({
      image: { reference: 'nginx:1.27', digest: digest('a') },
      dockerfile: `FROM nginx:1.27@${digest('a')}\n`,
      processes: { web: null },
      canEject: false,
    })
    const [release] = harness.releases.list(harness.actor, 'hello')
    expect(release).toMatchObject({
      image: { digest: digest('a') },
      description: 'image nginx:1.27',
    })
    expect(harness.logOf(deployment.id).join('\n')).toContain(digest('a'))
  })

  it('is not kept waiting by a build', async () => {
    const harness = await started()
    harness.addApp('builds')
    harness.node.buildGate = new Promise(() => {})
    await harness.push('a1', { appName: 'builds' })
    await harness.clock.settle()

    expect((await deployImage(harness)).reason).toBeNull()
  })

  it('takes the commands of the settings', async () => {
    const harness = await started()
    const { id, settings } = harness.app()
    const build = { ...settings.build, startCommand: 'nginx -g x', releaseCommand: 'migrate' }
    harness.apps.saveSettings(harness.actor, id, { ...settings, build })

    await deployImage(harness)

    expect(harness.builds.ofRelease(harness.actor, 'hello', 1)).toMatchObject({
      processes: { web: 'nginx -g x' },
      releaseCommand: 'migrate',
    })
    expect(harness.node.ran).toMatchObject([{ command: 'migrate' }])
  })

  it('writes the name out, and refuses what is none', async () => {
    const harness = await started()
    harness.node.registry.set('nginx:latest', digest('b'))

    await deployImage(harness, { reference: ' library/nginx ' })

    expect(harness.images.get(harness.actor, 'hello').image?.reference).toBe('nginx:latest')
    for (const reference of ['', 'NGINX', '-x', 'a b', 'nginx:$(x)', 'http://x/y', '../x'])
      expect(() => harness.images.deploy(harness.actor, 'hello', { reference })).toThrow(
        coded('IMAGE_REFERENCE_INVALID'),
      )
    expect(harness.releases.list(harness.actor, 'hello')).toHaveLength(1)
  })

  it('fails with the reason of the registry, and the release before goes on', async () => {
    const harness = await started()
    await deployImage(harness)

    const deployment = await deployImage(harness, { reference: 'nginx:gone' })

    expect(deployment.state).toBe('failed')
    expect(harness.images.get(harness.actor, 'hello').image).toMatchObject({
      reference: 'nginx:gone',
      digest: null,
      problem: 'There is no such image.',
    })
    expect(harness.node.running()).toHaveLength(1)
  })

  it('asks for its tag once more when it is deployed again', async () => {
    const harness = await started()
    await deployImage(harness)
    harness.node.registry.set('nginx:1.27', digest('b'))

    const { id } = harness.deployments.redeploy(harness.actor, 'hello', { noCache: false })
    await harness.end(id)

    expect(harness.builds.ofRelease(harness.actor, 'hello').image?.digest).toBe(digest('b'))
  })

  it('gets the same image again when its env changes or it goes back', async () => {
    const harness = await started()
    await deployImage(harness)
    harness.node.registry.set('nginx:1.27', digest('b'))
    await deployImage(harness)

    const back = harness.deployments.rollBack(harness.actor, 'hello', 1, { with: 'code' })
    expect((await harness.end(back.id)).reason).toBeNull()

    expect(harness.builds.ofRelease(harness.actor, 'hello').image?.digest).toBe(digest('a'))
    expect(harness.node.pulled).toHaveLength(2)
  })

  it('is one of what is pushed to it as soon as that serves', async () => {
    const harness = await following()

    await harness.deploy('a1')

    expect(harness.images.get(harness.actor, 'hello').image).toBeNull()
    expect(harness.app().stack).toBe('node')
    await harness.clock.pass(60 * MINUTE_MS)
    expect(asked(harness)).toBe(0)
  })

  it('stays one where what is pushed to it does not serve', async () => {
    const harness = await following()
    harness.node.buildFailure = new CodedError('BUILD_FAILED')

    await harness.deploy('a1')

    expect(harness.images.get(harness.actor, 'hello').image?.follows).toBe(true)
  })

  it('may be deployed by who may deploy, followed by who may change it', async () => {
    const harness = await started()
    const may = (actor: Actor, follows?: boolean) =>
      harness.images.deploy(actor, 'hello', {
        reference: 'nginx:1.27',
        ...(follows === undefined ? {} : { follows }),
      })

    expect(may(deployToken(null)).state).toBe('queued')
    expect(() => may(deployToken(null), true)).toThrow(coded('PERMISSION_DENIED'))
    expect(() => may({ ...owner(), teamId: 'theirs' })).toThrow(coded('APP_NOT_FOUND'))
  })
})

describe('a tag that is followed', () => {
  it('is asked for every ten minutes, and deployed when it has moved', async () => {
    const harness = await following()
    await harness.clock.pass(20 * MINUTE_MS)
    expect(asked(harness)).toBe(2)
    expect(descriptions(harness)).toEqual(['image nginx:1.27'])

    harness.node.registry.set('nginx:1.27', digest('b'))
    await harness.clock.pass(12 * MINUTE_MS)

    expect(descriptions(harness)).toEqual([
      'nginx:1.27 points to another image',
      'image nginx:1.27',
    ])
    expect(harness.node.pulled.at(-1)?.reference).toBe(`nginx:1.27@${digest('b')}`)
    const [last] = harness.deployments.list(harness.actor, 'hello', { limit: 1 }).items
    expect(last).toMatchObject({ actor: 'vastrox', trigger: 'image' })
  })

  it('is tried once, not every ten minutes, where the new image does not become healthy', async () => {
    const harness = await following()
    harness.node.behave = () => ({ exitCode: 1 })
    harness.node.registry.set('nginx:1.27', digest('b'))

    await harness.clock.pass(60 * MINUTE_MS)

    const { items } = harness.deployments.list(harness.actor, 'hello', { limit: 50 })
    expect(items.map(({ state }) => state)).toEqual(['failed', 'live'])
    expect(harness.node.running()).toHaveLength(1)
  })

  it('is asked less and less often while its registry does not answer', async () => {
    const harness = await following()
    harness.node.registry.clear()

    await harness.clock.pass(24 * 60 * MINUTE_MS)

    expect(asked(harness)).toBeLessThan(12)
    expect(harness.images.get(harness.actor, 'hello').image).toMatchObject({
      problem: 'There is no such image.',
    })
    harness.node.registry.set('nginx:1.27', digest('b'))
    await harness.clock.pass(7 * 60 * MINUTE_MS)
    expect(harness.images.get(harness.actor, 'hello').image).toMatchObject({
      digest: digest('b'),
      problem: null,
    })
  })

  it('is left alone while the app is stopped, and wakes nobody', async () => {
    const harness = await following()
    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    harness.node.registry.set('nginx:1.27', digest('b'))

    await harness.clock.pass(60 * MINUTE_MS)

    expect(descriptions(harness)).toEqual(['image nginx:1.27'])
  })

  it('is no longer followed when that is said, and followed again', async () => {
    const harness = await following()
    harness.images.change(harness.actor, 'hello', { follows: false })
    harness.node.registry.set('nginx:1.27', digest('b'))
    await harness.clock.pass(30 * MINUTE_MS)
    expect(descriptions(harness)).toHaveLength(1)

    harness.images.change(harness.actor, 'hello', { follows: true })
    await harness.clock.pass(12 * MINUTE_MS)

    expect(descriptions(harness)).toHaveLength(2)
  })

  it('must be a tag', async () => {
    const harness = await started()
    const reference = `nginx@${digest('a')}`

    expect(() =>
      harness.images.deploy(harness.actor, 'hello', { reference, follows: true }),
    ).toThrow(coded('IMAGE_REFERENCE_INVALID'))
    expect(() => harness.images.change(harness.actor, 'hello', { follows: true })).toThrow(
      coded('IMAGE_SOURCE_NOT_FOUND'),
    )
  })

  it('goes on after a daemon that was killed while it took the new image', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vastrox-images-'))
    const world = createWorld(join(folder, 'control.db'))
    const doomed = createHarness(world, { crashAt: 'deploy.afterBuild' })
    doomed.addApp()
    await doomed.start()
    world.node.registry.set('nginx:1.27', digest('a'))
    doomed.images.deploy(doomed.actor, 'hello', { reference: 'nginx:1.27', follows: true })
    await world.clock.pass(5_000)
    expect(doomed.isDead()).toBe(true)

    const next = createHarness(world)
    await next.start()
    await next.clock.pass(2 * MINUTE_MS)
    expect(descriptions(next)).toEqual(['image nginx:1.27'])
    next.node.registry.set('nginx:1.27', digest('b'))
    await next.clock.pass(12 * MINUTE_MS)

    expect(descriptions(next)).toHaveLength(2)
    rmSync(folder, { recursive: true })
  })
})

describe('names and passwords of registries', () => {
  const login = { username: 'me', password: 'correct horse' }

  it('are used for images of that registry alone', async () => {
    const harness = await started()
    harness.node.registry.set('registry.example:5000/team/app:1', digest('c'))
    harness.registries.save(harness.actor, 'Registry.example:5000', login)

    await deployImage(harness, { reference: 'registry.example:5000/team/app:1' })
    await deployImage(harness)

    expect(harness.node.pulled.map(({ credentials }) => credentials)).toEqual([login, null])
  })

  it('of the public registry are found by any of its names', async () => {
    const harness = await started()
    harness.registries.save(harness.actor, 'index.docker.io', login)

    await deployImage(harness)

    expect(harness.node.pulled[0]?.credentials).toEqual(login)
    expect(harness.registries.list(harness.actor).map(({ host }) => host)).toEqual(['docker.io'])
  })

  it('are sealed, replaced and forgotten, and never shown', async () => {
    const harness = await started()
    const { registries, actor, db } = harness
    registries.save(actor, 'registry.example', { username: 'old', password: 'old password' })
    const saved = registries.save(actor, 'registry.example', login)

    expect(JSON.stringify(saved)).not.toContain('horse')
    const rows = JSON.stringify(db.prepare('SELECT * FROM registry_credentials').all())
    expect(rows).not.toContain('horse')
    expect(registries.list(actor)).toMatchObject([{ host: 'registry.example', username: 'me' }])
    expect(registries.list({ ...actor, teamId: 'theirs' })).toEqual([])

    registries.remove(actor, 'registry.example')
    expect(registries.list(actor)).toEqual([])
    expect(() => registries.remove(actor, 'registry.example')).toThrow(coded('REGISTRY_NOT_FOUND'))
  })

  it.each(['', 'example', 'https://registry.example', 'a b.c', 'x.y/z', 'x.y:99999', '-x.y'])(
    'are refused for %j',
    async (host) => {
      const { registries, actor } = await started()
      expect(() => registries.save(actor, host, login)).toThrow(coded('REGISTRY_HOST_INVALID'))
    },
  )

  it('may be managed by few', async () => {
    const { registries } = await started()
    expect(() => registries.list(deployToken(null))).toThrow(coded('PERMISSION_DENIED'))
  })
})
