import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createQueue } from '#agent/builds/queue.ts'
import { buildStage } from '#agent/images/build-stage.ts'
import { bareContext } from '#agent/images/installed-node.ts'
import { removeAllBases } from '#agent/images/kept-bases.ts'
import { pullImage } from '#agent/images/pull-image.ts'
import type { AgentClient } from '#test/agent-client.ts'
import { collect, outputOf } from '#test/collect.ts'
import { type Registry, startRegistry } from '#test/registry.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { tarOf } from '#test/tar-of.ts'
import { OUTSIDE, startTlsFront, type TlsFront } from '#test/tls-front.ts'

const ONCE = randomBytes(4).toString('hex')
const USER = { username: 'reader', password: `p4ss-${ONCE}` }
const Names = z.array(
  z.object({
    RepoTags: z.array(z.string()).nullable(),
    RepoDigests: z.array(z.string()).nullable(),
  }),
)

let agent: RunningAgent
let client: AgentClient
let registry: Registry
let locked: Registry
let front: TlsFront
const made = new Set<string>()

/** Puts a small image of its own content into a registry. */
async function publish(to: Registry, name: string, lines: readonly string[]): Promise<string> {
  const tag = `vastrox-test-${ONCE}/${name.replaceAll(/\W/g, '-')}`
  const dockerfile = ['FROM scratch AS it', 'COPY Dockerfile /origin', ...lines, ''].join('\n')
  const stage = { target: 'it', tag, labels: {}, context: bareContext(dockerfile) }
  expect(await buildStage(agent.engine, stage, AbortSignal.timeout(60_000))).toBeUndefined()
  made.add(tag)
  return to.put(tag, name)
}

async function built(Dockerfile: string, files: Record<string, string> = {}) {
  const spec = {
    appId: 'app00001',
    appName: 'blog',
    buildId: randomBytes(8).toString('hex'),
    dockerfile: 'Dockerfile',
    noCache: false,
    secrets: {},
    timeoutMs: 60_000,
  }
  return collect(client.build(spec, await tarOf({ Dockerfile, ...files })))
}

const allow = (...allowedHosts: string[]) =>
  writeFile(join(agent.paths.agent, 'registry.json'), JSON.stringify({ allowedHosts }), {
    mode: 0o600,
  })

async function namesInEngine(): Promise<string[]> {
  const all = await agent.engine.get('/images/json', Names, { query: { all: true } })
  return all.flatMap(({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])])
}

beforeAll(async () => {
  agent = await runAgent()
  client = agent.client()
  registry = await startRegistry(agent.engine)
  locked = await startRegistry(agent.engine, { user: USER })
  await allow(registry.host, locked.host)
  const [host, port] = locked.host.split(':')
  front = await startTlsFront(['registry.test'], (incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const onward = request({ host, port, method, path, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 500, reply.headers)
      reply.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
})
afterAll(async () => {
  await front.stop()
  await registry.stop()
  await locked.stop()
  await removeAllBases(agent)
  for (const tag of made)
    await agent.engine.act('DELETE', `/images/${tag}`, { query: { force: true } })
  await agent.remove()
})

describe('what a Dockerfile builds on (rule C11)', () => {
  it('is fetched before, and what was looked at is what is built, whatever a tag means then', async () => {
    await publish(registry, 'team/base:1', ['LABEL which=first'])
    const from = `FROM ${registry.host}/team/base:1\nCOPY own.txt /own.txt\n`

    const first = await built(from, { 'own.txt': ONCE })
    expect(first.at(-1)).toMatchObject({ type: 'done' })
    expect(JSON.stringify(first)).not.toContain('vastrox.invalid')

    await publish(registry, 'team/base:1', ['LABEL which=second'])
    registry.asked.length = 0
    const again = await built(from, { 'own.txt': `${ONCE}2` })

    const { imageId } = again.at(-1)
    const Labelled = z.object({ Config: z.object({ Labels: z.record(z.string(), z.string()) }) })
    const { Config } = await agent.engine.get(`/images/${imageId}/json`, Labelled)
    expect(Config.Labels['which']).toBe('second')
    // The tag was asked for once, by us: BuildKit had no question left.
    const tags = registry.asked.filter((line) => line.endsWith('/manifests/1'))
    expect(new Set(tags).size).toBeLessThanOrEqual(2)
    expect((await namesInEngine()).filter((name) => name.startsWith(registry.host))).toEqual([])
  })

  it('a template’s own steps run where they may', async () => {
    await publish(registry, 'team/template:1', ['ONBUILD COPY app.txt /app/'])

    const events = await built(`FROM ${registry.host}/team/template:1\n`, { 'app.txt': ONCE })

    expect(events.at(-1)).toMatchObject({ type: 'done' })
  })

  it.each([
    ['the image of an app', 'COPY --from=vastrox-0a1b2c/shop:1 / /x', /is the image of an app/],
    ['an image of others', 'COPY --from=ghcr.io/x/y:1 / /x', /only stages can be named/],
    ['what the engine would fetch', 'ADD http://127.0.0.1:2019/x /x', /fetched by the engine/],
  ])(
    'a template that asks for %s is refused in one line, and nothing is built',
    async (_what, step, reason) => {
      const name = `team/bad:${randomBytes(3).toString('hex')}`
      await publish(registry, name, [`ONBUILD ${step}`])

      const events = await built(`FROM ${registry.host}/${name}\n`)

      expect(events.at(-1)).toMatchObject({
        error: { code: 'DOCKERFILE_REFUSED', details: { reason: expect.stringMatching(reason) } },
      })
      expect(events.some(({ type }) => type === 'step')).toBe(false)
    },
  )

  it('that the engine has already is no right to it: the registry is asked as anybody', async () => {
    const digest = await publish(locked, 'team/secret:1', ['LABEL of=another-team'])
    const name = `${locked.host}/team/secret`
    const events = client.stream('pull-image', {
      appId: 'app00002',
      appName: 'shop',
      buildId: randomBytes(8).toString('hex'),
      reference: `${name}:1`,
      credentials: USER,
      timeoutMs: 60_000,
    })
    expect((await collect(events)).at(-1)).toMatchObject({ type: 'done' })

    for (const reference of [`${name}:1`, `${name}@${digest}`])
      expect((await built(`FROM ${reference}\n`)).at(-1)).toMatchObject({
        error: { code: 'BASE_IMAGE_UNAVAILABLE' },
      })
  })

  it('is used as it was fetched before, and that is said, while its registry is silent', async () => {
    await publish(registry, 'team/steady:1', [])
    const from = `FROM ${registry.host}/team/steady:1\nCOPY a /a\n`
    expect((await built(from, { a: ONCE })).at(-1)).toMatchObject({ type: 'done' })

    registry.behave('silent')
    const events = await built(from, { a: `${ONCE}3` })
    registry.behave('well')

    expect(events.at(-1)).toMatchObject({ type: 'done' })
    expect(outputOf(events)).toMatch(/does not answer; the image that was fetched before is used/)
  }, 60_000)
})

it('an image that an agent was fetching when it died goes when the next one starts', async () => {
  const digest = await publish(registry, 'team/half:1', [])
  const half = `127.0.0.1:9/vastrox-${agent.instance}-${'0'.repeat(32)}/team/half`
  const other = `127.0.0.1:9/vastrox-${'0'.repeat(6)}-${'0'.repeat(32)}/team/half`
  expect(digest).toMatch(/^sha256:/)
  for (const repo of [half, other])
    await agent.engine.act('POST', `/images/vastrox-test-${ONCE}/team-half-1/tag`, {
      query: { repo, tag: '1' },
    })

  await agent.stop('SIGKILL')
  await agent.start()

  for (let turn = 0; turn < 100 && (await namesInEngine()).includes(`${half}:1`); turn++)
    await sleep(50)
  const names = await namesInEngine()
  await agent.engine.act('DELETE', `/images/${other}:1`)
  expect(names).not.toContain(`${half}:1`)
  expect(names).toContain(`${other}:1`)
})

describe('a registry that root has not named (rule C11)', () => {
  const pull = async (credentials: typeof USER | null, reference: string) => {
    const events: unknown[] = []
    const spec = {
      appId: 'app00001',
      appName: 'blog',
      buildId: randomBytes(8).toString('hex'),
      reference,
      credentials,
      timeoutMs: 60_000,
    }
    const deps = {
      engine: agent.engine,
      instance: agent.instance,
      registryFile: join(agent.paths.agent, 'nothing-said.json'),
      pullQueue: createQueue(1),
      diskFloor: { mustBeKept: async () => {}, reader: async () => async () => [] },
      network: front.network,
    }
    await pullImage(deps, spec, {
      emit: async (event) => void events.push(event),
      body: Readable.from([]),
      signal: AbortSignal.timeout(60_000),
    })
    return events.at(-1)
  }

  it('is reached by the engine through a passage to the address that was decided on', async () => {
    const digest = await publish(locked, 'team/web:1', ['EXPOSE 8080', 'CMD ["/serve"]'])
    const reference = `registry.test:${front.port}/team/web`
    front.looked.length = 0

    expect(await pull(USER, `${reference}:1`)).toMatchObject({
      type: 'done',
      reference: `${reference}:1`,
      digest,
      port: 8080,
    })
    expect(front.looked).toEqual(['registry.test'])
    expect(new Set(front.dialled)).toEqual(new Set([OUTSIDE]))
    for (const asked of [`${reference}:1`, `${reference}@${digest}`])
      await expect(pull(null, asked)).rejects.toMatchObject({
        code: 'IMAGE_PULL_FAILED',
        details: {
          reason: expect.stringContaining(`lets nobody in to registry.test:${front.port}/team/web`),
        },
      })
    expect(
      (await namesInEngine()).filter((name) => name.startsWith('127.0.0.1:')),
    ).not.toContainEqual(expect.stringContaining('/team/web'))
  })
})
