import type { Paths } from './api-types.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
/** Addresses that take the method. */
type PathsWith<Of extends Method> = {
  [Path in keyof Paths]: Paths[Path] extends Record<Of, unknown> ? Path : never
}[keyof Paths]
type Operation<Of extends Method, Path extends keyof Paths> =
  Paths[Path] extends Record<Of, infer Found> ? Found : never
type Field<Of, Name extends string> = Of extends { [Key in Name]: infer Found } ? Found : undefined
/** A part that may be left out where all of it may. */
type Part<Name extends string, Of> = Of extends undefined
  ? unknown
  : Partial<Of> extends Of
    ? { [Key in Name]?: Of }
    : { [Key in Name]: Of }

interface CallOptions {
  signal?: AbortSignal
  /** Sent again with the same key the write is done once; one is made up where it is left out. */
  idempotencyKey?: string
  /** The ETag of what the change was made of: 412 where somebody was faster. */
  ifMatch?: string
}

/** What an operation takes. */
export type Input<Of extends Method, Path extends keyof Paths> = CallOptions &
  Part<'path', Field<Operation<Of, Path>, 'path'>> &
  Part<'query', Field<Operation<Of, Path>, 'query'>> &
  Part<'body', Field<Operation<Of, Path>, 'body'>>

/** A failure as the API tells it; `code` is one of those that the operation is documented with. */
export interface Problem<Code extends string = string> {
  /** 0 where there was no answer. */
  status: number
  code: Code | 'UNREACHABLE' | 'ANSWER_UNREADABLE'
  message: string
  hint: string | undefined
  details: Record<string, unknown>
  retryAfterSeconds: number | undefined
}

/** What came of a call: never an exception, but for an abort of your own. */
export type Result<Reply, Code extends string = string> =
  | { ok: true; data: Reply; status: number; etag: string | undefined }
  | { ok: false; problem: Problem<Code> }

type ResultOf<Of extends Method, Path extends keyof Paths> = Result<
  Field<Operation<Of, Path>, 'reply'>,
  Extract<Field<Operation<Of, Path>, 'problems'>, string>
>
type Call<Of extends Method> = <Path extends PathsWith<Of>>(
  path: Path,
  ...input: Record<string, never> extends Omit<Input<Of, Path>, keyof CallOptions>
    ? [input?: Input<Of, Path>]
    : [input: Input<Of, Path>]
) => Promise<ResultOf<Of, Path>>

export interface ClientOptions {
  /** `https://example.com:8443`; left out in a browser: where the page came from. */
  baseUrl?: string
  /** An API token; left out in a browser that is signed in. */
  token?: string
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** How often a call that got no answer, 429 or 503 is made again; 2. */
  retries?: number
  /** For one answer; 30 s. */
  timeoutMs?: number
}

interface Loose {
  path?: Record<string, unknown>
  query?: Record<string, unknown>
  body?: unknown
  signal?: AbortSignal
  idempotencyKey?: string
  ifMatch?: string
}

const BASE = '/api/v1'
const TIMEOUT_MS = 30_000
const RETRIES = 2
const PAUSE_MS = 500
const MAX_PAUSE_MS = 60_000
const TRIED_AGAIN = new Set([429, 503])

/**
 * The API of Vastrox, typed from its OpenAPI document; for browsers and Node. A call that got no
 * answer is made again: writes carry an Idempotency-Key, so that they are done once all the same.
 */
export function createClient(options: ClientOptions = {}) {
  const { baseUrl = '', token, retries = RETRIES, timeoutMs = TIMEOUT_MS } = options
  const send = options.fetch ?? ((url: string, init: RequestInit) => fetch(url, init))

  async function once(
    method: string,
    path: string,
    input: Loose,
    key: string,
  ): Promise<Result<unknown>> {
    const limit = AbortSignal.timeout(timeoutMs)
    const hasBody = input.body !== undefined
    const response = await send(baseUrl + addressOf(path, input), {
      method: method.toUpperCase(),
      headers: {
        accept: 'application/json',
        ...authorization(token),
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
        ...(method === 'get' ? {} : { 'idempotency-key': key }),
        ...(input.ifMatch === undefined ? {} : { 'if-match': input.ifMatch }),
      },
      ...(hasBody ? { body: JSON.stringify(input.body) } : {}),
      signal: input.signal ? AbortSignal.any([input.signal, limit]) : limit,
    })
    return readReply(response)
  }

  async function call(method: Method, path: string, input: Loose = {}): Promise<Result<unknown>> {
    const key = input.idempotencyKey ?? crypto.randomUUID()
    for (let tried = 0; ; tried += 1) {
      const result = await once(method, path, input, key).catch((error: unknown) => {
        if (input.signal?.aborted) throw error
        return unreachable(error)
      })
      if (result.ok || tried >= retries || !mayTryAgain(result.problem)) return result
      const own = PAUSE_MS * 2 ** tried * (0.5 + Math.random())
      const asked = (result.problem.retryAfterSeconds ?? 0) * 1_000
      await pause(Math.min(Math.max(own, asked), MAX_PAUSE_MS), input.signal)
    }
  }

  const of = <Of extends Method>(method: Of): Call<Of> => {
    const made: unknown = (path: string, input?: Loose) => call(method, path, input)
    if (!isCall<Of>(made)) throw new TypeError('unreachable')
    return made
  }

  return {
    get: of('get'),
    post: of('post'),
    put: of('put'),
    patch: of('patch'),
    delete: of('delete'),

    /** Every item of a list, page after page. Throws the problem of a page that cannot be had. */
    async *each<Path extends ListPath>(
      path: Path,
      ...[input]: Record<string, never> extends Omit<Input<'get', Path>, keyof CallOptions>
        ? [input?: Input<'get', Path>]
        : [input: Input<'get', Path>]
    ): AsyncGenerator<ItemOf<Path>> {
      let cursor: string | undefined
      const loose: Loose = input ?? {}
      do {
        const query = { ...loose.query, ...(cursor === undefined ? {} : { cursor }) }
        const result = await call('get', path, { ...loose, query })
        if (!result.ok) throw new ProblemError(result.problem)
        const { data } = result
        if (!isPageOf(path, data)) throw new TypeError(`${path} is no list`)
        yield* data.items
        cursor = data.nextCursor ?? undefined
      } while (cursor !== undefined)
    },

    /** The address of a stream and the headers it needs, for `follow`. */
    stream: (path: string, input: Pick<Loose, 'path' | 'query'> = {}) => ({
      url: baseUrl + addressOf(path, input),
      headers: authorization(token),
      fetch: send,
    }),
  }
}
export type Client = ReturnType<typeof createClient>

type ListPath = {
  [Path in PathsWith<'get'>]: Field<Operation<'get', Path>, 'reply'> extends { items: unknown[] }
    ? Path
    : never
}[PathsWith<'get'>]
type ItemOf<Path extends keyof Paths> =
  Field<Operation<'get', Path>, 'reply'> extends { items: (infer Item)[] } ? Item : never

/** A problem as an exception, for those who prefer them: `throw new ProblemError(result.problem)`. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.message}`)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/** The data of a call; throws a ProblemError where there is none. */
export function dataOf<Reply, Code extends string>(result: Result<Reply, Code>): Reply {
  if (result.ok) return result.data
  throw new ProblemError(result.problem)
}

const isCall = <Of extends Method>(made: unknown): made is Call<Of> => typeof made === 'function'

/** That the items are those of the address, the server's schema has seen to. */
const isPageOf = <Path extends ListPath>(
  _path: Path,
  data: unknown,
): data is { items: ItemOf<Path>[]; nextCursor: string | null } =>
  typeof data === 'object' && data !== null && 'items' in data && 'nextCursor' in data

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const authorization = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

function addressOf(path: string, { path: params = {}, query = {} }: Loose): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segmentOf(textOf(params[name])))
  const search = new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]): [string, string] => [name, textOf(value)]),
  ).toString()
  return `${BASE}${filled}${search === '' ? '' : `?${search}`}`
}

/** `.` and `..` would be folded with what is before them, into the address of another operation. */
const segmentOf = (text: string): string =>
  /^\.{1,2}$/.test(text) ? text.replaceAll('.', '%252E') : encodeURIComponent(text)

async function readReply(response: Response): Promise<Result<unknown>> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  const data = text === '' ? undefined : isJson ? parsed(text) : text
  if (response.ok) {
    const etag = response.headers.get('etag') ?? undefined
    return { ok: true, data, status: response.status, etag }
  }
  return { ok: false, problem: problemFrom(response, data) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever answered was not the API: the problem says so.
    return undefined
  }
}

function problemFrom({ status, headers }: Response, data: unknown): Problem {
  const error =
    typeof data === 'object' && data !== null && 'error' in data ? data.error : undefined
  const fields = new Map(Object.entries(error ?? {}))
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  const details: unknown = fields.get('details')
  const text = (name: string): string | undefined => {
    const value: unknown = fields.get(name)
    return typeof value === 'string' ? value : undefined
  }
  return {
    status,
    code: text('code') ?? 'ANSWER_UNREADABLE',
    message: text('message') ?? `The answer was ${status}, and not from the API.`,
    hint: text('hint'),
    details: typeof details === 'object' && details !== null ? { ...details } : {},
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
  }
}

const unreachable = (error: unknown): Result<never> => ({
  ok: false,
  problem: {
    status: 0,
    code: 'UNREACHABLE',
    message: error instanceof Error ? error.message : 'There was no answer.',
    hint: undefined,
    details: {},
    retryAfterSeconds: undefined,
  },
})

const mayTryAgain = ({ status }: Problem): boolean => status === 0 || TRIED_AGAIN.has(status)

/** Resolves after a while; rejects when the caller loses patience first. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  signal?.throwIfAborted()
  const timer = setTimeout(resolve, ms)
  const onAbort = (): void => {
    clearTimeout(timer)
    reject(signal?.reason)
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  return promise.finally(() => signal?.removeEventListener('abort', onAbort))
}
