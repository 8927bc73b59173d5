import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { runOpenLoop } from '../bench/open-loop.ts'

const servers: { close(): unknown }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: portOf(server.address()) }
}

const portOf = (address: ReturnType<Server['address']>): number =>
  typeof address === 'object' && address ? address.port : 0

const isOk = (status: number, body: string): boolean => status === 200 && body === 'ok'

describe('the open-loop client', () => {
  it('asks at its rate, on new connections and kept ones in turn, with the host it was given', async () => {
    const connections = new Set<number | undefined>()
    let requests = 0
    let host: string | undefined
    const { port } = await serve((req, res) => {
      requests += 1
      host = req.headers.host
      connections.add(req.socket.remotePort)
      if (requests % 3 === 0) res.write('o')
      res.end(requests % 3 === 0 ? 'k' : 'ok')
    })

    const result = await runOpenLoop({
      port,
      host: 'a.test',
      ratePerSecond: 200,
      durationMs: 1_000,
      accept: isOk,
    })

    expect(result).toMatchObject({ sent: 200, ok: 200, failed: 0, reasons: {} })
    expect(host).toBe('a.test')
    expect(requests).toBe(200)
    expect(connections.size).toBeGreaterThanOrEqual(101)
    // One more for each request that comes while all kept ones are busy, as after a pause.
    expect(connections.size).toBeLessThan(180)
    expect(result.longestGapMs).toBeLessThan(1_000)
  })

  it('does not hide a stall: who was due meanwhile has waited', async () => {
    let stalled = false
    const { port } = await serve((_req, res) => {
      if (!stalled) {
        stalled = true
        const until = performance.now() + 400
        while (performance.now() < until);
      }
      res.end('ok')
    })

    const result = await runOpenLoop({
      port,
      host: 'a',
      ratePerSecond: 100,
      durationMs: 1_000,
      accept: isOk,
    })

    // Server and client share this thread, so the client stalls as well and must say so.
    expect(result.sent).toBe(100)
    expect(result.latencyMs.p95).toBeGreaterThan(250)
    expect(result.longestGapMs).toBeGreaterThan(350)
  })

  it('tells why what failed has failed', async () => {
    let turn = 0
    const { port } = await serve((req, res) => {
      turn += 1
      if (turn % 4 === 0) res.writeHead(502).end('ok')
      else if (turn % 4 === 1) res.end('other')
      else if (turn % 4 === 2) req.socket.resetAndDestroy()
      else {
        res.writeHead(200, { 'content-length': '100' })
        res.write('part')
        setTimeout(() => req.socket.destroy(), 5)
      }
    })

    const result = await runOpenLoop({
      port,
      host: 'a',
      ratePerSecond: 100,
      durationMs: 400,
      accept: isOk,
    })

    expect(result).toMatchObject({ sent: 40, ok: 0, failed: 40 })
    expect(result.reasons).toEqual({ 'status 502': 10, body: 10, reset: 10, closed: 10 })
  })

  it('counts a door that is shut, and a server that never answers', async () => {
    const { server, port } = await serve(() => undefined)
    const silent = createTcpServer(() => undefined)
    servers.push(silent)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    await new Promise((resolve) => server.close(resolve))
    const options = { host: 'a', ratePerSecond: 50, durationMs: 200, accept: isOk, timeoutMs: 300 }

    const refused = await runOpenLoop({ ...options, port })
    const timedOut = await runOpenLoop({ ...options, port: portOf(silent.address()) })

    expect(refused.reasons).toEqual({ refused: 10 })
    expect(timedOut.reasons).toEqual({ timeout: 10 })
  })

  it('ends early when it is told to', async () => {
    const { port } = await serve((_req, res) => res.end('ok'))
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 200)

    const result = await runOpenLoop({
      port,
      host: 'a',
      ratePerSecond: 100,
      durationMs: 60_000,
      signal: stop.signal,
      accept: isOk,
    })

    expect(result.sent).toBeGreaterThan(10)
    expect(result.sent).toBeLessThan(60)
    expect(result.failed).toBe(0)
  })
})
