import { connect, type Socket } from 'node:net'
import { createAnswerReader } from './answer-reader.ts'
import { percentile } from './statistics.ts'

interface Options {
  port: number
  /** The Host field. The connection goes to `address`. */
  host: string
  ratePerSecond: number
  durationMs: number
  address?: string
  path?: string
  /** Ends the run early; what is under way is still waited for. */
  signal?: AbortSignal
  timeoutMs?: number
  /** What counts as a good answer; every answer is looked at. */
  accept: (status: number, body: string, sentAt: number) => boolean
}

export interface OpenLoopResult {
  sent: number
  ok: number
  failed: number
  /** How often each: `refused`, `reset`, `closed`, `timeout`, `status 502`, `body`, or an error code. */
  reasons: Record<string, number>
  /** From the moment at which a request was due, so that a stall is not hidden (coordinated omission). */
  latencyMs: { p50: number; p95: number; p99: number; max: number }
  /** The longest time without a good answer. */
  longestGapMs: number
}

/** A kept connection is not used again after this long: the server may be closing it. */
const KEPT_MS = 4_000
const TICK_MS = 2

/**
 * Asks at a constant rate whatever comes back, every second time on a new connection, else on a kept
 * one. Nothing is tried again: what fails has failed.
 */
export async function runOpenLoop(options: Options): Promise<OpenLoopResult> {
  const { ratePerSecond, durationMs, signal, accept } = options
  const latencies: number[] = []
  const reasons: Record<string, number> = {}
  const kept: { socket: Socket; since: number }[] = []
  const underWay = new Set<Promise<void>>()
  const startedAt = performance.now()
  let lastOkAt = startedAt
  let longestGapMs = 0
  let sent = 0
  let ok = 0

  function pass(at: number): void {
    ok += 1
    longestGapMs = Math.max(longestGapMs, at - lastOkAt)
    lastOkAt = at
  }

  async function ask(dueAt: number, keep: boolean): Promise<void> {
    const sentAt = performance.now()
    const outcome = await exchange(options, keep, keep ? takeKept() : undefined)
    const now = performance.now()
    latencies.push(now - dueAt)
    if (outcome.reason === undefined) {
      const { status, body } = outcome
      if (accept(status, body, sentAt)) pass(now)
      else count(status === 200 ? 'body' : `status ${status}`)
      if (outcome.socket) kept.push({ socket: outcome.socket, since: now })
    } else count(outcome.reason)
  }

  /** First in, first out, so that none of them lies idle for long. */
  function takeKept(): Socket | undefined {
    for (let entry = kept.shift(); entry; entry = kept.shift()) {
      if (!entry.socket.destroyed && performance.now() - entry.since < KEPT_MS) return entry.socket
      entry.socket.destroy()
    }
    return undefined
  }

  function count(reason: string): void {
    reasons[reason] = (reasons[reason] ?? 0) + 1
  }

  const isAborted = (): boolean => signal?.aborted ?? false
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const timer = setInterval(() => {
    const now = performance.now()
    const until = Math.min(now - startedAt, durationMs)
    // What was due while this process was held up is sent now, and its wait is counted.
    while ((sent * 1_000) / ratePerSecond < until && !isAborted()) {
      const dueAt = startedAt + (sent * 1_000) / ratePerSecond
      sent += 1
      const asking = ask(dueAt, sent % 2 === 0).finally(() => underWay.delete(asking))
      underWay.add(asking)
    }
    if (isAborted() || now - startedAt >= durationMs) end()
  }, TICK_MS)
  await over
  clearInterval(timer)
  const endedAt = performance.now()
  await Promise.all(underWay)
  for (const { socket } of kept) socket.destroy()

  return {
    sent,
    ok,
    failed: sent - ok,
    reasons,
    latencyMs: {
      p50: percentile(latencies, 0.5),
      p95: percentile(latencies, 0.95),
      p99: percentile(latencies, 0.99),
      max: latencies.reduce((highest, each) => Math.max(highest, each), 0),
    },
    longestGapMs: Math.max(longestGapMs, endedAt - lastOkAt),
  }
}

type Outcome =
  | { reason: string }
  | { reason?: undefined; status: number; body: string; socket: Socket | undefined }

/** One request and its whole answer. `socket` is given back where it may carry another. */
function exchange(options: Options, keep: boolean, used: Socket | undefined): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const socket = used ?? connect(options.port, options.address ?? '127.0.0.1')
  const reader = createAnswerReader()
  const timer = setTimeout(() => finish({ reason: 'timeout' }), options.timeoutMs ?? 30_000)

  function finish(outcome: Outcome): void {
    clearTimeout(timer)
    socket.off('data', onData)
    socket.off('end', onEnd)
    socket.off('error', onError)
    socket.off('close', onClose)
    // A kept connection that ends while nobody waits is dropped without a word.
    socket.on('error', () => socket.destroy())
    socket.once('end', () => socket.destroy())
    if (outcome.reason !== undefined || !outcome.socket) socket.destroy()
    resolve(outcome)
  }

  function onData(chunk: Buffer): void {
    reader.add(chunk)
    const answer = reader.take(false)
    if (answer) finish({ ...answer, socket: keep && answer.keepAlive ? socket : undefined })
  }
  function onEnd(): void {
    const answer = reader.take(true)
    finish(answer ? { ...answer, socket: undefined } : { reason: 'closed' })
  }
  function onError(error: NodeJS.ErrnoException): void {
    finish({ reason: REASONS[error.code ?? ''] ?? error.code ?? error.message })
  }
  const onClose = (): void => finish({ reason: 'closed' })

  socket.removeAllListeners('error')
  socket.removeAllListeners('end')
  socket.on('data', onData)
  socket.once('end', onEnd)
  socket.once('error', onError)
  socket.once('close', onClose)
  socket.write(
    `GET ${options.path ?? '/'} HTTP/1.1\r\nHost: ${options.host}\r\n` +
      `Connection: ${keep ? 'keep-alive' : 'close'}\r\n\r\n`,
  )
  return promise
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
}
