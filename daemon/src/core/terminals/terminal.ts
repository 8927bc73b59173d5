import { CodedError } from '@vastrox/shared/errors.ts'
import type { TerminalEvent, TerminalInput } from '@vastrox/shared/terminal.ts'
import type { Clock } from '#ports/clock.ts'
import type { Session } from '#ports/session.ts'

interface Deps {
  session: Session
  /** Ends the session; nothing of it is left then. */
  abort: () => void
  clock: Clock
}

export interface NumberedEvent {
  /** Counts up from 1. */
  seq: number
  event: TerminalEvent
}

/** What a reader that comes back may have missed. */
const KEPT_BYTES = 256 * 2 ** 10
/** What nobody has read yet; from here on the program waits in its writes. */
const UNREAD_BYTES = 256 * 2 ** 10
/** Typed, and not taken by the program yet. */
const UNTAKEN_BYTES = 2 ** 20
/** What an event takes besides its text: a program may print letter by letter. */
const EVENT_BYTES = 256
/** So long nobody may look at it: a page that is loaded anew, a train in a tunnel. */
const UNSEEN_MS = 60_000
const LOOK_MS = 5_000

/**
 * A session that is read and written by separate requests: one reader at a time, who may come back
 * and goes on where he stopped. It ends with its command, or when nobody has read it for a minute.
 */
export function createTerminal({ session, abort, clock }: Deps) {
  const events: NumberedEvent[] = []
  let keptBytes = 0
  let lastSeq = 0
  let readSeq = 0
  let unreadBytes = 0
  let untakenBytes = 0
  let isOver = false
  let reader: AbortController | undefined
  let unseenSince = clock.elapsedMs()
  let wake = Promise.withResolvers<void>()

  const bell = (): void => {
    wake.resolve()
    wake = Promise.withResolvers()
  }

  function add(event: TerminalEvent): void {
    lastSeq += 1
    events.push({ seq: lastSeq, event })
    const bytes = sizeOf(event)
    keptBytes += bytes
    unreadBytes += bytes
    while (keptBytes > KEPT_BYTES && (events[0]?.seq ?? Infinity) <= readSeq)
      keptBytes -= sizeOf(events.shift()?.event)
    bell()
  }

  async function untilRoom(): Promise<void> {
    const isFull = (): boolean => unreadBytes >= UNREAD_BYTES && !isOver
    while (isFull()) await wake.promise
  }

  async function pump(): Promise<void> {
    try {
      for await (const { bytes } of session.output) {
        add({ type: 'output', base64: Buffer.from(bytes).toString('base64') })
        await untilRoom()
      }
      const { exitCode, oomKilled } = await session.exit
      const reason = oomKilled ? 'It needed more memory than it may have.' : null
      add({ type: 'exit', exitCode, reason })
    } catch (error) {
      const reason = error instanceof CodedError ? error.message : 'It was ended.'
      add({ type: 'exit', exitCode: null, reason })
    }
    isOver = true
    bell()
  }

  function end(): void {
    isOver = true
    abort()
    bell()
  }

  /** Resolves once nothing of it is to be had any more. */
  async function watch(): Promise<void> {
    for (;;) {
      await clock.sleep(LOOK_MS)
      const isUnseen = !reader && clock.elapsedMs() - unseenSince >= UNSEEN_MS
      if (isUnseen || (isOver && !reader && readSeq === lastSeq)) break
    }
    end()
  }

  const pumped = pump()

  return {
    /** Settles when it may be forgotten. */
    gone: watch(),

    /** Behind `after`, to its end; a reader before this one is sent away. */
    async *read(after: number, signal: AbortSignal): AsyncGenerator<NumberedEvent> {
      reader?.abort()
      const mine = new AbortController()
      reader = mine
      const either = AbortSignal.any([mine.signal, signal])
      either.addEventListener('abort', bell, { once: true })
      let last = after
      try {
        while (!either.aborted) {
          const next = events[Math.max(0, last + 1 - (events[0]?.seq ?? 1))]
          if (next) {
            last = next.seq
            if (last > readSeq) {
              readSeq = last
              unreadBytes -= sizeOf(next.event)
              bell()
            }
            yield next
            if (next.event.type === 'exit') return
          } else if (isOver) return
          else await wake.promise
        }
      } finally {
        if (reader === mine) {
          reader = undefined
          unseenSince = clock.elapsedMs()
        }
      }
    },

    /**
     * Resolves when there is room for more; what comes after its end is dropped. Throws RATE_LIMITED
     * where the program takes nothing of what was typed before.
     */
    async write({ base64, size }: TerminalInput): Promise<void> {
      if (size) session.resize(size)
      if (base64 === undefined) return
      if (untakenBytes >= UNTAKEN_BYTES) throw new CodedError('RATE_LIMITED')
      const bytes = Buffer.from(base64, 'base64')
      untakenBytes += bytes.length
      try {
        await session.write(bytes)
      } finally {
        untakenBytes -= bytes.length
      }
    },

    async close(): Promise<void> {
      end()
      await pumped
    },
  }
}
export type Terminal = ReturnType<typeof createTerminal>

const sizeOf = (event: TerminalEvent | undefined): number =>
  event?.type === 'output' ? event.base64.length + EVENT_BYTES : 0
