import { connect, type Socket } from 'node:net'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import type {
  DaemonToWorker,
  RoutingSnapshot,
  WireSnapshot,
  WorkerToDaemon,
} from '#ports/routing-snapshot.ts'
import type { EdgeOutbox } from './edge-outbox.ts'
import { type SnapshotParts, createSnapshotParts } from './snapshot-parts.ts'
import { readDaemonMessage } from './read-snapshot.ts'

interface Options {
  socketPath: string
  worker: number
  generation: () => number
  /** Takes the snapshot into use at once; resolves when it may be acknowledged. */
  apply: (snapshot: RoutingSnapshot) => Promise<void>
  underWay: (instances: readonly string[]) => Record<string, number>
  cut: (instances: readonly string[]) => void
  edges: Pick<EdgeOutbox, 'meet' | 'lose' | 'taken'>
  onProblem: (line: string) => void
}

const FIRST_DIALS = 25
const FIRST_DIAL_MS = 200
const LATER_DIAL_MS = 1_000
/** What the daemon has not taken yet; beyond it the connection is given up and made anew. */
const MAX_UNSENT_BYTES = 8 * 2 ** 20

/** The worker's end of proxy.sock. The daemon may be away for as long as it likes. */
export function createControl(options: Options) {
  let socket: Socket | undefined
  let timer: NodeJS.Timeout | undefined
  let failedDials = 0
  let closed = false

  function dial(): void {
    const dialled = connect(options.socketPath)
    dialled.on('error', () => {
      // The daemon is away; `close` follows and dials again.
    })
    dialled.once('connect', () => {
      failedDials = 0
      socket = dialled
      const { worker } = options
      send({ type: 'hello', worker, pid: process.pid, generation: options.generation(), wire: 3 })
      void listen(dialled)
    })
    dialled.once('close', () => {
      if (socket === dialled) {
        socket = undefined
        options.edges.lose()
      }
      if (closed) return
      failedDials += 1
      timer = setTimeout(dial, failedDials <= FIRST_DIALS ? FIRST_DIAL_MS : LATER_DIAL_MS)
    })
  }

  async function listen(from: Socket): Promise<void> {
    const parts = createSnapshotParts()
    let isMet = false
    try {
      for await (const line of readNdjson(from)) {
        const message = readDaemonMessage(line)
        // One that takes slots says so first of all.
        if (!isMet && socket === from) options.edges.meet(versionOf(message))
        isMet = true
        onMessage(message, from, parts)
      }
    } catch (error) {
      // A connection that breaks is a daemon that ended; only nonsense is worth a line.
      if (!(error instanceof Error && 'code' in error))
        options.onProblem(`proxy.sock: ${String(error)}`)
    }
    from.destroy()
  }

  function onMessage(message: DaemonToWorker, from: Socket, parts: SnapshotParts): void {
    switch (message.type) {
      case 'parts':
        parts.add(message.parts)
        return
      case 'snapshot':
        void acknowledge(message.snapshot, from, parts)
        return
      case 'drain':
        send({
          type: 'draining',
          question: message.question,
          underWay: options.underWay(message.instances),
        })
        return
      case 'cut':
        options.cut(message.instances)
        return
      case 'taken':
        options.edges.taken(message.source, message.number)
        return
      case 'slots':
    }
  }

  async function acknowledge(
    snapshot: WireSnapshot,
    from: Socket,
    parts: SnapshotParts,
  ): Promise<void> {
    try {
      await options.apply(parts.complete(snapshot))
      if (socket === from) send({ type: 'acknowledge', generation: snapshot.generation })
    } catch (error) {
      // Not acknowledged: the daemon's switch fails in its time, and nothing is drained.
      options.onProblem(`snapshot ${snapshot.generation} was not taken: ${String(error)}`)
    }
  }

  /** Dropped while the daemon is away: what is worth anything later is kept in the outbox of edges. */
  function send(message: WorkerToDaemon): void {
    if (!socket) return
    if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy()
    else socket.write(`${JSON.stringify(message)}\n`)
  }

  return {
    start: dial,
    send,
    get connected(): boolean {
      return socket !== undefined
    },
    close(): void {
      closed = true
      clearTimeout(timer)
      socket?.destroy()
    },
  }
}

const versionOf = ({ type }: DaemonToWorker): 'slots' | 'earlier' =>
  type === 'slots' ? 'slots' : 'earlier'
