import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { buildStage } from '#agent/images/build-stage.ts'
import { bareContext } from '#agent/images/installed-node.ts'
import type { AgentClient } from '#test/agent-client.ts'
import { collect, outputOf } from '#test/collect.ts'
import { type Registry, startRegistry } from '#test/registry.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { ENGINE_SOCKET, idsOf } from '#test/test-installation.ts'
import { createEngine } from '#agent/engine/engine.ts'

const USER = { username: 'reader', password: `p4ss-${randomBytes(9).toString('hex')}` }
const ONCE = randomBytes(4).toString('hex')
const Described = z.object({
  Config: z.object({
    Labels: z.record(z.string(), z.string()),
    Cmd: z.array(z.string()).nullable(),
  }),
  RepoTags: z.array(z.string()),
})

let agent: RunningAgent
let client: AgentClient
let registry: Registry
let locked: Registry
const made: string[] = []

/** A small image of its own content. */
async function image(name: string, lines: readonly string[]): Promise<string> {
  const tag = `vastrox-test-${ONCE}/${name}`
  const dockerfile = ['FROM scratch AS it', `LABEL once=${ONCE}-${name}`, ...lines, ''].join('\n')
  const failure = await buildStage(
    agent.engine,
    { target: 'it', tag, labels: {}, context: bareContext(dockerfile) },
    AbortSignal.timeout(60_000),
  )
  expect(failure).toBeUndefined()
  made.push(tag)
  return tag
}

const pull = async (reference: string, changes: Record<string, unknown> = {}) =>
  collect(
    client.stream('pull-image', {
      appId: 'app00001',
      appName: 'blog',
      buildId: randomBytes(8).toString('hex'),
      reference,
      credentials: null,
      timeoutMs: 60_000,
      ...changes,
    }),
  )

const describeTag = (reference: string, credentials: unknown = null) =>
  client.call('describe-image-tag', { reference, credentials })

const allow = (settings: Record<string, unknown>) =>
  writeFile(join(agent.paths.agent, 'registry.json'), JSON.stringify(settings), { mode: 0o600 })

/** Everything that the engine knows of the two registries. */
async function leftFrom(hosts: readonly string[]): Promise<string[]> {
  const all = await agent.engine.get(
    '/images/json',
    z.array(
      z.object({
        RepoTags: z.array(z.string()).nullable(),
        RepoDigests: z.array(z.string()).nullable(),
      }),
    ),
    { query: { all: true } },
  )
  return all
    .flatMap(({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])])
    .filter((name) => hosts.some((host) => name.startsWith(host)) || name.includes('/fetched:'))
}

beforeAll(async () => {
  agent = await runAgent()
  client = agent.client()
  registry = await startRegistry(agent.engine)
  locked = await startRegistry(agent.engine, { user: USER })
  await allow({ allowedHosts: [registry.host, locked.host] })
})
afterAll(async () => {
  const engine = createEngine(ENGINE_SOCKET)
  for (const tag of made) await engine.act('DELETE', `/images/${tag}`, { query: { force: true } })
  engine.close()
  await agent.remove()
  await registry.stop()
  await locked.stop()
})

describe('fetching an image for an app', () => {
  it('makes it one of the app’s own, pinned, and leaves nothing else behind', async () => {
    const digest = await registry.put(
      await image('web', ['EXPOSE 8081/tcp', 'EXPOSE 8080', 'EXPOSE 53/udp', 'CMD ["/serve"]']),
      'team/web:1.0',
    )

    const events = await pull(`${registry.host}/team/web:1.0`)

    const done = events.at(-1)
    expect(done).toEqual({
      type: 'done',
      reference: `${registry.host}/team/web:1.0`,
      digest,
      imageId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      sizeBytes: expect.any(Number),
      port: 8080,
    })
    expect(outputOf(events)).toContain(`Fetching ${registry.host}/team/web:1.0`)
    const { Config, RepoTags } = await agent.engine.get(`/images/${done.imageId}/json`, Described)
    expect(Config.Cmd).toEqual(['/serve'])
    expect(Config.Labels).toMatchObject({
      'vastrox.instance': agent.instance,
      'vastrox.kind': 'build',
      'vastrox.app': 'app00001',
      'vastrox.digest': digest,
    })
    expect(RepoTags).toEqual([expect.stringMatching(`^vastrox-${agent.instance}/blog:`)])
    expect(await leftFrom([registry.host])).toEqual([])
    const { body } = await client.call('list-images')
    expect(body['images']).toContainEqual(expect.objectContaining({ imageId: done.imageId }))
    expect((await client.call('remove-images', { imageIds: [done.imageId] })).body).toEqual({
      removed: [done.imageId],
    })
  })

  it('is what starts: nobody else’s app may', async () => {
    await registry.put(await image('mine', ['CMD ["/serve"]']), 'team/mine:1')
    const { imageId } = (await pull(`${registry.host}/team/mine:1`)).at(-1)

    const { body } = await client.call('start-instances', {
      appId: 'app00002',
      appName: 'shop',
      releaseId: 'release1',
      releaseNumber: 1,
      process: 'web',
      generation: 1,
      ordinals: [1],
      imageId,
      command: null,
      env: {},
      limits: { memoryBytes: 2 ** 26, cpuMillis: 0 },
      stopGraceMs: 0,
    })

    expect(body).toMatchObject({ error: { code: 'IMAGE_NOT_FOUND' } })
  })

  it('takes the very image that a digest names, whatever its tag means by now', async () => {
    const first = await registry.put(await image('one', ['CMD ["/one"]']), 'team/moving:latest')
    const second = await registry.put(await image('two', ['CMD ["/two"]']), 'team/moving:latest')

    const pinned = (await pull(`${registry.host}/team/moving@${first}`)).at(-1)
    const newest = (await pull(`${registry.host}/team/moving`)).at(-1)

    expect(first).not.toBe(second)
    expect([pinned.digest, newest.digest]).toEqual([first, second])
    const commands = await Promise.all(
      [pinned, newest].map(async ({ imageId }) => {
        const { Config } = await agent.engine.get(`/images/${imageId}/json`, Described)
        return Config.Cmd
      }),
    )
    expect(commands).toEqual([['/one'], ['/two']])
  })

  it('says in one line what is wrong: no such tag, a template, a registry that is not there', async () => {
    await registry.put(await image('template', ['ONBUILD COPY . /app']), 'team/template:1')

    expect((await pull(`${registry.host}/team/web:9.9`)).at(-1)).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      reason: `The registry has no image ${registry.host}/team/web:9.9.`,
    })
    expect((await pull(`${registry.host}/team/template:1`)).at(-1)).toMatchObject({
      code: 'IMAGE_PULL_FAILED',
      reason: expect.stringContaining('template'),
    })
    await allow({ allowedHosts: [registry.host, locked.host, '127.0.0.1:9'] })
    expect((await pull('127.0.0.1:9/team/web:1')).at(-1)).toMatchObject({
      code: 'IMAGE_PULL_FAILED',
      reason: expect.stringContaining('127.0.0.1:9/team/web:1 could not be fetched'),
    })
    expect(await leftFrom([registry.host])).toEqual([])
  })

  it('ends when its caller goes, and leaves nothing', async () => {
    const leaving = new AbortController()
    await registry.put(await image('slow', ['CMD ["/slow"]']), 'team/slow:1')
    registry.behave('silent')
    const { length } = registry.asked
    const events = client.stream(
      'pull-image',
      {
        appId: 'app00001',
        appName: 'blog',
        buildId: randomBytes(8).toString('hex'),
        reference: `${registry.host}/team/slow:1`,
        credentials: null,
        timeoutMs: 60_000,
      },
      leaving.signal,
    )
    await events.next()
    while (registry.asked.length === length) await new Promise((resolve) => setTimeout(resolve, 20))

    leaving.abort()
    await collect(events).catch(() => undefined)
    registry.behave('well')

    expect((await pull(`${registry.host}/team/slow:1`)).at(-1).type).toBe('done')
  })
})

describe('credentials of a registry', () => {
  it('let in whoever has them, and stand in no image and no log', async () => {
    await locked.put(await image('secret', ['CMD ["/serve"]']), 'team/secret:1')
    const reference = `${locked.host}/team/secret:1`

    const without = (await pull(reference)).at(-1)
    const wrong = (await pull(reference, { credentials: { ...USER, password: 'wrong' } })).at(-1)
    const right = await pull(reference, { credentials: USER })

    for (const failed of [without, wrong])
      expect(failed).toMatchObject({
        type: 'failed',
        code: 'IMAGE_PULL_FAILED',
        reason: expect.stringContaining('lets nobody in'),
      })
    expect(right.at(-1).type).toBe('done')
    expect(JSON.stringify(right)).not.toContain(USER.password)
    expect(JSON.stringify(agent.lines)).not.toContain(USER.password)
    const record = await Promise.all(
      [`/images/${right.at(-1).imageId}/json`, `/images/${right.at(-1).imageId}/history`].map(
        (path) => agent.engine.get(path, z.unknown()),
      ),
    )
    expect(JSON.stringify(record)).not.toContain(USER.password)
    expect((await describeTag(reference, USER)).status).toBe(200)
    expect((await describeTag(reference)).body).toMatchObject({
      error: { code: 'IMAGE_PULL_FAILED' },
    })
  })
})

describe('what a tag means', () => {
  it('is told without fetching anything, and changes when the tag is moved', async () => {
    const first = await registry.put(await image('was', ['CMD ["/was"]']), 'team/watched:stable')
    const before = await describeTag(`${registry.host}/team/watched:stable`)
    const second = await registry.put(await image('is', ['CMD ["/is"]']), 'team/watched:stable')
    const after = await describeTag(`${registry.host}/team/watched:stable`)

    expect(before).toEqual({
      status: 200,
      body: { reference: `${registry.host}/team/watched:stable`, digest: first },
    })
    expect(after.body['digest']).toBe(second)
    expect((await describeTag(`${registry.host}/team/never:1`)).body).toMatchObject({
      error: { code: 'IMAGE_NOT_FOUND' },
    })
  })
})

describe('names of images (rules C2 and C11)', () => {
  it('that are none are refused before anybody is asked', async () => {
    for (const reference of ['-x', 'a b', 'http://x/y', 'x:$(id)', '../x']) {
      const refused = (await pull(reference)).at(-1)
      expect(refused).toMatchObject({ error: { code: 'IMAGE_REFERENCE_INVALID' } })
    }
  })

  it('do not lead into this network unless root has allowed the registry', async () => {
    await allow({ allowedHosts: [registry.host] })
    const { length } = locked.asked

    for (const reference of [
      `${locked.host}/team/secret:1`,
      'localhost:5000/x',
      '169.254.169.254/latest/meta-data',
      '10.0.0.1:5000/x',
    ])
      expect((await pull(reference)).at(-1)).toMatchObject({
        error: { code: 'IMAGE_REFERENCE_REFUSED' },
      })
    expect((await describeTag(`${locked.host}/team/secret:1`, USER)).status).toBe(422)
    expect(locked.asked.length).toBe(length)
    expect(await idsOf(agent.engine, '/containers/json', agent.instance)).toEqual([])
  })
})

describe('fetching an image for add-ons', () => {
  const fetchFor = (reference: string) =>
    collect(client.stream('pull-addon-image', { reference, credentials: null, timeoutMs: 60_000 }))
  const start = (reference: string) =>
    client.call('start-addon', {
      addonId: 'addon00001',
      addonName: 'db',
      generation: 1,
      image: { reference },
      command: null,
      env: {},
      volume: null,
      limits: { memoryBytes: 64 * 2 ** 20, cpuMillis: 0 },
      stopGraceMs: 0,
    })

  it('keeps it for this installation, and lets what the tag meant before go', async () => {
    const reference = `${registry.host}/team/db:1`
    const first = await registry.put(await image('db', ['CMD ["/serve"]']), 'team/db:1')
    const before = (await fetchFor(reference)).at(-1)
    const second = await registry.put(await image('db2', ['CMD ["/serve", "2"]']), 'team/db:1')
    const after = (await fetchFor(reference)).at(-1)

    expect(before).toMatchObject({ type: 'done', digest: first })
    expect(after).toMatchObject({ type: 'done', digest: second })
    const kept = await idsOf(agent.engine, '/images/json', agent.instance)
    const Done = z.object({ imageId: z.string() })
    expect(kept).toContain(Done.parse(after).imageId)
    expect(kept).not.toContain(Done.parse(before).imageId)
    expect(await leftFrom([registry.host])).toEqual([])
    expect(await start(reference)).toMatchObject({ status: 200 })
    await client.call('remove-addon', { addonId: 'addon00001' })
    expect(await idsOf(agent.engine, '/containers/json', agent.instance)).toEqual([])
  })

  it('says why where no registry answers, and starts nothing', async () => {
    const gone = await fetchFor('registry.invalid/team/db:1')
    const silent = await fetchFor('127.0.0.1:9/team/db:1')

    expect(JSON.stringify(gone)).toContain('registry.invalid does not lead to a registry')
    expect(JSON.stringify(silent)).toContain('does not lead to a registry')
    expect(await start('registry.invalid/team/db:1')).toMatchObject({
      status: 404,
      body: { error: { code: 'IMAGE_NOT_FOUND' } },
    })
    expect(JSON.stringify(await fetchFor('not an image'))).toContain('is not the name of an image')
  })
})
