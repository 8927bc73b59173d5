import { readdir, readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ReadSamplesEvent } from '@vastrox/shared/agent-api-metrics.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AgentClient } from '#test/agent-client.ts'
import { bareImageOf } from '#test/bare-image.ts'
import { collect, outputOf } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { idsOf } from '#test/test-installation.ts'

const PASSWORD = `it's a "secret" \\ of $HOME`
const PG = 'addonpostgresql'
const MARIA = 'addonmariadb0000'
const REDIS = 'addonredis00000'
const A = 'app00001'
const B = 'app00002'

const Started = z.object({ host: z.string() })
const Executed = z.object({ exitCode: z.number(), stdout: z.string(), stderr: z.string() })
const Listed = z.object({
  addons: z.array(
    z.object({
      addonId: z.string(),
      generation: z.number(),
      status: z.string(),
      restarts: z.number(),
      memoryBytes: z.number().nullable(),
      cpuUsec: z.number().nullable(),
    }),
  ),
})
const Inspected = z.object({
  State: z.object({ Pid: z.number() }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })),
  }),
})

let agent: RunningAgent
let client: AgentClient
const images = new Map<string, string>()

const addon = (addonId: string, changes: Record<string, unknown> = {}) => ({
  addonId,
  addonName: addonId.slice(5, 9),
  generation: 1,
  volume: { volumeId: `volume${addonId}`, mountPath: '/data', isNew: true },
  command: null,
  limits: { memoryBytes: 256 * 2 ** 20, cpuMillis: 0 },
  stopGraceMs: 10_000,
  ...changes,
})
const postgresql = (changes: Record<string, unknown> = {}) =>
  addon(PG, {
    image: { prepared: { stack: 'postgresql', version: '17' } },
    command: ['postgres', '-c', 'shared_buffers=32MB'],
    env: { POSTGRES_PASSWORD: PASSWORD },
    ...changes,
  })
const mariadb = () =>
  addon(MARIA, {
    image: { prepared: { stack: 'mariadb', version: '11.8' } },
    command: ['mariadbd', '--innodb-buffer-pool-size=32M'],
    env: { MARIADB_ROOT_PASSWORD: PASSWORD },
  })
const redis = () =>
  addon(REDIS, {
    image: { prepared: { stack: 'redis', version: '8.0' } },
    command: ['redis-server', '--maxmemory', '64mb'],
    env: { REDIS_PASSWORD: 'secret' },
  })
const nameOf = (addonId: string, generation = 1): string =>
  `vastrox-${agent.instance}-addon-${addonId}-${generation}`

async function ok<Schema extends z.ZodType>(
  verb: string,
  input: unknown,
  schema: Schema,
): Promise<z.output<Schema>> {
  const { status, body } = await client.call(verb, input)
  expect([status, body]).toEqual([200, body])
  return schema.parse(body)
}

const exec = (addonId: string, argv: string[], more: Record<string, unknown> = {}) =>
  ok('exec-addon', { addonId, argv, timeoutMs: 60_000, ...more }, Executed)

const psql = (sql: string) =>
  exec(PG, ['psql', '-X', '-A', '-t', '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', 'app'], {
    stdin: sql,
    env: { PGPASSWORD: PASSWORD },
  })
const mysql = (sql: string) =>
  exec(MARIA, ['mariadb', '-u', 'root', '-N', 'app'], { stdin: sql, env: { MYSQL_PWD: PASSWORD } })
const redisCli = (...args: string[]) =>
  exec(REDIS, ['redis-cli', ...args], { env: { REDISCLI_AUTH: 'secret' } })

async function until<Result>(
  look: () => Promise<Result | undefined | false>,
  turns = 600,
): Promise<Result> {
  for (let turn = 0; turn < turns; turn++) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await sleep(100)
  }
  throw new Error(`it did not come about in ${turns / 10} s`)
}

/** Asked for without looking at the status: it may not run at this moment. */
const answers = (addonId: string, argv: string[], env: Record<string, string> = {}) =>
  until(async () => {
    const { body } = await client.call('exec-addon', { addonId, argv, env, timeoutMs: 60_000 })
    return Executed.safeParse(body).data?.exitCode === 0
  })
const postgresqlAnswers = () =>
  answers(PG, ['psql', '-X', '-U', 'postgres', '-c', 'SELECT 1', 'app'], { PGPASSWORD: PASSWORD })
const mariadbAnswers = () =>
  answers(MARIA, ['mariadb', '-u', 'root', '-e', 'SELECT 1', 'app'], { MYSQL_PWD: PASSWORD })
const redisAnswers = () => answers(REDIS, ['redis-cli', 'PING'], { REDISCLI_AUTH: 'secret' })

const inspect = (name: string) => agent.engine.get(`/containers/${name}/json`, Inspected)

async function placesOf(addonId: string, generation = 1): Promise<Record<string, string>> {
  const { NetworkSettings } = await inspect(nameOf(addonId, generation))
  return Object.fromEntries(
    Object.entries(NetworkSettings.Networks).map(([name, { IPAddress }]) => [name, IPAddress]),
  )
}

/** As a crash would be: the engine starts it again by itself. */
async function killServer(addonId: string, generation = 1): Promise<void> {
  const { State } = await inspect(nameOf(addonId, generation))
  process.kill(State.Pid, 'SIGKILL')
  await until(async () => {
    const { State: now } = await inspect(nameOf(addonId, generation))
    return now.Pid !== 0 && now.Pid !== State.Pid
  })
}

const ofApp = (appId: string) => ({
  appId,
  appName: appId,
  releaseId: 'release1',
  releaseNumber: 1,
  process: 'web',
  generation: 1,
  imageId: images.get(appId),
  env: {},
  limits: { memoryBytes: 128 * 2 ** 20, cpuMillis: 0 },
})

/** What an app sees when it connects. */
async function connectFrom(appId: string, host: string, port: number): Promise<string> {
  const code = `require("net").connect({host:"${host}",port:${port},timeout:3000}).on("connect",()=>{console.log("connected");process.exit()}).on("timeout",()=>{console.log("ETIMEDOUT");process.exit()}).on("error",(e)=>{console.log(e.code);process.exit()})`
  const events = await collect(
    client.stream('run-once', {
      ...ofApp(appId),
      command: `node -e '${code}'`,
      timeoutMs: 60_000,
    }),
  )
  return outputOf(events).trim()
}

async function prepare(stack: string, version: string): Promise<void> {
  const last = (await collect(client.stream('prepare-image', { stack, version }))).at(-1)
  if (last?.type !== 'done') throw new Error(`${stack} ${version}: ${JSON.stringify(last)}`)
}

const link = (addonId: string, appId: string) => ({
  addonId,
  addonName: addonId.slice(5, 9),
  appId,
  appName: appId,
})
const keepLinks = (links: unknown[]) => ok('keep-addon-links', { links }, z.object({}))

beforeAll(async () => {
  agent = await runAgent({ VASTROX_SAMPLE_EVERY_MS: '500' })
  client = agent.client()
  await prepare('node', '26')
  for (const [stack, version] of [
    ['postgresql', '17'],
    ['mariadb', '11.8'],
    ['redis', '8.0'],
  ] as const)
    await prepare(stack, version)
  for (const appId of [A, B]) images.set(appId, await bareImageOf(client, appId))
}, 1_200_000)
afterAll(() => agent.remove())

describe('a new PostgreSQL', () => {
  it('that is killed while its database is made begins anew, and is whole', async () => {
    await ok('start-addon', postgresql(), Started)
    const folder = join(agent.paths.volumes, `volume${PG}`)
    await until(async () => (await readdir(folder)).includes('.new-postgresql'))

    await killServer(PG)
    await postgresqlAnswers()

    const { stdout } = await psql(
      `SELECT current_setting('data_checksums'), current_setting('lc_collate', true), rolcanlogin,
         pg_encoding_to_char(encoding), datcollate, current_setting('shared_buffers')
       FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE datname = 'app'`,
    )
    expect(stdout).toMatch(/^on\|.*\|f\|UTF8\|C\.UTF-8\|32MB\n$/)
    expect(await readdir(folder)).toEqual(['postgresql'])
  })

  it('lets nobody in without the password, and runs as nobody’s root', async () => {
    const wrong = await exec(PG, ['psql', '-U', 'postgres', '-c', 'SELECT 1'], {
      env: { PGPASSWORD: 'wrong' },
    })
    const without = await exec(PG, ['psql', '-w', '-U', 'postgres', '-c', 'SELECT 1'])
    const { stdout } = await exec(PG, ['id', '-u'])
    const written = await exec(PG, ['touch', '/usr/bin/x'])

    expect(wrong.stderr).toContain('password authentication failed')
    expect(without.stderr).toContain('no password supplied')
    expect(stdout).toBe('900\n')
    expect(written.stderr).toContain('Read-only file system')
  })

  it('is said to run, with what it takes', async () => {
    const { addons } = await ok('list-addons', {}, Listed)

    expect(addons).toMatchObject([{ addonId: PG, generation: 1, status: 'running' }])
    expect(addons[0]?.memoryBytes).toBeGreaterThan(2 ** 20)
    expect(addons[0]?.cpuUsec).toBeGreaterThan(0)
  })

  it('is started once, whoever asks again', async () => {
    const again = await ok('start-addon', postgresql(), Started)
    const { State } = await inspect(nameOf(PG))
    await ok('start-addon', postgresql(), Started)

    expect((await inspect(nameOf(PG))).State.Pid).toBe(State.Pid)
    expect(Object.values(await placesOf(PG))).toEqual([again.host])
  })
})

describe('the way to an add-on', () => {
  it('is there before the first instance of an app that is attached, and for no other app', async () => {
    await keepLinks([link(PG, A)])
    expect(Object.keys(await placesOf(PG))).toHaveLength(1)
    const own = Object.values(await placesOf(PG))[0] ?? ''

    const [fromA, byName, byAddress] = await Promise.all([
      connectFrom(A, 'post.addons.internal', 5432),
      connectFrom(B, 'post.addons.internal', 5432),
      connectFrom(B, own, 5432),
    ])
    expect([fromA, byName]).toEqual(['connected', 'ENOTFOUND'])
    expect(byAddress).not.toBe('connected')
    expect(Object.keys(await placesOf(PG))).toHaveLength(2)
  })

  it('stays through a crash of the server, a restart of the agent, and a new generation', async () => {
    const before = await placesOf(PG)

    await killServer(PG)
    await postgresqlAnswers()
    expect(await placesOf(PG)).toEqual(before)
    await agent.stop('SIGKILL')
    await agent.start()
    client = agent.client()
    await ok(
      'start-addon',
      postgresql({
        generation: 2,
        volume: { volumeId: `volume${PG}`, mountPath: '/data', isNew: false },
      }),
      Started,
    )
    await postgresqlAnswers()

    expect(await placesOf(PG, 2)).toEqual(before)
    const { addons } = await ok('list-addons', {}, Listed)
    expect(addons.map(({ generation }) => generation)).toEqual([2])
    expect(await connectFrom(A, 'post.addons.internal', 5432)).toBe('connected')
  })

  it('leads nowhere else: not to the internet, and not from one app to another', async () => {
    await keepLinks([link(PG, A), link(PG, B)])
    expect(await connectFrom(B, 'post.addons.internal', 5432)).toBe('connected')
    const outside = ownAddress()
    const server = createServer((socket) => socket.destroy()).listen(0, outside)
    await until(async () => server.listening)
    const place = server.address()
    const port = typeof place === 'object' && place !== null ? place.port : 0
    try {
      const [fromAddon, names, fromApp] = await Promise.all([
        exec(PG, [
          'timeout',
          '2',
          'bash',
          '-c',
          `exec 3<>/dev/tcp/${outside}/${port} && echo connected`,
        ]),
        exec(PG, ['timeout', '2', 'getent', 'hosts', 'example.org']),
        connectFrom(A, outside, port),
      ])

      expect(fromApp).toBe('connected')
      expect(fromAddon.stdout).toBe('')
      expect(fromAddon.exitCode).not.toBe(0)
      expect(names.stdout).toBe('')
    } finally {
      server.close()
    }
    await mustNotPass()
  })
})

/** An address of this machine that is on no bridge. */
function ownAddress(): string {
  for (const [name, addresses] of Object.entries(networkInterfaces()))
    for (const { family, address, internal } of addresses ?? [])
      if (family === 'IPv4' && !internal && !/^(br-|docker|vx|veth)/.test(name)) return address
  throw new Error('this machine has no address of its own')
}

/** From within the network of an instance of A, which is told to go by the add-on, to one of B. */
async function mustNotPass(): Promise<void> {
  const serve = `node -e 'require("net").createServer((s)=>s.end("B")).listen(3000)'`
  const Instances = z.object({
    instances: z.array(z.object({ name: z.string(), host: z.string() })),
  })
  const start = async (appId: string) =>
    (
      await ok(
        'start-instances',
        { ...ofApp(appId), ordinals: [1], command: serve, stopGraceMs: 0 },
        Instances,
      )
    ).instances[0] ?? { name: '', host: '' }
  const [ofA, ofB] = await Promise.all([start(A), start(B)])
  try {
    const { State } = await inspect(ofA.name)
    const places = await placesOf(PG, 2)
    const byAddon = places[`vastrox-${agent.instance}-${A}`] ?? ''
    const inA = (program: '/usr/sbin/ip' | '/usr/bin/timeout', args: string[]) =>
      run('/usr/bin/nsenter', ['-t', String(State.Pid), '-n', '--', program, ...args], {
        timeoutMs: 20_000,
      })
    const added = await inA('/usr/sbin/ip', ['route', 'add', `${ofB.host}/32`, 'via', byAddon])
    const tried = await inA('/usr/bin/timeout', [
      '3',
      'bash',
      '-c',
      `exec 3<>/dev/tcp/${ofB.host}/3000 && cat <&3`,
    ])

    expect(added.stderr).toBe('')
    expect(tried.stdout.toString()).toBe('')
    expect(tried.exitCode).not.toBe(0)
    const addonPid = (await inspect(nameOf(PG, 2))).State.Pid
    const forwards = await run(
      '/usr/bin/nsenter',
      ['-t', String(addonPid), '-n', '--', '/usr/bin/cat', '/proc/sys/net/ipv4/ip_forward'],
      { timeoutMs: 20_000 },
    )
    expect(forwards.stdout.toString()).toBe('0\n')
  } finally {
    await client.call('stop-instances', { names: [ofA.name, ofB.name], graceMs: 0 })
  }
}

describe('what is done in an add-on', () => {
  it('ends with its time, and its output is cut where it is endless', async () => {
    const late = await client.call('exec-addon', {
      addonId: PG,
      argv: ['sleep', '60'],
      timeoutMs: 500,
    })
    const much = await exec(PG, ['head', '-c', '6000000', '/dev/zero'])

    expect(late).toMatchObject({ body: { error: { code: 'RUN_TIMED_OUT' } } })
    expect(Buffer.byteLength(much.stdout)).toBe(4 * 2 ** 20)
    const left = await exec(PG, ['sh', '-c', 'cat /proc/[0-9]*/comm'])
    expect(left.stdout).not.toContain('sleep')
  })

  it('can be a console, and what the server prints can be read', async () => {
    const input = new PassThrough()
    const session = client.session(
      'open-addon-exec',
      {
        addonId: PG,
        argv: ['psql', '-X', '-U', 'postgres', 'app'],
        env: { PGPASSWORD: PASSWORD },
        terminal: { columns: 80, rows: 24 },
        stdin: true,
        timeoutMs: 60_000,
        idleMs: 60_000,
      },
      input,
    )
    let shown = ''
    for await (const event of session) {
      const one = z.object({ type: z.string(), base64: z.string().optional() }).parse(event)
      shown += Buffer.from(one.base64 ?? '', 'base64').toString()
      if (one.type === 'started') input.write(frame('SELECT 6 * 7 AS answer;\n\\q\n'))
    }
    const lines = await collect(
      client.stream('read-addon-logs', { addonId: PG, since: null, tail: 200, follow: false }),
    )

    expect(shown).toContain('answer')
    expect(shown).toContain('42')
    expect(JSON.stringify(lines)).toContain('database system is ready to accept connections')
    expect(JSON.stringify(lines)).not.toContain('secret')
  })

  it('is refused where it does not run', async () => {
    const nobody = await client.call('exec-addon', {
      addonId: 'addonnobody',
      argv: ['true'],
      timeoutMs: 1_000,
    })

    expect(nobody).toMatchObject({ status: 409, body: { error: { code: 'ADDON_NOT_RUNNING' } } })
  })
})

/** As shared/src/node/session-frames.ts wants them: kind, length, bytes. */
const frame = (text: string): Buffer => {
  const head = Buffer.alloc(5)
  head[0] = 'i'.charCodeAt(0)
  head.writeUInt32BE(Buffer.byteLength(text), 1)
  return Buffer.concat([head, Buffer.from(text)])
}

describe('a new MariaDB', () => {
  it('that is killed while its database is made begins anew, and is whole', async () => {
    await ok('start-addon', mariadb(), Started)
    const folder = join(agent.paths.volumes, `volume${MARIA}`)
    await until(async () => (await readdir(folder)).includes('.new-mysql'))

    await killServer(MARIA)
    await mariadbAnswers()
    await mysql('CREATE TABLE t (x TEXT); INSERT INTO t VALUES ("grün ✓");')

    const { stdout } = await mysql(
      'SELECT x FROM t; SELECT @@character_set_database, @@collation_database, @@innodb_buffer_pool_size; SELECT COUNT(*) FROM mysql.global_priv WHERE User IN ("", "root");',
    )
    expect(stdout).toBe('grün ✓\nutf8mb4\tutf8mb4_unicode_ci\t33554432\n1\n')
    const without = await exec(MARIA, ['mariadb', '-u', 'root', '-e', 'SELECT 1'])
    expect(without.stderr).toContain('Access denied')
  })
})

describe('a new Redis', () => {
  it('keeps what is written, and its users, over a crash', async () => {
    await ok('start-addon', redis(), Started)
    await redisAnswers()

    await redisCli('SET', 'k', 'v')
    await redisCli('ACL', 'SETUSER', 'blog', 'on', '>secret2', '~*', '+@all')
    await redisCli('ACL', 'SAVE')
    await sleep(1_500)
    await killServer(REDIS)
    await redisAnswers()

    expect((await redisCli('GET', 'k')).stdout).toBe('v\n')
    expect((await redisCli('ACL', 'USERS')).stdout).toBe('blog\ndefault\n')
    expect((await exec(REDIS, ['redis-cli', 'PING'])).stdout).toContain('NOAUTH')
  })
})

describe('what is measured of add-ons', () => {
  /** Of the newest sample. */
  async function measured(addonId: string) {
    const events = await collect(client.stream('read-samples', { since: null, follow: false }))
    const samples = events
      .map((event) => ReadSamplesEvent.parse(event))
      .flatMap((event) => (event.type === 'sample' ? [event.sample] : []))
    return samples.at(-1)?.containers.find(({ owner }) => owner === addonId)?.addon
  }
  const untilConnected = (addonId: string, count: number) =>
    until(async () => (await measured(addonId))?.connections === count)
  const numberOf = ({ stdout }: { stdout: string }): number => Number(/\d+/.exec(stdout)?.[0])
  /** What its clients print is nobody's: they end with the server. */
  const hold = (addonId: string, count: number, command: string, env: Record<string, string>) =>
    void exec(addonId, ['bash', '-c', `for n in $(seq ${count}); do ${command} & done; wait`], {
      env,
      timeoutMs: 600_000,
    }).catch(() => undefined)

  it('is how many are connected over the network, as the servers themselves count them', async () => {
    const sockets = []
    for (let n = 0; n < 5; n += 1) {
      const socket = connect(6_379, Object.values(await placesOf(REDIS))[0] ?? '')
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      socket.write('AUTH secret\r\n')
      sockets.push(socket)
    }
    const [ofPg = ''] = Object.values(await placesOf(PG, 2))
    hold(PG, 3, `psql -h ${ofPg} -U postgres -c "SELECT pg_sleep(600)" app`, {
      PGPASSWORD: PASSWORD,
    })
    const [ofMaria = ''] = Object.values(await placesOf(MARIA))
    await mysql("CREATE USER guest@'%' IDENTIFIED BY 'guest'")
    hold(MARIA, 2, `mariadb -h ${ofMaria} -u guest -e "SELECT SLEEP(600)"`, { MYSQL_PWD: 'guest' })

    // Who asks over the server's own socket or loopback is not counted here, and is one there.
    await untilConnected(REDIS, 5)
    expect(numberOf(await redisCli('INFO', 'clients')) - 1).toBe(5)
    await untilConnected(PG, 3)
    const ofBackends = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    expect(numberOf(await psql(ofBackends)) - 1).toBe(3)
    await untilConnected(MARIA, 2)
    const threads = await mysql("SHOW STATUS LIKE 'Threads_connected'")
    expect(numberOf(threads) - 1).toBe(2)

    for (const socket of sockets.slice(1)) socket.destroy()
    await untilConnected(REDIS, 1)
    sockets[0]?.destroy()
    await untilConnected(REDIS, 0)
  })

  it('is what their volumes take on the disk, as they are measured when somebody asks', async () => {
    const seen = await until(async () => (await measured(PG))?.sizeBytes ?? undefined)
    const { volumes } = await ok(
      'measure-volumes',
      { volumeIds: [`volume${PG}`] },
      z.object({ volumes: z.array(z.object({ sizeBytes: z.number() })) }),
    )

    expect(seen).toBeGreaterThan(2 ** 20)
    expect(seen / (volumes[0]?.sizeBytes ?? 0)).toBeCloseTo(1, 0)
  })
})

describe('at the end', () => {
  it('two servers never have one volume, and data that is missing is no new database', async () => {
    const second = await client.call('start-addon', {
      ...postgresql(),
      addonId: 'addonsecond00',
      volume: { volumeId: `volume${PG}`, mountPath: '/data', isNew: false },
    })
    const missing = await client.call('start-addon', {
      ...postgresql(),
      addonId: 'addonsecond00',
      volume: { volumeId: 'volumemissing', mountPath: '/data', isNew: false },
    })
    const unprepared = await client.call('start-addon', {
      ...postgresql(),
      addonId: 'addonsecond00',
      image: { reference: 'registry.invalid/mongo:8' },
    })

    expect(second).toMatchObject({ body: { error: { code: 'VOLUME_NOT_FOUND' } } })
    expect(missing).toMatchObject({ body: { error: { code: 'VOLUME_DATA_MISSING' } } })
    expect(unprepared).toMatchObject({ body: { error: { code: 'IMAGE_NOT_FOUND' } } })
    await client.call('remove-addon', { addonId: 'addonsecond00' })
  })

  it('nothing of a removed app or add-on is left but its volume', async () => {
    expect((await client.call('remove-app', { appId: A })).status).toBe(200)
    expect(Object.keys(await placesOf(PG, 2))).not.toContain(`vastrox-${agent.instance}-${A}`)
    for (const addonId of [PG, MARIA, REDIS]) await ok('remove-addon', { addonId }, z.object({}))
    await client.call('remove-app', { appId: B })

    expect(await idsOf(agent.engine, '/containers/json', agent.instance)).toEqual([])
    expect(await idsOf(agent.engine, '/networks', agent.instance)).toEqual([])
    const version = join(agent.paths.volumes, `volume${PG}`, 'postgresql', 'PG_VERSION')
    expect(await readFile(version, 'utf8')).toBe('17\n')
    const removed = await ok('remove-volume', { appId: PG, volumeId: `volume${PG}` }, z.object({}))
    expect(removed).toEqual({})
  })
})
