import type { FoundLine } from '@vastrox/shared/log.ts'
import { StreamedLine } from '#features/logs/log-api.ts'
import type { StreamState } from '#lib/stream.ts'

interface Deps {
  follow: (asked: {
    url: () => string
    schema: typeof StreamedLine
    onItem: (line: FoundLine) => void
    onState: (state: StreamState) => void
  }) => () => void
  /** Where lines behind one are to be had; behind '' the newest. */
  urlAfter: (last: string) => string
  append: (lines: readonly FoundLine[]) => void
  onState: (state: StreamState) => void
  /** While it is paused: how many lines wait. */
  onWaiting: (count: number) => void
  mostWaiting?: number
}

const GATHER_MS = 80
/** So many lines wait while it is paused; then the stream is left until it goes on. */
export const MOST_WAITING = 20_000

/**
 * What is printed now, line after line without a gap. While it is paused lines wait here, and where
 * too many do, the rest of them at the server: it goes on behind the last line that it has.
 */
export function createLiveLog({
  follow,
  urlAfter,
  append,
  onState,
  onWaiting,
  mostWaiting = MOST_WAITING,
}: Deps) {
  let last = ''
  let held: FoundLine[] = []
  let isStarted = false
  let isPaused = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let close: (() => void) | undefined

  function show(): void {
    clearTimeout(timer)
    timer = undefined
    if (isPaused) return onWaiting(held.length)
    append(held)
    held = []
  }

  function leave(): void {
    close?.()
    close = undefined
  }

  function open(): void {
    close = follow({
      url: () => urlAfter(last),
      schema: StreamedLine,
      onItem(line) {
        if (line.id !== '') last = line.id
        held.push(line)
        if (held.length < mostWaiting) {
          timer ??= setTimeout(show, GATHER_MS)
          return
        }
        // At once: in a tab that nobody looks at timers hardly run.
        if (isPaused) leave()
        show()
      },
      onState,
    })
  }

  return {
    /** Behind that line; '' where there is none yet. */
    start(newest: string): void {
      last = newest
      isStarted = true
      open()
    },
    pause(next: boolean): void {
      isPaused = next
      if (next) return
      show()
      onWaiting(0)
      if (isStarted && close === undefined) open()
    },
    stop(): void {
      isStarted = false
      clearTimeout(timer)
      leave()
    },
  }
}
export type LiveLog = ReturnType<typeof createLiveLog>
