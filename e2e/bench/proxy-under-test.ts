import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { BoundSocket, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROCESS_ENV, pathsOf } from '@vastrox/shared/installation-paths.ts'
import { PROXY_WORKER_FLAGS } from '@vastrox/shared/proxy-worker.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'

interface Options {
  /** The worker's program: `dist/proxy.mjs`, or its source. */
  program: string
  workers: number
}

/**
 * Proxy workers as they are installed (own processes, inherited socket), with a stand-in for supervisor
 * and daemon around them.
 */
export async function startProxy({ program, workers }: Options) {
  const dataDir = await mkdtemp(join(tmpdir(), 'vastrox-bench-proxy-'))
  const paths = pathsOf(dataDir)
  await mkdir(join(paths.run, 'proxy'), { recursive: true })
  await mkdir(paths.proxy, { mode: 0o700 })
  const http = new BoundSocket({ host: '127.0.0.1', port: 0 })
  const https = new BoundSocket({ host: '127.0.0.1', port: 0 })

  const connected = new Set<Socket>()
  const waiting = new Set<() => void>()
  let acknowledged = 0
  const daemon = createServer((socket) => {
    connected.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => connected.delete(socket))
    // It ends with the socket, in whichever way that closes.
    follow(socket).catch(() => undefined)
  })
  async function follow(socket: Socket): Promise<void> {
    for await (const message of readNdjson(socket)) {
      if (JSON.stringify(message).includes('"acknowledge"')) acknowledged += 1
      for (const look of waiting) look()
    }
  }
  await new Promise<void>((resolve) => {
    daemon.listen(paths.proxySocket, resolve)
  })

  const start = (worker: number): ChildProcess =>
    spawn(process.execPath, [...PROXY_WORKER_FLAGS, program], {
      stdio: ['ignore', 'ignore', 'inherit', http.fd(), https.fd()],
      env: {
        [PROCESS_ENV.dataDir]: dataDir,
        [PROCESS_ENV.listenFds]: 'http=3,https=4',
        [PROCESS_ENV.worker]: String(worker),
      },
    })
  const children = Array.from({ length: workers }, (_, worker) => start(worker))
  const portOf = (socket: BoundSocket): number => {
    const address = socket.address()
    return typeof address === 'object' ? address.port : 0
  }

  async function until(isSo: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new Error('the workers do not answer')), 10_000)
    const look = (): void => {
      if (isSo()) resolve()
    }
    waiting.add(look)
    look()
    await promise.finally(() => {
      clearTimeout(timer)
      waiting.delete(look)
    })
  }

  async function tell(text: string): Promise<void> {
    await until(() => connected.size >= workers)
    acknowledged = 0
    for (const socket of connected) socket.write(text)
    await until(() => acknowledged >= workers)
  }

  return {
    port: portOf(http),
    httpsPort: portOf(https),
    pids: () => children.map((child) => child.pid ?? 0),
    start,
    /** Resolves when every worker serves it. */
    publish: (snapshot: object): Promise<void> =>
      tell(`${JSON.stringify({ type: 'snapshot', snapshot })}\n`),
    /** The same for a snapshot as it lies on the wire, its parts before it; gives how long that took. */
    async publishText(text: string): Promise<number> {
      await until(() => connected.size >= workers)
      const begun = performance.now()
      await tell(text)
      return performance.now() - begun
    },
    async stop(): Promise<void> {
      const ended = children.map(
        (child) =>
          new Promise((resolve) => {
            if (child.exitCode === null) child.once('exit', resolve)
            else resolve(undefined)
          }),
      )
      for (const child of children) child.kill('SIGTERM')
      await Promise.all(ended)
      for (const socket of connected) socket.destroy()
      daemon.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
