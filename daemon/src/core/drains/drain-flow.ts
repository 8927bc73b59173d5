import type { LogDrain } from '@vastrox/shared/log-drain.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { createDrainBuffer } from '#core/drains/drain-buffer.ts'
import type { Clock } from '#ports/clock.ts'
import type { DrainLine, DrainTarget, LogDrainEnd, LogDrainEnds } from '#ports/log-drain-end.ts'

interface Deps {
  ends: LogDrainEnds
  /** Read anew for each connection: a secret may have been changed. */
  target: () => DrainTarget
  clock: Clock
  /** From 0 to 1. */
  random: () => number
  /** What may wait; asked at each line. */
  mostBytes: () => number
  /** Once when it begins to fail or to work, and once when others should know. */
  onState: (state: FlowState) => void
  onLongFailure: (reason: string | null) => void
  /** That was said before the daemon began. */
  isToldLong: boolean
}

export type FlowState = Pick<
  LogDrain,
  'state' | 'failingSince' | 'reason' | 'sentLines' | 'droppedLines' | 'waitingLines'
>

const MOST_LINES = 2_000
const MOST_TEXT_BYTES = 512 * 1_024
/** Lines that come one by one go together: a request or a packet for each would be dear. */
const GATHER_MS = 200
const SEND_MS = 30_000
const OPEN_MS = 30_000
const SECOND_MS = 1_000
const PAUSES_MS: readonly number[] = [1, 2, 5, 10, 20, 40, 60].map((each) => each * SECOND_MS)
const MOST_ASKED_MS = 10 * 60 * SECOND_MS
const JITTER = 0.2
/** After so long others are told that it fails. */
const LONG_MS = 5 * 60 * SECOND_MS
/** At the daemon's end, for what is under way. */
const FLUSH_MS = 2_000

/** One drain: what waits for it, its connection, and what became of both. It never holds up who gives it lines. */
export function createDrainFlow(deps: Deps) {
  const { clock } = deps
  const buffer = createDrainBuffer(deps.mostBytes)
  const stopping = new AbortController()
  let waking = new AbortController()
  let end: LogDrainEnd | undefined
  /** Taken, and not handed over yet: sent once more where that fails. */
  let batch: DrainLine[] = []
  let isClosing = false
  let sentLines = 0
  let droppedLines = 0
  let failures = 0
  let failingSince: Date | null = null
  let reason: string | null = null
  let { isToldLong } = deps
  let hasSent = false

  const state = (): FlowState => ({
    state: failingSince !== null ? 'failing' : hasSent ? 'sending' : 'connecting',
    failingSince: failingSince?.toISOString() ?? null,
    reason,
    sentLines,
    droppedLines,
    waitingLines: buffer.size() + batch.length,
  })

  const rest = async (ms: number): Promise<void> => {
    waking = new AbortController()
    await clock.sleep(ms, AbortSignal.any([stopping.signal, waking.signal])).catch(() => undefined)
  }

  /** What had no room is said where it would have been. */
  function nextBatch(): DrainLine[] {
    const taken = buffer.take(MOST_LINES, MOST_TEXT_BYTES)
    const missing = buffer.takeDropped()
    if (missing === 0) return taken
    const text = `Vastrox: ${missing} lines are missing here: nobody took them, and there was no room for more.`
    const line = {
      at: clock.now().toISOString(),
      source: 'platform',
      release: null,
      stream: 'platform',
      text,
    } as const
    return [{ app: taken[0]?.app ?? 'vastrox', line }, ...taken]
  }

  async function handOver(): Promise<void> {
    end ??= await deps.ends.open(
      deps.target(),
      AbortSignal.any([stopping.signal, AbortSignal.timeout(OPEN_MS)]),
    )
    if (batch.length === 0) batch = nextBatch()
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(SEND_MS)])
    const leftOut = await end.send(batch, signal)
    sentLines += batch.length - leftOut
    droppedLines += leftOut
    batch = []
  }

  function noteWell(): void {
    const isNews = failingSince !== null || !hasSent
    failures = 0
    failingSince = null
    reason = null
    hasSent = true
    if (isToldLong) deps.onLongFailure(null)
    isToldLong = false
    if (isNews) deps.onState(state())
  }

  /** Gives how long to wait. */
  function noteFailure(error: unknown): number {
    end?.close()
    end = undefined
    const said = error instanceof CodedError ? error.details['reason'] : undefined
    const isNews = failingSince === null
    reason = typeof said === 'string' ? said.slice(0, 500) : sayError(error)
    failingSince ??= clock.now()
    failures += 1
    if (isNews) deps.onState(state())
    if (!isToldLong && clock.now().getTime() - failingSince.getTime() >= LONG_MS) {
      isToldLong = true
      deps.onLongFailure(reason)
    }
    const asked = error instanceof CodedError ? error.details['retryAfterMs'] : undefined
    const own = PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1] ?? 0
    const spread = own * (1 - JITTER + deps.random() * 2 * JITTER)
    return Math.max(spread, typeof asked === 'number' ? Math.min(asked, MOST_ASKED_MS) : 0)
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (buffer.size() === 0 && batch.length === 0) {
        if (isClosing) break
        isIdle = true
        return
      }
      try {
        if (!isClosing && batch.length === 0 && buffer.size() < MOST_LINES) await rest(GATHER_MS)
        if (stopping.signal.aborted) break
        await handOver()
        noteWell()
      } catch (error) {
        if (stopping.signal.aborted || isClosing) break
        await rest(noteFailure(error))
      }
    }
    end?.close()
    end = undefined
  }
  let isIdle = true
  let running = Promise.resolve()

  function wake(): void {
    if (!isIdle || stopping.signal.aborted) return
    isIdle = false
    running = run()
  }

  return {
    state,
    /** Never waits, never throws: what there is no room for is counted. */
    take(line: DrainLine): void {
      if (isClosing) return
      droppedLines += buffer.push(line)
      if (isIdle) wake()
    },
    /** The settings have changed: a new connection, now. */
    renew(): void {
      end?.close()
      end = undefined
      failures = 0
      waking.abort()
    },
    /** What waits is sent if that takes no longer than a moment. */
    async stop(): Promise<void> {
      isClosing = true
      waking.abort()
      if (failingSince !== null) stopping.abort(new Error('the daemon stops'))
      const limit = new AbortController()
      await Promise.race([running, clock.sleep(FLUSH_MS, limit.signal).catch(() => undefined)])
      limit.abort()
      stopping.abort(new Error('the daemon stops'))
      end?.close()
      end = undefined
    },
  }
}
export type DrainFlow = ReturnType<typeof createDrainFlow>
