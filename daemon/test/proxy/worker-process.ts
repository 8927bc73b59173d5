import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { BoundSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PROCESS_ENV, pathsOf } from '@vastrox/shared/installation-paths.ts'
import { PROXY_WORKER_FLAGS } from '@vastrox/shared/proxy-worker.ts'

/** The descriptor on which a worker says that it is ready, and then that it lives. */
export const BEATS_ON = 5
const MAIN = resolve(import.meta.dirname, '../../src/proxy/main.ts')

/** What the supervisor is to the workers: bound sockets and a data directory. */
export async function createWorkerHost(address = '127.0.0.1') {
  const dataDir = await mkdtemp(join(tmpdir(), 'vastrox-workers-'))
  const paths = pathsOf(dataDir)
  await mkdir(join(paths.run, 'proxy'), { recursive: true })
  await mkdir(paths.proxy, { mode: 0o700 })
  const http = new BoundSocket({ host: address, port: 0 })
  const https = new BoundSocket({ host: address, port: 0 })
  const children: ChildProcess[] = []
  const bound = http.address()

  return {
    paths,
    port: typeof bound === 'object' ? bound.port : 0,
    /** Resolves when the worker serves. */
    async start(worker = 0): Promise<ChildProcess> {
      const child = spawn(process.execPath, [...PROXY_WORKER_FLAGS, MAIN], {
        stdio: ['ignore', 'ignore', 'pipe', http.fd(), https.fd(), 'pipe'],
        env: {
          [PROCESS_ENV.dataDir]: dataDir,
          [PROCESS_ENV.listenFds]: 'http=3,https=4',
          [PROCESS_ENV.readyFd]: String(BEATS_ON),
          [PROCESS_ENV.worker]: String(worker),
        },
      })
      children.push(child)
      for await (const line of child.stderr ?? []) if (String(line).includes('worker is up')) break
      return child
    },
    async end(): Promise<void> {
      for (const child of children) child.kill('SIGKILL')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
export type WorkerHost = Awaited<ReturnType<typeof createWorkerHost>>

export async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

export async function residentBytes(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1_024
}
