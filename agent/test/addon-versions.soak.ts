import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AgentClient } from '#test/agent-client.ts'
import { collect } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'

const PASSWORD = 'p4ss word'
const Executed = z.object({ exitCode: z.number(), stdout: z.string(), stderr: z.string() })

let agent: RunningAgent
let client: AgentClient
let number = 0

/** Starts one of its own volume, and gives how commands are run in it. */
async function start(stack: string, version: string, program: string, secret: string) {
  const last = (await collect(client.stream('prepare-image', { stack, version }))).at(-1)
  expect(last).toMatchObject({ type: 'done' })
  number += 1
  const addonId = `addon000${number}`
  const { status, body } = await client.call('start-addon', {
    addonId,
    addonName: stack.slice(0, 8),
    generation: 1,
    image: { prepared: { stack, version } },
    command: [program],
    env: secret === '' ? {} : { [secret]: PASSWORD },
    volume: { volumeId: `volume000${number}`, mountPath: '/data', isNew: true },
    limits: { memoryBytes: 256 * 2 ** 20, cpuMillis: 0 },
    stopGraceMs: 10_000,
  })
  expect([status, body]).toEqual([200, body])
  const exec = async (
    argv: string[],
    env: Record<string, string> = {},
    stdin = '',
  ): Promise<z.infer<typeof Executed>> => {
    const said = await client.call('exec-addon', { addonId, argv, env, stdin, timeoutMs: 60_000 })
    return (
      Executed.safeParse(said.body).data ?? {
        exitCode: -1,
        stdout: '',
        stderr: JSON.stringify(said.body),
      }
    )
  }
  return {
    exec,
    must: async (argv: string[], env: Record<string, string> = {}, stdin = ''): Promise<string> => {
      const { exitCode, stdout, stderr } = await exec(argv, env, stdin)
      expect([exitCode, stderr]).toEqual([0, stderr])
      return stdout
    },
    untilReady: async (argv: string[], env: Record<string, string> = {}): Promise<void> => {
      for (let turn = 0; turn < 600; turn++) {
        if ((await exec(argv, env)).exitCode === 0) return
        await sleep(100)
      }
      throw new Error(`${stack} ${version} does not answer`)
    },
    end: () => client.call('remove-addon', { addonId }),
  }
}

beforeAll(async () => {
  agent = await runAgent()
  client = agent.client()
})
afterAll(() => agent.remove())

describe('PostgreSQL', () => {
  it.each(['17', '15', '13'])(
    'of version %s has a database whose owner role shares everything, extensions, and its tools',
    async (version) => {
      const env = { PGPASSWORD: PASSWORD }
      const { exec, must, untilReady, end } = await start(
        'postgresql',
        version,
        'postgres',
        'POSTGRES_PASSWORD',
      )
      const sql = (text: string, more: string[] = []) =>
        must(
          ['psql', '-XAtq', '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', ...more, 'app'],
          env,
          text,
        )
      await untilReady(['psql', '-X', '-U', 'postgres', '-c', 'SELECT 1', 'app'], env)

      expect(await sql('SHOW server_version')).toMatch(new RegExp(`^${version}\\.`))
      await sql(`CREATE ROLE blog LOGIN PASSWORD 'a' IN ROLE app_owner; ALTER ROLE blog SET role = app_owner;
        CREATE ROLE shop LOGIN PASSWORD 'b' IN ROLE app_owner; ALTER ROLE shop SET role = app_owner;
        CREATE ROLE stranger LOGIN PASSWORD 'c'`)
      const as = (user: string, PGPASSWORD: string, text: string, host = '127.0.0.1') =>
        exec(
          ['psql', '-XAtq', '-h', host, '-U', user, '-v', 'ON_ERROR_STOP=1', 'app'],
          { PGPASSWORD },
          text,
        )
      const extensions = ['pgcrypto', 'pg_trgm', ...(version === '17' ? ['vector'] : [])]
      for (const each of extensions)
        expect(await as('blog', 'a', `CREATE EXTENSION ${each}`)).toMatchObject({ exitCode: 0 })
      expect(await as('blog', 'a', 'CREATE TABLE t AS SELECT 1 AS x')).toMatchObject({
        exitCode: 0,
      })
      expect(await as('shop', 'b', 'ALTER TABLE t ADD y int; SELECT x FROM t')).toMatchObject({
        stdout: '1\n',
      })
      expect((await as('stranger', 'c', 'SELECT 1')).stderr).toContain('permission denied')
      expect((await as('blog', 'wrong', 'SELECT 1')).stderr).toContain('authentication failed')

      const dump = await must(
        ['sh', '-c', 'pg_dump -Fc -U postgres app > /tmp/d && pg_restore -l /tmp/d'],
        env,
      )
      expect(dump).toContain('TABLE public t')
      const check = ['pg_amcheck', '--install-missing', '--heapallindexed', '-U', 'postgres']
      await sql('CREATE TABLE n (id int PRIMARY KEY); INSERT INTO n SELECT generate_series(1, 9)')
      await must([...check, '-d', 'app'], env)
      // A row that its index does not know of.
      await sql(
        "UPDATE pg_index SET indisready = false WHERE indexrelid = 'n_pkey'::regclass; INSERT INTO n VALUES (10); UPDATE pg_index SET indisready = true WHERE indexrelid = 'n_pkey'::regclass",
      )
      expect((await exec([...check, '-d', 'app'], env)).exitCode).not.toBe(0)
      await end()
    },
  )
})

describe('MariaDB', () => {
  it.each(['11.8', '10.11', '10.5'])(
    'of version %s begins by itself, and has its tools',
    async (version) => {
      const env = { MYSQL_PWD: PASSWORD }
      const { exec, must, untilReady, end } = await start(
        'mariadb',
        version,
        'mariadbd',
        'MARIADB_ROOT_PASSWORD',
      )
      await untilReady(['mariadb', '-u', 'root', '-e', 'SELECT 1', 'app'], env)
      const sql = (text: string) => must(['mariadb', '-N', '-u', 'root', 'app'], env, text)

      expect(await sql('SELECT VERSION()')).toContain(version)
      await sql(
        "CREATE USER 'blog'@'%' IDENTIFIED BY 'a'; GRANT ALL ON app.* TO 'blog'@'%'; CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('ü')",
      )
      const blog = ['-h', '127.0.0.1', '-u', 'blog']
      expect(
        (await exec(['mariadb', '-N', ...blog, 'app', '-e', 'SELECT x FROM t'], { MYSQL_PWD: 'a' }))
          .stdout,
      ).toBe('ü\n')
      const root = await exec(['mariadb', '-h', '127.0.0.1', '-u', 'root', '-e', 'SELECT 1'], env)
      expect(root.stderr).toContain('denied')
      expect(await sql('SELECT @@collation_database')).toBe('utf8mb4_unicode_ci\n')
      const dump = await must(['mariadb-dump', '-u', 'root', '--single-transaction', 'app'], env)
      expect(dump).toContain('-- Dump completed')
      await must(['mariadb-check', '-u', 'root', 'app'], env)
      await end()
    },
  )
})

describe('Redis and Valkey', () => {
  it.each([
    ['redis', '8.0', 'redis'],
    ['redis', '7.0', 'redis'],
    ['valkey', '8.1', 'valkey'],
  ])('%s %s has a password, users on its volume, and its tools', async (stack, version, name) => {
    const env = { REDISCLI_AUTH: PASSWORD }
    const { exec, must, untilReady, end } = await start(
      stack,
      version,
      `${name}-server`,
      'REDIS_PASSWORD',
    )
    const cli = (...args: string[]) => must([`${name}-cli`, ...args], env)
    await untilReady([`${name}-cli`, 'PING'], env)

    expect(await cli('INFO', 'server')).toContain(`${name}_version:${version}.`)
    expect((await exec([`${name}-cli`, 'PING'])).stdout).toContain('NOAUTH')
    await cli('SET', 'k', 'v')
    await cli('ACL', 'SETUSER', 'blog', 'on', '>a', '~*', '+@all', '-@admin')
    expect(await cli('ACL', 'SAVE')).toBe('OK\n')
    expect(await cli('BGREWRITEAOF')).toContain('append only file rewriting')
    await must([`${name}-check-rdb`, '--version'])
    await end()
  })
})

describe('Memcached', () => {
  it('answers', async () => {
    const { exec, untilReady, end } = await start('memcached', '1.6', 'memcached', '')
    await untilReady(['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/11211'])
    const said = await exec([
      'bash',
      '-c',
      'exec 3<>/dev/tcp/127.0.0.1/11211; printf "version\\r\\nquit\\r\\n" >&3; cat <&3',
    ])
    expect(said.stdout).toMatch(/^VERSION 1\.6\./)
    await end()
  })
})
