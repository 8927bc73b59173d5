import type { ChildProcess } from 'node:child_process'
import { Agent, createServer, request as httpRequest, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProxyAdapter, type ProxyAdapter } from '#adapters/proxy/proxy-adapter.ts'
import { HOST, instanceAt, listen, routeTo, snapshotOf, until } from '#test/proxy/rig.ts'
import {
  BEATS_ON,
  createWorkerHost,
  ended,
  residentBytes,
  type WorkerHost,
} from '#test/proxy/worker-process.ts'

const MiB = 2 ** 20

describe('workers as processes', () => {
  let host: WorkerHost
  let adapter: ProxyAdapter | undefined
  let upstream: Server
  let upstreamPort = 0
  const agents: Agent[] = []
  beforeEach(async () => {
    host = await createWorkerHost()
    upstream = createServer((req, res) => {
      if (req.url === '/echo') req.pipe(res)
      else setTimeout(() => res.end('served'), req.url === '/slow' ? 600 : 0)
    })
    upstreamPort = await listen(upstream)
    adapter = await createProxyAdapter({ socketPath: host.paths.proxySocket, say: () => undefined })
  })
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.destroy()
    await adapter?.close()
    upstream.closeAllConnections()
    upstream.close()
    await host.end()
  })

  async function serve(workers: number): Promise<ChildProcess[]> {
    const children: ChildProcess[] = []
    for (let worker = 0; worker < workers; worker += 1) children.push(await host.start(worker))
    await until(() => adapter?.workers().length === workers)
    const route = routeTo([instanceAt(upstreamPort)], { maxBodyBytes: 2 ** 30 })
    await adapter?.publish(snapshotOf([route]), 5_000)
    return children
  }

  function ask(agent: Agent | false = false, path = '/'): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const req = httpRequest(
      { host: '127.0.0.1', port: host.port, agent, path, headers: { host: HOST } },
      (res) => {
        let text = `${res.statusCode} `
        res.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        res.on('error', reject)
        res.on('end', () => resolve(text))
      },
    )
    req.on('error', reject)
    req.end()
    return promise
  }

  function startLoad(everyMs: number) {
    const agent = new Agent({ keepAlive: true, maxSockets: 3 })
    agents.push(agent)
    const failures: string[] = []
    const asked: Promise<void>[] = []
    let turn = 0
    const timer = setInterval(() => {
      turn += 1
      asked.push(
        ask(turn % 2 === 0 ? agent : false).then(
          (answer) => {
            if (answer !== '200 served') failures.push(answer)
          },
          (error: unknown) => void failures.push(String(error)),
        ),
      )
    }, everyMs)
    return {
      failures,
      async stop(): Promise<number> {
        clearInterval(timer)
        await Promise.all(asked)
        return asked.length
      },
    }
  }

  it('D6 a worker that restarts with the daemon dead serves the last-good snapshot', async () => {
    const [first] = await serve(1)
    await adapter?.close()
    adapter = undefined
    first?.kill('SIGKILL')
    if (first) await ended(first)

    const waiting = ask()
    await host.start()

    expect(await waiting).toBe('200 served')
    expect(await ask()).toBe('200 served')
  })

  it('finds the daemon again by itself, and takes what changed meanwhile', async () => {
    await serve(1)
    await adapter?.close()
    await sleep(300)
    expect(await ask()).toBe('200 served')

    adapter = await createProxyAdapter({ socketPath: host.paths.proxySocket, say: () => undefined })
    await adapter.publish(snapshotOf([routeTo([], { state: 'stopped' })]), 1_000)
    await until(() => adapter?.workers().length === 1)
    await until(() => adapter?.workers().every(({ generation }) => generation > 0) === true)
    await sleep(50)

    expect(await ask()).toMatch(/^503 /)
  })

  it('shows its supervisor that it is ready, and every second that it lives', async () => {
    const worker = await host.start()
    let said = ''
    worker.stdio.at(BEATS_ON)?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })

    await until(() => said.length >= 'ready\n..'.length)
    worker.kill('SIGSTOP')
    await sleep(100)
    const whenStopped = said
    await sleep(1_500)

    expect(said).toMatch(/^ready\n\.+$/)
    expect(said).toBe(whenStopped)
  })

  it('refuses no connection while a worker is killed and started again', async () => {
    const [first] = await serve(2)
    const load = startLoad(5)
    await sleep(300)
    first?.kill('SIGKILL')
    await sleep(50)
    await host.start(0)
    await sleep(400)
    await load.stop()

    // What was in flight in the killed worker may be lost; nobody is turned away at the door.
    expect(load.failures.filter((failure) => failure.includes('ECONNREFUSED'))).toEqual([])
    expect(load.failures.length).toBeLessThan(8)
  })

  it('drops nothing when it is replaced: the successor first, then SIGTERM', async () => {
    const [first] = await serve(1)
    const load = startLoad(4)
    await sleep(200)
    const slow = ask(false, '/slow')
    await sleep(50)
    const started = performance.now()
    await host.start(0)
    first?.kill('SIGTERM')
    const exitCode = first ? await ended(first) : undefined
    const tookMs = performance.now() - started
    await sleep(200)
    const asked = await load.stop()

    expect(exitCode).toBe(0)
    expect(tookMs).toBeLessThan(15_000)
    expect(await slow).toBe('200 served')
    expect(asked).toBeGreaterThan(100)
    expect(load.failures).toEqual([])
  })

  it('stream 200 MB both ways in flat memory', async () => {
    const [worker] = await serve(1)
    if (!worker) throw new Error('no worker')
    const before = await residentBytes(worker)
    const chunk = Buffer.alloc(64 * 1024, 'v')
    let received = 0
    let highest = 0

    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const req = httpRequest(
      {
        host: '127.0.0.1',
        port: host.port,
        method: 'POST',
        path: '/echo',
        headers: { host: HOST },
      },
      (res) => {
        res.on('data', (data: Buffer) => {
          received += data.length
        })
        res.on('end', resolve)
        res.on('error', reject)
      },
    )
    req.on('error', reject)
    for (let sent = 0; sent < 200 * MiB; sent += chunk.length) {
      if (!req.write(chunk)) await new Promise((drained) => req.once('drain', drained))
      if (sent % (4 * MiB) === 0) highest = Math.max(highest, await residentBytes(worker))
    }
    req.end()
    await promise

    expect(received).toBe(200 * MiB)
    expect((highest - before) / MiB).toBeLessThan(80)
  })
})
