import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { ROOT_MARK } from '#agent/backups/locations/local.ts'
import { backupSettingsFileOf, rootIdOf, writeBackupSettings } from '#agent/backups/settings.ts'
import type { AgentClient } from '#test/agent-client.ts'
import { collect } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'

const PASSWORD = 'secret of the database'
const PG = 'addonpg000001'
const COPY = 'addonpg000002'
const ENV = { PGUSER: 'postgres', PGPASSWORD: PASSWORD, PGHOST: '127.0.0.1' }

const Executed = z.object({ exitCode: z.number(), stdout: z.string(), stderr: z.string() })
const Done = z.object({
  type: z.literal('done'),
  snapshotId: z.string(),
  sizeBytes: z.number(),
  sha256: z.string().nullable(),
})
/** Before the first event a refusal is a status of its own. */
const Failed = z.union([
  z.object({ type: z.literal('failed'), code: z.string(), reason: z.string() }),
  z
    .object({
      type: z.literal('refused'),
      error: z.object({ code: z.string(), message: z.string() }),
    })
    .transform(({ error }) => ({ code: error.code, reason: error.message })),
])
const Listed = z.object({ snapshots: z.array(z.object({ snapshotId: z.string() })) })
const Inspected = z.object({ Id: z.string() })

let agent: RunningAgent
let client: AgentClient
let disk: string
let count = 0

const repository = () => ({
  location: { type: 'local', rootId: rootIdOf(disk), folder: 'main' },
  password: 'a long password of the repository',
})

const postgresql = (addonId: string, volumeId: string, isNew: boolean) => ({
  addonId,
  addonName: addonId.slice(5),
  generation: 1,
  image: { prepared: { stack: 'postgresql', version: '17' } },
  command: ['postgres', '-c', 'shared_buffers=32MB'],
  env: { POSTGRES_PASSWORD: PASSWORD },
  volume: { volumeId, mountPath: '/data', isNew },
  limits: { memoryBytes: 256 * 2 ** 20, cpuMillis: 0 },
  stopGraceMs: 10_000,
})

const psql = async (addonId: string, sql: string): Promise<string> => {
  const { body } = await client.call('exec-addon', {
    addonId,
    argv: ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', 'postgres'],
    stdin: sql,
    env: ENV,
    timeoutMs: 60_000,
  })
  const { exitCode, stdout, stderr } = Executed.parse(body)
  if (exitCode !== 0) throw new Error(stderr)
  return stdout.trim()
}

async function untilReady(addonId: string): Promise<void> {
  for (let turn = 0; turn < 600; turn++) {
    const answer = await psql(addonId, 'SELECT 1').catch(() => '')
    if (answer === '1') return
    await sleep(100)
  }
  throw new Error('the database did not become ready')
}

const dump = (argv: string[], more: Record<string, unknown> = {}) => ({
  type: 'addon',
  addonId: PG,
  argv,
  env: ENV,
  fileName: 'dump.pgc',
  minBytes: 1,
  trailer: null,
  ...more,
})

function backUp(content: unknown, more: Record<string, unknown> = {}, signal?: AbortSignal) {
  const spec = {
    backupId: `backup${String(++count).padStart(4, '0')}`,
    repository: repository(),
    host: 'vastrox-test',
    tags: [],
    content,
    timeoutMs: 120_000,
    ...more,
  }
  const json = Buffer.from(JSON.stringify(spec))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(json.length)
  return client.framed('back-up', Readable.from([head, json]), signal)
}

const lastOf = async (events: AsyncIterable<unknown>): Promise<unknown> => {
  let last: unknown
  for await (const event of events) last = event
  return last
}

const snapshots = async (): Promise<string[]> => {
  const { body } = await client.call('list-snapshots', { repository: repository(), tag: null })
  return Listed.parse(body).snapshots.map(({ snapshotId }) => snapshotId)
}

const restore = (snapshotId: string, target: unknown) =>
  lastOf(
    client.stream('restore-snapshot', {
      repository: repository(),
      snapshotId,
      target,
      timeoutMs: 120_000,
    }),
  )

beforeAll(async () => {
  agent = await runAgent()
  client = agent.client()
  disk = await mkdtemp('/var/tmp/vastrox-backups-')
  await writeFile(join(disk, ROOT_MARK), rootIdOf(disk))
  await mkdir(agent.paths.agent, { recursive: true })
  await writeBackupSettings(backupSettingsFileOf(agent.paths.agent), {
    roots: [{ rootId: rootIdOf(disk), path: disk }],
    networks: [],
  })
  await client.call('open-repository', { repository: repository() })
  await collect(client.stream('prepare-image', { stack: 'postgresql', version: '17' }))
  await client.call('start-addon', postgresql(PG, 'volumepg00001', true))
  await untilReady(PG)
  await psql(
    PG,
    `CREATE TABLE orders (id serial PRIMARY KEY, note text);
     INSERT INTO orders (note) SELECT repeat(md5(n::text), 20) FROM generate_series(1, 20000) n;`,
  )
})
afterAll(async () => {
  await agent.remove()
  await rm(disk, { recursive: true })
})

it('a dump made while rows are written is of one moment, and comes back into an empty server', async () => {
  const over = new AbortController()
  const writing = (async () => {
    while (!over.signal.aborted)
      await psql(
        PG,
        "BEGIN; INSERT INTO orders (note) VALUES ('a'); INSERT INTO orders (note) VALUES ('b'); COMMIT;",
      )
  })()
  const made = Done.parse(
    await lastOf(backUp(dump(['pg_dump', '-Fc', 'postgres'], { minBytes: 1_000 }))),
  )
  over.abort()
  await writing
  await client.call('start-addon', postgresql(COPY, 'volumepg00002', true))
  await untilReady(COPY)

  const restored = await restore(made.snapshotId, {
    type: 'addon',
    addonId: COPY,
    argv: ['pg_restore', '--exit-on-error', '--single-transaction', '-d', 'postgres'],
    env: ENV,
    fileName: 'dump.pgc',
  })

  expect(restored).toMatchObject({ type: 'done', sha256: made.sha256, sizeBytes: made.sizeBytes })
  const [all, pairs] = (
    await psql(
      COPY,
      "SELECT count(*), count(*) FILTER (WHERE note = 'a') - count(*) FILTER (WHERE note = 'b') FROM orders",
    )
  ).split('|')
  expect(Number(all)).toBeGreaterThanOrEqual(20_000)
  expect(pairs).toBe('0')
})

it.each([
  [
    'is killed midway',
    dump(['sh', '-c', 'head -c 3000000 /dev/urandom; kill -9 $$']),
    /ended with 137/,
  ],
  [
    'fails after it has printed',
    dump(['sh', '-c', 'head -c 3000000 /dev/urandom; echo lost >&2; exit 3']),
    /ended with 3: lost/,
  ],
  ['prints nothing', dump(['true']), /has 0 bytes/],
  ['prints too little', dump(['echo', 'x'], { minBytes: 100 }), /has 2 bytes/],
  [
    'lacks its end',
    dump(['head', '-c', '3000000', '/dev/urandom'], { trailer: 'completed$' }),
    /breaks off/,
  ],
])('a dump that %s leaves nothing behind (rule B3)', async (_what, content, reason) => {
  const before = await snapshots()

  const failed = Failed.parse(await lastOf(backUp(content)))

  expect(failed.code).toBe('BACKUP_DUMP_FAILED')
  expect(failed.reason).toMatch(reason)
  expect(await snapshots()).toEqual(before)
  expect(await readdir(join(disk, 'main', 'locks'))).toEqual([])
})

it('a caller who goes away ends the dump, and nothing of it stays', async () => {
  const before = await snapshots()
  const gone = new AbortController()
  const endless = dump(['sh', '-c', 'exec cat /dev/urandom'])
  const ending = lastOf(backUp(endless, {}, gone.signal)).catch(() => 'gone')
  await sleep(1_500)
  gone.abort()
  await ending

  await expect.poll(() => psql(PG, 'SELECT 1'), { timeout: 30_000 }).toBe('1')
  await expect.poll(isRunningCat, { timeout: 30_000, interval: 200 }).toBe(false)
  expect(await snapshots()).toEqual(before)
})

it.each(['agent.backup-marked', 'agent.backup-made'])(
  'an agent that dies at %s leaves nothing that the next backup does not forget',
  async (crashAt) => {
    const before = await snapshots()
    await agent.stop()
    await agent.start({ VASTROX_CRASH_AT: crashAt })
    client = agent.client()
    await lastOf(backUp(dump(['pg_dump', '-Fc', 'postgres']))).catch(() => undefined)
    await agent.start()
    client = agent.client()

    const made = Done.parse(await lastOf(backUp(dump(['pg_dump', '-Fc', 'postgres']))))

    expect(await snapshots()).toEqual([...before, made.snapshotId])
    expect(await readdir(join(agent.paths.agent, 'backups', 'unfinished'))).toEqual([])
    expect(await readdir(join(agent.paths.agent, 'backups', 'private'))).toEqual([])
  },
)

it('an agent that is killed in the middle of a dump takes restic with it', async () => {
  const before = await snapshots()
  const ending = lastOf(backUp(dump(['sh', '-c', 'exec cat /dev/urandom']))).catch(() => undefined)
  await sleep(1_500)
  await agent.stop('SIGKILL')
  await ending
  await agent.start()
  client = agent.client()

  const made = Done.parse(await lastOf(backUp(dump(['pg_dump', '-Fc', 'postgres']))))

  expect(await snapshots()).toEqual([...before, made.snapshotId])
})

it('a volume is backed up while its processes stand still, and they go on whatever happens', async () => {
  const volume = { type: 'volume', ownerId: PG, volumeId: 'volumepg00001', mode: 'paused' }
  const freezer = await freezerOf(`vastrox-${agent.instance}-addon-${PG}-1`)
  const states = new Set<string>()
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      states.add((await readFile(freezer, 'utf8')).trim())
      await sleep(5)
    }
  })()
  const made = Done.parse(await lastOf(backUp(volume)))
  over.abort()
  await watching

  expect([...states].some((state) => state === 'FROZEN' || state === '1')).toBe(true)
  expect((await readFile(freezer, 'utf8')).trim()).toMatch(/^(THAWED|0)$/)
  expect(await psql(PG, 'SELECT count(*) > 0 FROM orders')).toBe('t')

  // What was on the disk at that moment is what a power cut would have left: the server recovers from it.
  await client.call('stop-addon', { addonId: COPY, except: null, graceMs: 5_000 })
  await restore(made.snapshotId, {
    type: 'volume',
    ownerId: COPY,
    volumeId: 'volumepg00003',
    isNew: true,
    into: null,
    paths: null,
  })
  await client.call('start-addon', { ...postgresql(COPY, 'volumepg00003', false), generation: 2 })
  await untilReady(COPY)
  expect(await psql(COPY, 'SELECT count(*) > 20000 FROM orders')).toBe('t')

  const ending = lastOf(backUp(volume)).catch(() => undefined)
  await expect
    .poll(async () => (await readFile(freezer, 'utf8')).trim(), { interval: 2, timeout: 30_000 })
    .toMatch(/FROZEN|FREEZING|1/)
  await agent.stop('SIGKILL')
  await ending
  await expect
    .poll(async () => (await readFile(freezer, 'utf8')).trim(), { timeout: 30_000 })
    .toMatch(/THAWED|0/)
  await agent.start()
  client = agent.client()
  expect(existsSync(join(agent.paths.agent, 'backups', 'paused.json'))).toBe(false)
  expect(await psql(PG, 'SELECT 1')).toBe('1')
})

async function isRunningCat(): Promise<boolean> {
  const { body } = await client.call('exec-addon', {
    addonId: PG,
    argv: ['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'],
    timeoutMs: 20_000,
  })
  return Executed.parse(body).stdout.includes('cat /dev/urandom')
}

async function freezerOf(name: string): Promise<string> {
  const { Id } = await agent.engine.get(`/containers/${name}/json`, Inspected)
  const found = [
    `/sys/fs/cgroup/freezer/docker/${Id}/freezer.state`,
    `/sys/fs/cgroup/docker/${Id}/cgroup.freeze`,
    `/sys/fs/cgroup/system.slice/docker-${Id}.scope/cgroup.freeze`,
  ].find((path) => existsSync(path))
  if (found === undefined) throw new Error('the container has no freezer')
  return found
}
