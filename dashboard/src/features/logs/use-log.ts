import type { FoundLine } from '@vastrox/shared/log.ts'
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { createLiveLog, type LiveLog } from '#features/logs/live-log.ts'
import { type LogOf, readFrom, readOlder } from '#features/logs/log-api.ts'
import { isLive, type LogSearch, queryOf } from '#features/logs/log-filter.ts'
import { createLogStore, type LogStore } from '#features/logs/log-store.ts'
import { follow, type StreamState } from '#lib/stream.ts'

type Reading = 'first' | 'older' | 'idle'

export interface ShownLog {
  store: LogStore
  /** Another one says that the lines have changed. */
  version: number
  reading: Reading
  /** There is nothing older, or no room for it. */
  isAtBeginning: boolean
  state: StreamState | 'still'
  error: Error | undefined
  readMore: () => void
  isPaused: boolean
  pause: (isPaused: boolean) => void
  /** Lines that came while it was paused. */
  waiting: number
}

/**
 * A log as it is looked for: what is kept is read from its end backwards as one scrolls,
 * and what is printed is put behind it as it comes, from the very line on. While it is paused what
 * comes waits. For another search or log it is made anew.
 */
export function useLog(of: LogOf, search: LogSearch): ShownLog {
  const [store] = useState(() => createLogStore())
  const [filter] = useState(() => queryOf(search, new Date()))
  const [wanted] = useState(search)
  const [reading, setReading] = useState<Reading>('first')
  const [before, setBefore] = useState<string>()
  const [state, setState] = useState<StreamState | 'still'>('still')
  const [error, setError] = useState<Error>()
  const [waiting, setWaiting] = useState(0)
  const [isPaused, setIsPaused] = useState(false)
  const live = useRef<LiveLog>(undefined)
  const isReading = useRef(false)
  const version = useSyncExternalStore(store.subscribe, store.version)

  useEffect(() => {
    const client = new AbortController()
    const log = createLiveLog({
      follow,
      urlAfter(last) {
        const query = new URLSearchParams(filter)
        query.set('limit', last === '' ? '200' : '0')
        if (last !== '') query.set('after', last)
        return `/api/v1${of}/logs/stream?${query.toString()}`
      },
      append: (lines) => store.append(lines),
      onState: setState,
      onWaiting: setWaiting,
    })
    live.current = log

    first(of, wanted, filter, client.signal)
      .then(({ lines, before: older }) => {
        if (client.signal.aborted) return
        store.append(lines)
        setBefore(older)
        setReading('idle')
        if (isLive(wanted)) log.start(store.newest()?.id ?? '')
      })
      .catch((reason: unknown) => {
        if (client.signal.aborted) return
        setReading('idle')
        setError(errorOf(reason))
      })

    return () => {
      client.abort()
      log.stop()
    }
  }, [of, store, filter, wanted])

  const readMore = useCallback(() => {
    if (before === undefined || isReading.current) return
    isReading.current = true
    setReading('older')
    readOlder(of, filter, before, AbortSignal.timeout(MOST_READ_MS))
      .then(({ lines, before: older }) => setBefore(store.prepend(lines) ? older : undefined))
      .catch((reason: unknown) => setError(errorOf(reason)))
      .finally(() => {
        isReading.current = false
        setReading('idle')
      })
  }, [of, before, filter, store])

  const pause = useCallback((next: boolean) => {
    setIsPaused(next)
    live.current?.pause(next)
  }, [])

  return {
    store,
    version,
    reading,
    isAtBeginning: before === undefined,
    state,
    error,
    readMore,
    isPaused,
    pause,
    waiting,
  }
}

const errorOf = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error(String(reason))

const MOST_READ_MS = 30_000

/** What a page begins with: the end of the log, or what is around the line that was asked for. */
async function first(
  of: LogOf,
  { line, at }: LogSearch,
  filter: URLSearchParams,
  signal: AbortSignal,
): Promise<{ lines: FoundLine[]; before: string | undefined }> {
  if (line === undefined || at === undefined) return readOlder(of, filter, undefined, signal)
  const [older, from] = await Promise.all([
    readOlder(of, filter, line, signal),
    readFrom(of, at, signal),
  ])
  // Of the same moment there may be lines before it: they come with the older ones.
  const index = from.findIndex(({ id }) => id === line)
  return { lines: [...older.lines, ...from.slice(Math.max(0, index))], before: older.before }
}
