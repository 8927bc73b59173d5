import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProxyAdapter } from '#adapters/proxy/proxy-adapter.ts'
import type { Route, RouteInstance, RoutingSnapshot } from '#ports/routing-snapshot.ts'
import type { Limits } from '#proxy/limits.ts'
import { startWorker, type WorkerOptions } from '#proxy/worker.ts'

export const HOST = 'app.test'

export const instanceAt = (port: number, name = `i-${port}`, release = 1): RouteInstance => ({
  name,
  host: '127.0.0.1',
  port,
  release,
})

export const routeTo = (instances: RouteInstance[], changes: Partial<Route> = {}): Route => ({
  id: 'route-1',
  app: 'app',
  host: HOST,
  pathPrefix: '/',
  state: 'serving',
  redirectToHttps: false,
  instances,
  maxBodyBytes: 100 * 2 ** 20,
  ...changes,
})

let generation = 0

export const snapshotOf = (
  routes: Route[],
  changes: Partial<RoutingSnapshot> = {},
): RoutingSnapshot => {
  generation += 1
  return {
    generation,
    routes,
    certificates: [],
    challenges: [],
    settings: { httpsPort: 443, baseDomain: 'test', trustedProxies: [] },
    ...changes,
  }
}

/** A worker and the daemon's end of its socket, in this process, on loopback ports. */
export async function createRig(
  options: { limits?: Partial<Limits>; https?: boolean; fastLane?: boolean } = {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'vastrox-proxy-'))
  const controlSocket = join(directory, 'proxy.sock')
  const said: string[] = []
  const endings: (() => unknown)[] = []
  const say = (line: string): number => said.push(line)

  const adapter = await createProxyAdapter({ socketPath: controlSocket, say })
  const start = (changes: Partial<WorkerOptions> = {}) =>
    startWorker({
      worker: 0,
      directory,
      controlSocket,
      http: { host: '127.0.0.1', port: 0 },
      https: options.https ? { host: '127.0.0.1', port: 0 } : undefined,
      limits: { drainIdleMs: 100, ...options.limits },
      fastLane: options.fastLane ?? true,
      say,
      ...changes,
    })
  const worker = await start()
  await until(() => adapter.workers().length === 1)

  return {
    directory,
    controlSocket,
    said,
    adapter,
    worker,
    start,
    port: worker.ports.http ?? 0,
    httpsPort: worker.ports.https ?? 0,
    publish: (routes: Route[], changes: Partial<RoutingSnapshot> = {}) =>
      adapter.publish(snapshotOf(routes, changes), 20_000),
    /** An upstream of Node's own; ended with the rig. */
    async upstream(listener: RequestListener): Promise<{ server: Server; port: number }> {
      const server = createServer(listener)
      const port = await listen(server)
      endings.push(() => {
        server.closeAllConnections()
        server.close()
      })
      return { server, port }
    },
    /** An upstream that says exactly what the test writes. */
    async rawUpstream(onConnection: (socket: Socket) => void): Promise<{ port: number }> {
      const sockets = new Set<Socket>()
      const server = createTcpServer((socket) => {
        sockets.add(socket)
        socket.on('error', () => undefined)
        socket.once('close', () => sockets.delete(socket))
        onConnection(socket)
      })
      const port = await listen(server)
      endings.push(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
      return { port }
    },
    onEnd: (ending: () => unknown): number => endings.push(ending),
    async end(): Promise<void> {
      for (const ending of endings) await ending()
      await adapter.close()
      await worker.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
export type Rig = Awaited<ReturnType<typeof createRig>>

export async function listen(server: {
  listen(port: number, host: string, done: () => void): unknown
  address(): AddressInfo | string | null
}): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Waits until it is so; fails after `timeoutMs`. */
export async function until(isSo: () => boolean, timeoutMs = 15_000): Promise<void> {
  const since = performance.now()
  while (!isSo()) {
    if (performance.now() - since > timeoutMs) throw new Error(`never so: ${String(isSo)}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export interface RawAnswer {
  text: string
  /** The other side closed; otherwise time ran out. */
  closed: boolean
}

/** Writes the bytes and gives back everything that comes until the end or `quietMs` of silence. */
export function sendRaw(port: number, bytes: string | Buffer, quietMs = 300): Promise<RawAnswer> {
  const { promise, resolve } = Promise.withResolvers<RawAnswer>()
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  let timer: NodeJS.Timeout | undefined
  const finish = (closed: boolean): void => {
    clearTimeout(timer)
    socket.destroy()
    resolve({ text: Buffer.concat(chunks).toString('latin1'), closed })
  }
  const restart = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => finish(false), quietMs)
  }
  restart()
  socket.on('connect', () => socket.write(bytes))
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    restart()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => finish(true))
  return promise
}

export const statusesOf = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]))
