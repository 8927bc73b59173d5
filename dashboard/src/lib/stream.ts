import type { z } from 'zod'
import { api } from './api.ts'

export type StreamState = 'connecting' | 'open' | 'reconnecting'

interface Follow<T> {
  /** The address to open; called anew for each attempt, so that it can say where to go on. */
  url: () => string
  schema: z.ZodType<T>
  /** `id`: where in the stream it stands, where the server says so. */
  onItem: (item: T, id: string) => void
  onState: (state: StreamState) => void
}

const EVENT_NAMES = ['message', 'line', 'event', 'done'] as const
const MAX_WAIT_MS = 15_000

/**
 * Follows a stream of server-sent events until the returned function is called. The browser resumes
 * by Last-Event-ID; when the server refuses (the access cookie has expired) the session is refreshed
 * and the stream opened again, ever more seldom.
 */
export function follow<T>({ url, schema, onItem, onState }: Follow<T>): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  let stopped = false

  const read = (event: MessageEvent<string>) => {
    const item = schema.safeParse(parseJson(event.data))
    if (item.success) onItem(item.data, event.lastEventId)
  }

  const open = () => {
    source = new EventSource(url())
    source.addEventListener('open', () => {
      attempts = 0
      onState('open')
    })
    for (const name of EVENT_NAMES) source.addEventListener(name, read)
    source.addEventListener('error', () => {
      if (stopped) return
      onState('reconnecting')
      if (source?.readyState === EventSource.CLOSED) retry()
    })
  }

  const retry = () => {
    attempts += 1
    const waitMs = Math.min(MAX_WAIT_MS, 500 * 2 ** attempts)
    timer = setTimeout(() => {
      void api.keepSignedIn().then((signedIn) => {
        if (!stopped && signedIn) open()
      })
    }, waitMs)
  }

  onState('connecting')
  open()
  return () => {
    stopped = true
    clearTimeout(timer)
    source?.close()
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
