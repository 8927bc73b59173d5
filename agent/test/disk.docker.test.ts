import { randomBytes } from 'node:crypto'
import { mkdir, rm, statfs, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { floorOf } from '@vastrox/shared/disk-floor.ts'
import { type HostProgram, run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { AgentClient } from '#test/agent-client.ts'
import { collect, outputOf } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { tarOf } from '#test/tar-of.ts'

const MIB = 2 ** 20
const IS_LONG = process.env['VASTROX_LONG'] === '1'
/** With --long a larger one, and a program that writes as fast as the disk takes it. */
const DISK = (IS_LONG ? 6_144 : 600) * MIB
/** Says what becomes of its writing; about 80 MB/s while it may. */
const FILL = `
const fs = require('fs'), chunk = Buffer.alloc(1048576)
let at = 0
const hidden = process.env.HIDES && fs.openSync(process.env.HIDES + '/hidden', 'w')
if (hidden) fs.unlinkSync(process.env.HIDES + '/hidden')
setInterval(() => {
  if (hidden) fs.writeSync(hidden, chunk)
  if (!process.env.FILLS) return
  try { fs.writeFileSync(process.env.FILLS + '/fill-' + at++, chunk); console.log('wrote') }
  catch (error) { console.log('refused ' + error.code) }
}, ${IS_LONG ? 0 : 12})`
const Mounts = z.object({ Mounts: z.array(z.object({ RW: z.boolean() })) })
const Use = z.object({
  apps: z.array(
    z.object({ appId: z.string(), bytes: z.number(), hold: z.object({}).loose().nullable() }),
  ),
})

const mustRun = async (program: HostProgram, ...args: string[]): Promise<void> => {
  const result = await run(program, args, { timeoutMs: 30_000 })
  if (result.exitCode !== 0) throw new Error(`${program}: ${result.stderr}`)
}

let agent: RunningAgent
let client: AgentClient
let imageId: string
let image: string
let nameOfIt = ''

/** An ext4 of its own for the volumes, as small as a disk that is soon full. */
beforeAll(async () => {
  agent = await runAgent()
  client = agent.client()
  image = `${agent.dataDir}.img`
  await writeFile(image, '')
  await truncate(image, DISK)
  await mustRun('/usr/sbin/mkfs.ext4', '-q', '-m', '0', image)
  await mkdir(agent.paths.volumes, { recursive: true })
  await mustRun('/usr/bin/mount', '-o', 'loop', image, agent.paths.volumes)
  await collect(client.stream('prepare-image', { stack: 'node', version: '26' }))
  const job = {
    appId: 'app00001',
    appName: 'shop',
    buildId: randomBytes(8).toString('hex'),
    dockerfile: 'Dockerfile',
    noCache: false,
    secrets: {},
    timeoutMs: 60_000,
  }
  const dockerfile = 'FROM vastrox/node:26\nCOPY fill.js /fill.js\nCMD ["node", "/fill.js"]\n'
  const context = await tarOf({ Dockerfile: dockerfile, 'fill.js': FILL })
  const done = (await collect(client.build(job, context))).at(-1)
  imageId = z.object({ type: z.literal('done'), imageId: z.string() }).parse(done).imageId
})
afterAll(async () => {
  await agent.stop()
  await run('/usr/bin/umount', ['--lazy', agent.paths.volumes], { timeoutMs: 10_000 })
  await rm(image, { force: true })
  await agent.remove()
})

const call = async (verb: string, input: unknown): Promise<Record<string, unknown>> => {
  const { status, body } = await client.call(verb, input)
  if (status !== 200) throw new Error(`${verb}: ${JSON.stringify(body)}`)
  return body
}
const spec = (env: Record<string, string>, isNew: boolean) => ({
  appId: 'app00001',
  appName: 'shop',
  releaseId: 'release1',
  releaseNumber: 1,
  process: 'web',
  generation: 1,
  imageId,
  command: null,
  env,
  limits: { memoryBytes: 256 * MIB, cpuMillis: 0 },
  volumes: [{ volumeId: 'volume01', mountPath: '/data', isNew }],
})
async function startIt(env: Record<string, string>, isNew = false): Promise<string> {
  const started = await call('start-instances', {
    ...spec(env, isNew),
    ordinals: [1],
    stopGraceMs: 500,
  })
  const { instances } = z
    .object({ instances: z.array(z.object({ name: z.string() })) })
    .parse(started)
  return instances[0]?.name ?? ''
}
const isGone = (name: string): Promise<boolean> =>
  agent.engine.get(`/containers/${name}/json`, z.object({})).then(
    () => false,
    () => true,
  )
const isWritable = async (name: string): Promise<boolean> =>
  (await agent.engine.get(`/containers/${name}/json`, Mounts)).Mounts.every(({ RW }) => RW)
const useOf = async () => Use.parse(await call('read-disk-use', {})).apps[0]
const freeBytes = async (): Promise<number> => {
  const { bavail, bsize } = await statfs(agent.paths.volumes)
  return bavail * bsize
}

it('keeps an app from filling the disk by its volume: what was set is held to, and nothing is deleted (promise 5)', async () => {
  await call('keep-allowances', { allowances: [{ appId: 'app00001', bytes: 100 * MIB }] })
  const name = await startIt({ FILLS: '/data' }, true)
  nameOfIt = name

  await expect.poll(() => isGone(name), { timeout: 60_000, interval: 100 }).toBe(true)
  const used = await useOf()
  expect(used).toMatchObject({ hold: { reason: expect.stringContaining('are allowed') } })
  expect(used?.bytes).toBeGreaterThan(100 * MIB)
  expect(await freeBytes()).toBeGreaterThan(floorOf(DISK))

  // As the daemon does it: it serves again, and can read.
  await startIt({ FILLS: '/data' })
  expect(await isWritable(name)).toBe(false)
  const events = await collect(
    client.stream('read-logs', { name, since: null, tail: 50, follow: false }),
  )
  expect(JSON.stringify(events)).not.toContain('wrote')
  await expect
    .poll(
      async () =>
        JSON.stringify(
          await collect(client.stream('read-logs', { name, since: null, tail: 50, follow: false })),
        ),
      { timeout: 20_000 },
    )
    .toContain('refused EROFS')
  // What it wrote while it was measured was kept as well.
  const grown = ((await useOf())?.bytes ?? 0) - (used?.bytes ?? 0)
  expect(grown).toBeGreaterThanOrEqual(0)
  expect(grown).toBeLessThan(32 * MIB)
})

it('lets a command make room, and the app write again', async () => {
  const events = await collect(
    client.stream('run-once', {
      ...spec({}, false),
      command: 'sh -c "ls /data | wc -l; rm /data/fill-*"',
      timeoutMs: 20_000,
    }),
  )
  expect(Number(outputOf(events).trim())).toBeGreaterThan(90)
  await call('keep-allowances', { allowances: [{ appId: 'app00001', bytes: 101 * MIB }] })

  await expect.poll(async () => (await useOf())?.hold, { timeout: 60_000 }).toBe(null)
  await expect.poll(() => isGone(nameOfIt), { timeout: 20_000 }).toBe(true)
  const name = await startIt({})
  expect(await isWritable(name)).toBe(true)
  await call('stop-instances', { names: [name], graceMs: 0 })
})

/** The least that was free until the container had been taken away. */
async function leastFreeUntilGone(name: string): Promise<number> {
  const seen: number[] = []
  await expect
    .poll(
      async () => {
        seen.push(await freeBytes())
        return isGone(name)
      },
      { timeout: 90_000, interval: 50 },
    )
    .toBe(true)
  const least = Math.min(...seen)
  console.log(`free at the least ${Math.round(least / MIB)} MiB of ${DISK / MIB}`)
  return least
}

it('holds an app of which nothing was said before half of what must stay free is gone', async () => {
  await call('keep-allowances', { allowances: [] })
  const name = await startIt({ FILLS: '/data' })
  expect(await leastFreeUntilGone(name)).toBeGreaterThan(floorOf(DISK) / 2)
  expect((await useOf())?.hold).not.toBe(null)
  expect(agent.lines.some(({ event }) => event === 'disk.held')).toBe(true)
  const events = agent.lines.map(({ event }) => event)
  expect(events.filter((event) => event === 'disk.frozen').length).toBeGreaterThan(0)
  await rm(join(agent.paths.volumes, 'volume01', 'fill-0'), { force: true })
})

it('ends a program that fills the disk by a file without a name, which no walk through folders finds', async () => {
  await run('/usr/bin/find', [join(agent.paths.volumes, 'volume01'), '-type', 'f', '-delete'], {
    timeoutMs: 10_000,
  })
  // Being allowed more is what makes the next look measure.
  await call('keep-allowances', { allowances: [{ appId: 'app00001', bytes: DISK }] })
  await expect.poll(async () => (await useOf())?.hold, { timeout: 60_000 }).toBe(null)
  const name = await startIt({ HIDES: '/data' })
  expect(await leastFreeUntilGone(name)).toBeGreaterThan(floorOf(DISK) / 2)
  expect(agent.lines.some(({ event }) => event === 'instance.overwrote')).toBe(true)
  await expect.poll(freeBytes, { timeout: 10_000 }).toBeGreaterThan(DISK / 2)
})
