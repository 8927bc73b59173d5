import { chmod, chown, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import type { Proxy } from '#ports/proxy.ts'
import {
  type DaemonToWorker,
  type InstanceCounts,
  type RoutingSnapshot,
  WorkerToDaemon,
} from '#ports/routing-snapshot.ts'

interface Options {
  socketPath: string
  /** Group of the proxy workers; the socket is 0660 and theirs. Undefined: the process's own. */
  gid?: number
  say: (line: string) => void
}

interface LiveWorker {
  worker: number
  pid: number
  generation: number
  /** The publication it has acknowledged last. */
  acknowledged: number
  answers: Map<number, (underWay: number) => void>
  socket: Socket
}

interface Publication {
  number: number
  snapshot: RoutingSnapshot
}

/** A worker says hello, acknowledges, counts; 64 MiB a line is for the way to it. */
const MAX_LINE_BYTES = 4 * 2 ** 20
const MAX_UNSENT_BYTES = 64 * 2 ** 20

/** The daemon's end of proxy.sock: workers dial, and are given the newest snapshot from then on. */
export async function createProxyAdapter({ socketPath, gid, say }: Options) {
  const workers = new Set<LiveWorker>()
  const connections = new Set<Socket>()
  const listeners = new Set<(counts: InstanceCounts[]) => void>()
  /** Waiting publishes look at this after every acknowledgement and every worker that leaves. */
  const waiting = new Set<() => void>()
  /** Nothing before the first publish: a worker keeps its last-good, and is never given an empty table. */
  let current: Publication | undefined
  let publications = 0
  let questions = 0

  const server = createServer((socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
    socket.on('error', () => socket.destroy())
    void serve(socket)
  })
  await rm(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  if (gid !== undefined) await chown(socketPath, process.getuid?.() ?? 0, gid)
  await chmod(socketPath, 0o660)

  async function serve(socket: Socket): Promise<void> {
    let live: LiveWorker | undefined
    try {
      for await (const line of readNdjson(socket, MAX_LINE_BYTES)) {
        const message = WorkerToDaemon.parse(line)
        if (message.type === 'hello') live ??= welcome(message, socket)
        else if (live) onMessage(live, message)
      }
    } catch (error) {
      // A connection that breaks is a worker that ended; only nonsense is worth a line.
      if (!(error instanceof Error && 'code' in error)) say(`proxy.sock: ${String(error)}`)
    }
    socket.destroy()
    if (live) farewell(live)
  }

  function welcome(hello: Extract<WorkerToDaemon, { type: 'hello' }>, socket: Socket): LiveWorker {
    const { worker, pid, generation } = hello
    const live: LiveWorker = {
      worker,
      pid,
      generation,
      acknowledged: 0,
      answers: new Map(),
      socket,
    }
    workers.add(live)
    if (current) tell(live, { type: 'snapshot', snapshot: current.snapshot })
    return live
  }

  function farewell(live: LiveWorker): void {
    workers.delete(live)
    for (const answer of live.answers.values()) answer(0)
    lookAgain()
  }

  function onMessage(live: LiveWorker, message: WorkerToDaemon): void {
    switch (message.type) {
      case 'acknowledge':
        live.generation = message.generation
        if (current?.snapshot.generation === message.generation) live.acknowledged = current.number
        lookAgain()
        return
      case 'draining': {
        const answer = live.answers.get(message.question)
        live.answers.delete(message.question)
        answer?.(Object.values(message.underWay).reduce((sum, count) => sum + count, 0))
        return
      }
      case 'counts':
        for (const listener of listeners) listener(message.counts)
        return
      case 'hello':
    }
  }

  const lookAgain = (): void => {
    for (const look of waiting) look()
  }

  /** A worker that takes nothing any more is let go; alive, it dials again and gets the newest. */
  const tell = (live: LiveWorker, message: DaemonToWorker): void => {
    if (live.socket.writableLength > MAX_UNSENT_BYTES) live.socket.destroy()
    else live.socket.write(`${JSON.stringify(message)}\n`)
  }

  const proxy: Proxy = {
    async publish(snapshot, timeoutMs) {
      publications += 1
      const publication = { number: publications, snapshot }
      current = publication
      for (const live of workers) tell(live, { type: 'snapshot', snapshot })

      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const look = (): void => {
        if ([...workers].every((live) => live.acknowledged >= publication.number)) resolve()
      }
      const timer = setTimeout(() => {
        const late = [...workers].filter((live) => live.acknowledged < publication.number)
        reject(
          new CodedError('ROUTE_SWITCH_FAILED', {
            generation: snapshot.generation,
            workers: late.map(({ worker }) => worker),
          }),
        )
      }, timeoutMs)
      waiting.add(look)
      look()
      try {
        await promise
      } finally {
        clearTimeout(timer)
        waiting.delete(look)
      }
    },

    async underWay(instances, timeoutMs) {
      const counts = await Promise.all(
        [...workers].map((live) => ask(live, [...instances], timeoutMs)),
      )
      return counts.reduce((sum, count) => sum + count, 0)
    },

    cut(instances) {
      for (const live of workers) tell(live, { type: 'cut', instances: [...instances] })
    },

    onCounts(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    workers: () => [...workers].map(({ worker, pid, generation }) => ({ worker, pid, generation })),
  }

  function ask(live: LiveWorker, instances: string[], timeoutMs: number): Promise<number> {
    questions += 1
    const question = questions
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const timer = setTimeout(() => {
      live.answers.delete(question)
      reject(
        new CodedError('ROUTE_SWITCH_FAILED', {
          reason: `Proxy worker ${live.worker} did not answer in ${timeoutMs} ms.`,
        }),
      )
    }, timeoutMs)
    live.answers.set(question, (underWay) => {
      clearTimeout(timer)
      resolve(underWay)
    })
    tell(live, { type: 'drain', question, instances })
    return promise
  }

  return {
    ...proxy,
    async close(): Promise<void> {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      for (const socket of connections) socket.destroy()
      await closed
      await rm(socketPath, { force: true })
    },
  }
}
export type ProxyAdapter = Awaited<ReturnType<typeof createProxyAdapter>>
