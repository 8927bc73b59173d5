import type { z } from 'zod'
import { earlyReply } from './early.ts'
import { type ApiError, errorFrom, unexpectedReply, unreachable } from './api-error.ts'

interface Deps {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Runs one at a time among all tabs, which share the cookies. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  timeoutMs: number
}

interface Options {
  signal?: AbortSignal | undefined
  /** For what takes longer by itself, like a test that waits for somebody else's server. */
  timeoutMs?: number
  headers?: Readonly<Record<string, string>>
}

const BASE = '/api/v1'
/** Their 401 says something about what was typed, not about the session. */
const WITHOUT_SESSION = ['/session/refresh', '/sign-in']

/**
 * The one way to the API. The access cookie lives for minutes: when a request finds it expired the
 * session is refreshed once, however many requests ask for it, and they are sent again. What asks
 * who sits there is sent again too, once they have shown it. Replies are parsed by their schema;
 * every failure is an ApiError.
 */
export function createApi({ fetch, exclusively, timeoutMs }: Deps) {
  let refreshing: Promise<boolean> | undefined
  let refreshes = 0
  const signedOutListeners = new Set<() => void>()
  let prove: (ways: unknown) => Promise<boolean> = async () => false

  const send = (
    method: string,
    path: string,
    body: unknown,
    { signal, timeoutMs: mostMs = timeoutMs, headers }: Options = {},
  ) => {
    const timeout = AbortSignal.timeout(mostMs)
    const isFile = body instanceof Blob
    const type = isFile ? 'application/octet-stream' : 'application/json'
    return fetch(BASE + path, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': type }),
        ...headers,
      },
      ...(body !== undefined && { body: isFile ? body : JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
  }

  /** True when there is a session to go on with. */
  const refresh = (): Promise<boolean> => {
    refreshing ??= exclusively(async () => (await send('POST', '/session/refresh', {})).ok)
      .then((ok) => {
        if (ok) refreshes += 1
        return ok
      })
      .finally(() => {
        refreshing = undefined
      })
    return refreshing
  }

  const sendSignedIn = async (
    method: string,
    path: string,
    body: unknown,
    options: Options,
  ): Promise<Response> => {
    const before = refreshes
    const first = await send(method, path, body, options)
    if (first.status !== 401 || isWithoutSession(path)) return first
    if (refreshes !== before || (await refresh())) return send(method, path, body, options)
    for (const tell of signedOutListeners) tell()
    return first
  }

  /** A good reply, as it came. */
  const requestRaw = async (
    method: string,
    path: string,
    body?: unknown,
    options: Options = {},
  ): Promise<Response> => {
    const ask = (): Promise<Response> =>
      sendSignedIn(method, path, body, options).catch((error: unknown) => {
        if (options.signal?.aborted) throw error
        throw unreachable(error)
      })
    let response = await ask()
    if (response.status === 403) {
      const error = await errorFrom(response)
      if (error.code !== 'PROOF_REQUIRED') throw error
      if (!(await prove(error.details['ways']))) throw error
      response = await ask()
    }
    if (!response.ok) throw await errorFrom(response)
    return response
  }

  const request = async <T>(
    method: string,
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
    options: Options = {},
  ): Promise<T> => {
    const response = await requestRaw(method, path, body, options)
    const json: unknown = response.status === 204 ? undefined : await readJson(response)
    const parsed = schema.safeParse(json)
    if (!parsed.success) throw unexpectedReply(response.status, parsed.error)
    return parsed.data
  }

  return {
    get: <T>(path: string, schema: z.ZodType<T>, options?: Options) =>
      request('GET', path, schema, undefined, options),
    post: <T>(path: string, schema: z.ZodType<T>, body: unknown = {}, options?: Options) =>
      request('POST', path, schema, body, options),
    put: <T>(path: string, schema: z.ZodType<T>, body: unknown, options?: Options) =>
      request('PUT', path, schema, body, options),
    patch: <T>(path: string, schema: z.ZodType<T>, body: unknown) =>
      request('PATCH', path, schema, body),
    delete: <T>(path: string, schema: z.ZodType<T>, body?: unknown) =>
      request('DELETE', path, schema, body),
    /** For what is no JSON, or is about headers: a file and its ETag. */
    raw: requestRaw,
    /** For streams, which cannot see why they were refused: true when it is worth another try. */
    async keepSignedIn(): Promise<boolean> {
      // When nobody answers there is nothing to say about the session.
      const signedIn = await refresh().catch(() => true)
      if (!signedIn) for (const tell of signedOutListeners) tell()
      return signedIn
    },
    /** Asked when a request needs it shown who sits there; true once it is. */
    onProofRequired(ask: (ways: unknown) => Promise<boolean>): void {
      prove = ask
    },
    /** Told when a request finds that the session is over. */
    onSignedOut(listener: () => void): () => void {
      signedOutListeners.add(listener)
      return () => signedOutListeners.delete(listener)
    },
  }
}
export type Api = ReturnType<typeof createApi>
export type { ApiError }

const isWithoutSession = (path: string): boolean =>
  WITHOUT_SESSION.some((each) => path === each || path.startsWith(`${each}/`))

const readJson = async (response: Response): Promise<unknown> => {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unexpectedReply(response.status, error)
  }
}

const exclusively = <T>(work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request('vastrox-session', work) : work()

/** A test waits for somebody else's server: up to 45 s, as the daemon does (send-to-channel.ts). */
export const TEST_TIMEOUT_MS = 60_000

export const api = createApi({
  fetch: async (url, init) =>
    (await earlyReply(init.method ?? 'GET', url.slice(BASE.length))) ?? window.fetch(url, init),
  exclusively,
  timeoutMs: 20_000,
})
