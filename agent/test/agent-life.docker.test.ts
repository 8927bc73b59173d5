import { mkdir, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAgentClient } from '#test/agent-client.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'

describe('an agent at its socket', () => {
  let agent: RunningAgent
  beforeAll(async () => {
    agent = await runAgent()
  })
  afterAll(() => agent.remove())

  it('describes machine and engine', async () => {
    const { status, body } = await agent.client().call('describe-node')

    expect(status).toBe(200)
    expect(body).toMatchObject({ node: 'local', engine: { storageDriver: expect.any(String) } })
    expect(body['memoryAvailableBytes']).toBeLessThanOrEqual(Number(body['memoryBytes']))
  })

  it('lets root and its group alone reach the socket, from its first moment', async () => {
    const directory = await stat(join(agent.paths.agentSocket, '..'))
    const socket = await stat(agent.paths.agentSocket)

    expect((directory.mode & 0o777).toString(8)).toBe('750')
    expect((socket.mode & 0o777).toString(8)).toBe('660')
    expect([directory.uid, socket.uid]).toEqual([0, 0])
  })

  it('refuses what is not a verb, not JSON, not of the verb’s form, and says why', async () => {
    const client = agent.client()

    expect(await client.call('constructor')).toMatchObject({
      status: 404,
      body: { error: { code: 'VERB_NOT_FOUND' } },
    })
    expect(
      await client.call('stop-instances', { names: ['x; rm -rf /'], graceMs: 0 }),
    ).toMatchObject({
      status: 400,
      body: { error: { code: 'REQUEST_INVALID', message: expect.stringContaining('names.0') } },
    })
    expect(await client.call('list-listeners', { name: 'vastrox-000000-none' })).toMatchObject({
      status: 404,
      body: { error: { code: 'INSTANCE_NOT_FOUND' } },
    })
  })

  it('refuses a stale daemon, after a restart as well (rule K4)', async () => {
    await agent.client(20).call('measure-instances')
    await agent.stop('SIGKILL')
    await agent.start()

    expect(await agent.client(19).call('measure-instances')).toMatchObject({
      status: 409,
      body: { error: { code: 'FENCED' } },
    })
    expect((await agent.client(20).call('measure-instances')).status).toBe(200)
  })

  it('ends within 2 s of SIGTERM, with a stream still open, and comes back', async () => {
    const watching = agent.client(20).stream('watch')
    await watching.next()

    expect(await agent.stop()).toBeLessThan(2_000)
    await expect(watching.next()).rejects.toThrow(/aborted|hang up|reset/i)
    await agent.start()
    expect((await agent.client(20).call('describe-node')).status).toBe(200)
  })
})

describe('an agent whose engine is away', () => {
  it('starts, says so in every verb, and recovers by itself', async () => {
    const socket = join('/tmp', `vastrox-fake-engine-${process.pid}.sock`)
    const agent = await runAgent({ VASTROX_ENGINE_SOCKET: socket })
    const client = agent.client()
    try {
      const away = await client.call('list-instances')
      const described = await client.call('describe-node')
      const engine = createServer((request, response) => {
        if (request.url === '/_ping') response.setHeader('Api-Version', '1.41')
        response.end('[]')
      })
      await new Promise<void>((resolve) => {
        engine.listen(socket, resolve)
      })
      const back = await client.call('list-instances')
      engine.closeAllConnections()
      await new Promise((resolve) => engine.close(resolve))
      const gone = await client.call('list-instances')

      expect(away).toMatchObject({ status: 503, body: { error: { code: 'ENGINE_UNREACHABLE' } } })
      expect(described).toMatchObject({ status: 200, body: { engine: null } })
      expect(back).toEqual({ status: 200, body: { instances: [] } })
      expect(gone).toMatchObject({ status: 503, body: { error: { code: 'ENGINE_UNREACHABLE' } } })
    } finally {
      await agent.remove()
    }
  })
})

describe('an agent that may not start', () => {
  it('says in one line that its configuration is missing', async () => {
    await mkdir('/tmp/vastrox-agent-none', { recursive: true })
    const { run } = await import('@vastrox/shared/node/run.ts')
    const result = await run(
      `/${process.execPath.slice(1)}`,
      [join(import.meta.dirname, '../src/main.ts')],
      {
        env: { VASTROX_DATA_DIR: '/tmp/vastrox-agent-none' },
        timeoutMs: 10_000,
      },
    )

    expect(result.exitCode).toBe(1)
    expect(JSON.parse(result.stdout.toString())).toMatchObject({
      event: 'agent.failed',
      reason: expect.stringContaining('config.json'),
    })
    await expect(
      createAgentClient('/tmp/vastrox-agent-none/run/agent/agent.sock').call('describe-node'),
    ).rejects.toThrow('ENOENT')
  })
})
