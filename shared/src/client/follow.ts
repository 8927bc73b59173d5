import { pause } from './client.ts'

interface Source {
  url: string
  headers: Record<string, string>
  fetch: (url: string, init: RequestInit) => Promise<Response>
}

interface FollowOptions {
  signal?: AbortSignal
  /** Where to go on: the id of the last event that was seen. */
  lastEventId?: string
  /** Without a byte for so long the connection counts as dead; the server sends one every 15 s. */
  silentMs?: number
}

/** One server-sent event. */
export interface Followed {
  id: string | undefined
  data: unknown
}

const SILENT_MS = 45_000
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000
const MAX_EVENT_LENGTH = 4 * 2 ** 20

/** A stream that will not come, however often it is asked for. */
export class StreamRefused extends Error {
  readonly status: number
  constructor(status: number) {
    super(`The stream was refused: ${status}.`)
    this.name = 'StreamRefused'
    this.status = status
  }
}

/**
 * Server-sent events of the API, for ever: `for await (const { data } of follow(client.stream('/events')))`.
 * When the connection ends or falls silent it is made again, later and later, from the last id that
 * was seen. Ends when the signal aborts; throws StreamRefused where the server refuses it (4xx).
 */
export async function* follow(
  source: Source,
  options: FollowOptions = {},
): AsyncGenerator<Followed> {
  const { signal, silentMs = SILENT_MS } = options
  let { lastEventId } = options
  let failures = 0
  for (;;) {
    if (signal?.aborted) return
    try {
      for await (const event of connect(source, lastEventId, silentMs, signal)) {
        failures = 0
        lastEventId = event.id ?? lastEventId
        yield event
      }
    } catch (error) {
      if (signal?.aborted) return
      if (error instanceof StreamRefused) throw error
    }
    failures += 1
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), MAX_PAUSE_MS)
    await pause(ms * (0.5 + Math.random() / 2), signal).catch(() => undefined)
  }
}

async function* connect(
  { url, headers, fetch }: Source,
  lastEventId: string | undefined,
  silentMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Followed> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), silentMs)
  const heard = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), silentMs)
  }
  try {
    const response = await fetch(url, {
      headers: {
        ...headers,
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    })
    const isRefused = response.status >= 400 && response.status < 500 && response.status !== 429
    if (isRefused) throw new StreamRefused(response.status)
    if (!response.ok || !response.body) throw new Error(`The answer was ${response.status}.`)
    const decoder = new TextDecoder()
    const reader = response.body.getReader()
    let text = ''
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        heard()
        text += decoder.decode(value, { stream: true })
        const blocks = text.split(/\r?\n\r?\n/)
        text = blocks.pop() ?? ''
        if (text.length > MAX_EVENT_LENGTH) throw new Error('An event is too long.')
        for (const block of blocks) {
          const event = eventOf(block)
          if (event) yield event
        }
      }
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  } finally {
    clearTimeout(timer)
  }
}

/** Comments keep the connection alive and are no events. */
function eventOf(block: string): Followed | undefined {
  const lines = block.split(/\r?\n/)
  const fields = (name: string): string[] =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ''))
  const data = fields('data')
  if (data.length === 0) return undefined
  return { id: fields('id').at(-1), data: JSON.parse(data.join('\n')) }
}
