import { Agent, createServer, request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProxyAdapter, type ProxyAdapter } from '#adapters/proxy/proxy-adapter.ts'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import { instanceAt, listen, routeTo, snapshotOf, until } from '#test/proxy/rig.ts'
import { createWorkerHost, type WorkerHost } from '#test/proxy/worker-process.ts'
import { createDefaultCertificate } from './default-certificate.ts'

const MANY = 10_000

describe('10,000 routes and 10,000 certificates', () => {
  let host: WorkerHost
  let adapter: ProxyAdapter
  beforeEach(async () => {
    host = await createWorkerHost()
    adapter = await createProxyAdapter({ socketPath: host.paths.proxySocket, say: () => undefined })
  })
  afterEach(async () => {
    await adapter.close()
    await host.end()
  })

  it('are taken without a connection noticing it, and an answer is given between any two', async () => {
    const upstream = createServer((_req, res) => res.end('served'))
    const port = await listen(upstream)
    const pair = createDefaultCertificate(new Date())
    const certificates = Array.from({ length: MANY }, (_, at) => ({
      id: `c${at}`,
      hosts: [`app-${at}.test`],
      certificatePem: `${pair.certificatePem}# ${at}\n`,
      keyPem: pair.keyPem,
    }))
    const routes = Array.from({ length: MANY }, (_, at) =>
      routeTo([instanceAt(port, `i-${at}`)], { id: `r${at}`, host: `app-${at}.test` }),
    )
    const snapshot = (): RoutingSnapshot => snapshotOf(routes, { certificates })
    await host.start(0)
    await until(() => adapter.workers().length === 1)
    await adapter.publish(snapshot(), 30_000)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    let answered = 0
    const over = new AbortController()
    const asking = (async () => {
      while (!over.signal.aborted) {
        expect(await ask(agent, host.port, sockets)).toBe('200 served')
        answered += 1
      }
    })()
    for (let turn = 0; turn < 3; turn += 1) await adapter.publish(snapshot(), 30_000)
    over.abort()
    await asking
    agent.destroy()
    upstream.close()
    upstream.closeAllConnections()

    expect(answered).toBeGreaterThan(2)
    expect(sockets.size).toBe(1)
  })
})

function ask(agent: Agent, port: number, sockets: Set<unknown>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const req = request(
    { host: '127.0.0.1', port, agent, headers: { host: 'app-7.test' } },
    (res) => {
      let text = `${res.statusCode} `
      sockets.add(res.socket)
      res.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      res.on('end', () => resolve(text))
    },
  )
  req.on('error', reject)
  req.end()
  return promise
}
