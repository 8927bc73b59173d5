import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { buildStage } from '#agent/images/build-stage.ts'
import { bareContext } from '#agent/images/installed-node.ts'
import type { AgentClient } from '#test/agent-client.ts'
import { collect } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { tarOf } from '#test/tar-of.ts'

const BYTES = 3_000_000
const MARK = randomBytes(6).toString('hex')
const Removed = z.object({ removed: z.array(z.string()), freedBytes: z.number() })

let agent: RunningAgent
let client: AgentClient
const tags: string[] = []

beforeAll(async () => {
  agent = await runAgent()
  client = agent.client()
})
afterAll(async () => {
  for (const tag of tags)
    await agent.engine.act('DELETE', `/images/${tag}`, { query: { force: true } }).catch(() => {})
  await agent.stop()
  await agent.remove()
})

const call = async (verb: string, input: unknown): Promise<unknown> => {
  const { status, body } = await client.call(verb, input)
  if (status !== 200) throw new Error(`${verb}: ${JSON.stringify(body)}`)
  return body
}
const measure = async () => DiskMeasure.parse(await call('measure-disk', {}))
const named = ({ cache }: DiskMeasure, mark: string) =>
  cache.filter(({ description }) => description.includes(mark))

/** A step that leaves nothing in the image but its cache. */
const dockerfileOf = (mark: string) =>
  `FROM vastrox/node:26 AS made\nRUN node -e 'require("fs").writeFileSync("/made","${mark}".repeat(1000))'\nFROM vastrox/node:26\nCOPY content /content\nCOPY --from=made /made /made\n`

async function build(mark: string, content: string): Promise<string> {
  const job = {
    appId: 'app00001',
    appName: 'ledger',
    buildId: randomBytes(8).toString('hex'),
    dockerfile: 'Dockerfile',
    noCache: false,
    secrets: {},
    timeoutMs: 120_000,
  }
  const context = await tarOf({ Dockerfile: dockerfileOf(mark), content })
  const done = (await collect(client.build(job, context))).at(-1)
  return z.object({ type: z.literal('done'), imageId: z.string() }).parse(done).imageId
}

it('tells layers, cache, volumes and folders apart, and gives up cache by id, of ours alone (B10, K7)', async () => {
  await collect(client.stream('prepare-image', { stack: 'node', version: '26' }))
  const imageId = await build(`ours${MARK}`, randomBytes(BYTES / 2).toString('hex'))
  tags.push(imageId)
  // Somebody else builds on the same engine, of whom our book knows nothing.
  await new Promise((resolve) => setTimeout(resolve, 6_000))
  const theirs = `ledger-others/${MARK}:1`
  tags.push(theirs)
  const failure = await buildStage(
    agent.engine,
    {
      target: 'made',
      tag: theirs,
      labels: {},
      context: bareContext(dockerfileOf(`theirs${MARK}`)),
    },
    AbortSignal.timeout(120_000),
  )
  expect(failure).toBeUndefined()
  await agent.engine.act('DELETE', `/images/${theirs}`, { query: { force: true } })
  await mkdir(join(agent.paths.volumes, 'volume01'), { recursive: true })
  await writeFile(join(agent.paths.volumes, 'volume01', 'data'), randomBytes(BYTES))
  await mkdir(join(agent.dataDir, 'daemon', 'uploads', 'app00001'), { recursive: true })
  await writeFile(join(agent.dataDir, 'daemon', 'uploads', 'app00001', 'x'), randomBytes(BYTES))

  const found = await measure()

  expect(found.missing).toEqual([])
  const image = found.images.find((one) => one.imageId === imageId)
  const sum = image?.layers.reduce((all, at) => all + (found.layers[at]?.bytes ?? 0), 0) ?? 0
  expect(image).toMatchObject({ kind: 'build', appId: 'app00001', isUsed: false })
  expect(sum).toBe(image?.sizeBytes)
  const others = new Set(
    found.images.filter((one) => one !== image).flatMap(({ layers }) => layers),
  )
  const own = image?.layers.filter((at) => !others.has(at)).map((at) => found.layers[at]?.bytes)
  expect(own?.reduce<number>((all, bytes) => all + (bytes ?? 0), 0)).toBeGreaterThanOrEqual(BYTES)
  expect(found.images.some(({ kind }) => kind === 'prepared')).toBe(true)
  expect(found.volumes).toEqual([{ volumeId: 'volume01', sizeBytes: expect.any(Number) }])
  expect(found.volumes[0]?.sizeBytes).toBeGreaterThanOrEqual(BYTES)
  const uploads = found.folders.find(({ path }) => path === 'daemon/uploads/app00001')
  expect(uploads?.sizeBytes).toBeGreaterThanOrEqual(BYTES)
  expect(found.dataBytes).toBeGreaterThanOrEqual(2 * BYTES)

  expect(named(found, `ours${MARK}`)).not.toEqual([])
  expect(named(found, `theirs${MARK}`)).toEqual([])
  const engine = await agent.engine.get(
    '/system/df',
    z.object({ BuildCache: z.array(z.object({ ID: z.string(), Description: z.string() })) }),
  )
  const foreign = engine.BuildCache.filter((one) => one.Description.includes(`theirs${MARK}`))
  expect(foreign).not.toEqual([])
  const ids = [...named(found, `ours${MARK}`).map(({ id }) => id), ...foreign.map(({ ID }) => ID)]
  const gone = Removed.parse(await call('remove-build-cache', { ids }))

  expect(gone.removed).toEqual(
    expect.arrayContaining(named(found, `ours${MARK}`).map(({ id }) => id)),
  )
  expect(gone.removed.filter((id) => foreign.some(({ ID }) => ID === id))).toEqual([])
  expect(named(await measure(), `ours${MARK}`)).toEqual([])
}, 240_000)
