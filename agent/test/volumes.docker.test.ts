import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { AgentClient } from '#test/agent-client.ts'
import { collect, outputOf } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { tarOf } from '#test/tar-of.ts'

const DOCKERFILE = `FROM vastrox/node:26
RUN mkdir -p /srv/app/storage /home/other && echo kept > /srv/app/storage/from-image \
 && chown -R 1000:1000 /srv/app && useradd --uid 1234 --gid 1000 other
WORKDIR /srv/app
`
let agent: RunningAgent
let client: AgentClient
let imageId: string
let otherImageId: string

async function build(user: string): Promise<string> {
  const job = {
    appId: 'app00001',
    appName: 'shop',
    buildId: randomBytes(8).toString('hex'),
    dockerfile: 'Dockerfile',
    noCache: false,
    secrets: {},
    timeoutMs: 60_000,
  }
  const context = await tarOf({ Dockerfile: `${DOCKERFILE}USER ${user}\n` })
  const done = (await collect(client.build(job, context))).at(-1)
  return z.object({ type: z.literal('done'), imageId: z.string() }).parse(done).imageId
}

/** What a command prints that runs with the volume in the app's image. */
async function runWith(
  volumeId: string,
  mountPath: string,
  command: string,
  image = imageId,
  isNew = true,
) {
  const events = await collect(
    client.stream('run-once', {
      appId: 'app00001',
      appName: 'shop',
      releaseId: 'release1',
      releaseNumber: 1,
      process: 'web',
      generation: 1,
      imageId: image,
      command,
      env: {},
      limits: { memoryBytes: 128 * 2 ** 20, cpuMillis: 0 },
      volumes: [{ volumeId, mountPath, isNew }],
      timeoutMs: 20_000,
    }),
  )
  return { text: outputOf(events), last: events.at(-1) }
}

beforeAll(async () => {
  agent = await runAgent()
  client = agent.client()
  await collect(client.stream('prepare-image', { stack: 'node', version: '26' }))
  imageId = await build('1000:1000')
  otherImageId = await build('other')
})
afterAll(() => agent.remove())

it('begins with what the image has at that path, and keeps what is written', async () => {
  const first = await runWith(
    'volume01',
    'storage',
    'sh -c "cat storage/from-image; date > storage/mine"',
  )
  const second = await runWith(
    'volume01',
    '/srv/app/storage',
    'sh -c "ls storage; stat -c %u storage"',
  )

  expect(first.text).toBe('kept\n')
  expect(second.text).toBe('from-image\nmine\n1000\n')
})

it('belongs to the user that the image runs as, by number or by name', async () => {
  const byNumber = await runWith('volume02', '/data', 'sh -c "touch /data/x && stat -c %u /data"')
  const byName = await runWith(
    'volume03',
    '/data',
    'sh -c "touch /data/x && stat -c %u /data"',
    otherImageId,
  )

  expect(byNumber.text).toBe('1000\n')
  expect(byName.text).toBe('1234\n')
})

it('loses no data when somebody prunes the engine’s volumes (rule B10)', async () => {
  await runWith('volume04', '/data', 'sh -c "echo precious > /data/file"')

  await agent.engine.act('DELETE', `/volumes/vastrox-${agent.instance}-volume-volume04`)

  expect(await readFile(join(agent.paths.volumes, 'volume04/file'), 'utf8')).toBe('precious\n')
  expect((await runWith('volume04', '/data', 'cat /data/file')).text).toBe('precious\n')
})

it('is never begun anew where data has been', async () => {
  await runWith('volume05', '/data', 'touch /data/x')
  await rm(join(agent.paths.volumes, 'volume05'), { recursive: true })

  const { last } = await runWith('volume05', '/data', 'true')

  expect(last).toMatchObject({ error: { code: 'VOLUME_DATA_MISSING' } })
  await expect(stat(join(agent.paths.volumes, 'volume05'))).rejects.toThrow('ENOENT')
})

it('is missing where it should be and nothing is: a disk that is not mounted is no first start', async () => {
  const { last } = await runWith('volume07', '/data', 'true', imageId, false)

  expect(last).toMatchObject({
    error: {
      code: 'VOLUME_DATA_MISSING',
      details: { reason: expect.stringContaining('The volume at /data') },
    },
  })
  await expect(stat(join(agent.paths.volumes, 'volume07'))).rejects.toThrow('ENOENT')
})

it('is removed to its end although the agent dies in the middle, and is nobody’s from then on (K3)', async () => {
  await runWith('volume08', '/data', 'sh -c "echo x > /data/file"')
  await agent.stop()
  await agent.start({ VASTROX_CRASH_AT: 'agent.volume-set-aside' })
  const input = { appId: 'app00001', volumeId: 'volume08' }
  await client.call('remove-volume', input).catch(() => undefined)
  const left = await readdir(agent.paths.volumes)
  expect(left).toContain('volume08')
  expect(left).toContain('volume08.removing.json')

  await agent.start()
  for (let turn = 0; turn < 400; turn++) {
    if (!(await readdir(agent.paths.volumes)).some((name) => name.startsWith('volume08'))) break
    await sleep(50)
  }

  expect(
    (await readdir(agent.paths.volumes)).filter((name) => name.startsWith('volume08')),
  ).toEqual([])
  expect((await client.call('remove-volume', input)).status).toBe(200)
})

it('is not removed while something is being started with it', async () => {
  const input = { appId: 'app00001', volumeId: 'volume09' }
  const running = runWith('volume09', '/data', 'sh -c "sleep 1 && echo there > /data/file"')
  const folder = join(agent.paths.volumes, 'volume09')
  while (!(await stat(folder).catch(() => undefined))) await sleep(5)

  expect(await client.call('remove-volume', input)).toMatchObject({
    status: 409,
    body: { error: { code: 'VOLUME_IN_USE' } },
  })
  await running
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('there\n')
  expect((await client.call('remove-volume', input)).status).toBe(200)
  await expect(stat(folder)).rejects.toThrow('ENOENT')
})

it('is nothing that a spec can put over what the image needs', async () => {
  const { last } = await runWith('volume06', '/etc', 'true')

  expect(last).toMatchObject({ type: 'refused', status: 400 })
})
