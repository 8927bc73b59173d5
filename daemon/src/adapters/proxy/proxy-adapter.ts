import { chmod, chown, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import type { Proxy } from '#ports/proxy.ts'
import {
  type DaemonToWorker,
  type InstanceCounts,
  type Refusal,
  WorkerToDaemon,
} from '#ports/routing-snapshot.ts'
import { createEdgeIntake } from './edge-intake.ts'
import { createPublication, type Publication } from './publication.ts'

interface Options {
  socketPath: string
  /** Group of the proxy workers; the socket is 0660 and theirs. Undefined: the process's own. */
  gid?: number
  /** How many workers there are when all is well. */
  expectedWorkers?: number
  /** How long a worker that is not there is waited for, since the start or since one was lost. */
  patienceMs?: number
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
  /** It counts in slots and was told that they are taken. */
  isAsked: boolean
  wire: number
  /** Digests of the certificates it holds; undefined for a worker that takes them in the snapshot only. */
  holds: ReadonlySet<string> | undefined
}

/** A worker says hello, acknowledges, counts; 64 MiB a line is for the way to it. */
const MAX_LINE_BYTES = 4 * 2 ** 20
/** 10,000 certificates on the way to a new worker are 40 to 60 MB. */
const MAX_UNSENT_BYTES = 192 * 2 ** 20
/** A worker dials every 200 ms at first, and every second later; one that takes longer has ended. */
const PATIENCE_MS = 2_500

/** The daemon's end of proxy.sock: workers dial, and are given the newest snapshot from then on. */
export async function createProxyAdapter({
  socketPath,
  gid,
  expectedWorkers = 0,
  patienceMs = PATIENCE_MS,
  say,
}: Options) {
  const workers = new Set<LiveWorker>()
  const connections = new Set<Socket>()
  const listeners = new Set<(counts: InstanceCounts[]) => void>()
  const edges = createEdgeIntake(say)
  const refusalListeners = new Set<(refusals: Refusal[]) => void>()
  const wakeListeners = new Set<(apps: readonly string[]) => void>()
  const visitListeners = new Set<(apps: readonly string[]) => void>()
  /** Who waits looks again after an acknowledgement, a worker that comes or leaves, the end of patience. */
  const waiting = new Set<() => void>()
  /** Nothing before the first publish: a worker keeps its last-good, and is never given an empty table. */
  let current: Publication | undefined
  let publications = 0
  let questions = 0
  let losses = 0
  let isPatient = false
  let patience: NodeJS.Timeout | undefined

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
  bePatient()

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
    const { worker, pid, generation, wire = 1 } = hello
    const live: LiveWorker = {
      worker,
      pid,
      generation,
      acknowledged: 0,
      answers: new Map(),
      socket,
      isAsked: false,
      wire,
      holds: wire >= 2 ? new Set() : undefined,
    }
    workers.add(live)
    if (current) send(live, current)
    lookAgain()
    return live
  }

  function farewell(live: LiveWorker): void {
    workers.delete(live)
    losses += 1
    if (![...workers].some(({ worker }) => worker === live.worker)) bePatient()
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
      case 'edge':
        edges.addEarlier(message.report, live)
        return
      case 'slot': {
        const { source, number } = message.report
        edges.add(message.report, live.worker, () => tell(live, { type: 'taken', source, number }))
        return
      }
      case 'counts':
        for (const listener of listeners) listener(message.counts)
        for (const listener of refusalListeners) listener(message.refusals ?? [])
        for (const listener of visitListeners) listener(message.visits ?? [])
        return
      case 'wake':
        for (const listener of wakeListeners) listener(message.apps)
        return
      case 'hello':
    }
  }

  function lookAgain(): void {
    for (const look of waiting) look()
  }

  function bePatient(): void {
    clearTimeout(patience)
    isPatient = true
    patience = setTimeout(() => {
      isPatient = false
      lookAgain()
    }, patienceMs)
    patience.unref()
  }

  const absent = (): number[] =>
    Array.from({ length: expectedWorkers }, (_, worker) => worker).filter(
      (number) => ![...workers].some(({ worker }) => worker === number),
    )

  /** A worker between two dials still serves what it had: nothing is decided without it. */
  const isGathered = (): boolean => !isPatient || absent().length === 0

  const late = (number: number): number[] =>
    [...workers].filter((live) => live.acknowledged < number).map(({ worker }) => worker)

  /** False when it was not so in time. */
  async function until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const look = (): void => {
      if (isSo()) resolve(true)
    }
    const timer = setTimeout(() => resolve(false), timeoutMs)
    waiting.add(look)
    look()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      waiting.delete(look)
    }
  }

  /** A worker that takes nothing any more is let go; alive, it dials again and gets the newest. */
  const write = ({ socket }: LiveWorker, line: string): void => {
    if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy()
    else socket.write(line)
  }

  const tell = (live: LiveWorker, message: DaemonToWorker): void =>
    write(live, `${JSON.stringify(message)}\n`)

  function send(live: LiveWorker, publication: Publication): void {
    // Not before: whoever listens to them is there by then.
    if (live.wire >= 3 && !live.isAsked) tell(live, { type: 'slots' })
    live.isAsked = true
    for (const line of publication.linesFor(live.holds)) write(live, line)
    if (live.holds) live.holds = publication.digests()
  }

  const proxy: Proxy = {
    async publish(snapshot, timeoutMs) {
      publications += 1
      const publication = createPublication(publications, snapshot)
      current = publication
      for (const live of workers) send(live, publication)

      const isTaken = (): boolean => isGathered() && late(publication.number).length === 0
      if (await until(isTaken, timeoutMs)) return
      throw new CodedError('ROUTE_SWITCH_FAILED', {
        generation: snapshot.generation,
        workers: [...late(publication.number), ...absent()],
      })
    },

    async underWay(instances, timeoutMs) {
      const endsAt = performance.now() + timeoutMs
      for (;;) {
        if (!(await until(isGathered, endsAt - performance.now())))
          throw new CodedError('ROUTE_SWITCH_FAILED', {
            reason: `Proxy worker ${absent().join(', ')} did not dial in ${timeoutMs} ms.`,
          })
        const lossesBefore = losses
        const leftMs = endsAt - performance.now()
        const counts = await Promise.all(
          [...workers].map((live) => ask(live, [...instances], leftMs)),
        )
        // One that was lost meanwhile may only have lost its connection: then it is asked again.
        if (losses === lossesBefore) return counts.reduce((sum, count) => sum + count, 0)
      }
    },

    cut(instances) {
      for (const live of workers) tell(live, { type: 'cut', instances: [...instances] })
    },

    onCounts(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    onEdge: (listener) => edges.listen(listener),

    onRefusals(listener) {
      refusalListeners.add(listener)
      return () => refusalListeners.delete(listener)
    },

    onWake(listener) {
      wakeListeners.add(listener)
      return () => wakeListeners.delete(listener)
    },

    onVisits(listener) {
      visitListeners.add(listener)
      return () => visitListeners.delete(listener)
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
          reason: `Proxy worker ${live.worker} did not answer in ${Math.round(timeoutMs)} ms.`,
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
      clearTimeout(patience)
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
