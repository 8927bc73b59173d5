import { createHash } from 'node:crypto'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { rootPlugin } from '#http/plugins/root-plugin.ts'
import { createOneAtATime } from '#lib/one-at-a-time.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Of a read: what of the answer two people may edit. Its digest is the first half of the ETag, so
     * that a counter which moves is a new answer, and no conflict.
     */
    editable?: (answer: unknown) => unknown
    /** Of a write: the answer that the read would give now, and what of it is edited. */
    ifMatch?: IfMatch
  }
}

/** How a write finds out whether what it changes is still as its caller has seen it. */
export interface IfMatch {
  /** Of what there is one: who changes it waits for whoever does so already. */
  of: (request: FastifyRequest) => string
  current: (request: FastifyRequest) => unknown
  editable: (answer: unknown) => unknown
}

const ANY = '*'
const MAX_HEADER = 1_000
/** Whoever has not finished by then has no more claim to be alone. */
const LONGEST_TURN_MS = 60_000

/**
 * Reads of the API carry a strong ETag and answer 304 to an If-None-Match that is still right; writes
 * of what two people may edit take If-Match, and answer 412 where somebody was faster.
 */
export const etags = rootPlugin(async (server: FastifyInstance) => {
  const turns = new Map<string, { inTurn: ReturnType<typeof createOneAtATime>; users: number }>()
  const ends = new WeakMap<FastifyRequest, () => void>()

  server.addHook('preHandler', async (request, reply) => {
    const { ifMatch } = request.routeOptions.config
    if (!ifMatch) return
    // From the look to the end of the write nobody else changes it.
    ends.set(request, await turnOf(ifMatch.of(request), reply))
    const header = request.headers['if-match']
    if (header === undefined) return
    if (!isStillMeant(header, ifMatch.editable(await ifMatch.current(request))))
      throw new CodedError('PRECONDITION_FAILED', { ifMatch: header.slice(0, MAX_HEADER) })
  })

  server.addHook('onSend', async (request, reply, payload) => {
    // What was to be written is: the answer itself may have to wait behind others of its connection.
    ends.get(request)?.()
    const isRead = request.method === 'GET' && reply.statusCode === 200
    if (!isRead || typeof payload !== 'string' || !request.url.startsWith('/api/')) return payload
    const { editable } = request.routeOptions.config
    const whole = shortDigest(payload)
    const etag = editable ? `"${digestOf(editable(JSON.parse(payload)))}.${whole}"` : `"${whole}"`
    void reply.header('etag', etag)
    const known = request.headers['if-none-match']
    if (known === undefined || (known !== ANY && !tagsOf(known).includes(etag))) return payload
    void reply.code(304).removeHeader('content-length').removeHeader('content-type')
    return null
  })

  /** Resolves with the end of it when it is this request's turn, which its reply ends as well. */
  function turnOf(key: string, { raw }: FastifyReply): Promise<() => void> {
    const turn = turns.get(key) ?? { inTurn: createOneAtATime(), users: 0 }
    turns.set(key, turn)
    turn.users += 1
    const begun = Promise.withResolvers<() => void>()
    const over = Promise.withResolvers<void>()
    const end = (): void => over.resolve()
    for (const event of ['finish', 'close']) raw.once(event, end)
    void turn
      .inTurn(() => {
        const late = setTimeout(end, LONGEST_TURN_MS).unref()
        begun.resolve(end)
        return over.promise.finally(() => clearTimeout(late))
      })
      .finally(() => {
        turn.users -= 1
        if (turn.users === 0) turns.delete(key)
      })
    return begun.promise
  }
})

/** Whether an If-Match is about what is edited, as it is now. `*` is about whatever is there, and not about nothing. */
export const isStillMeant = (header: string, edited: unknown): boolean =>
  header.trim() === ANY ? edited != null : partsOf(header).includes(digestOf(edited))

/** The strong ETag of what is answered as it is, where all of it is edited. */
export const etagOfWhole = (digest: string): string =>
  `"${digestOf(digest)}.${shortDigest(digest)}"`

const tagsOf = (header: string): string[] =>
  header
    .slice(0, MAX_HEADER)
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))

/** What of each ETag is edited; a weak one never matches. */
const partsOf = (header: string): string[] =>
  header
    .slice(0, MAX_HEADER)
    .split(',')
    .map((tag) => /^"([^".]+)\.[^"]+"$/.exec(tag.trim())?.[1])
    .filter((part) => part !== undefined)

const shortDigest = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 27)

const digestOf = (value: unknown): string => shortDigest(JSON.stringify(sorted(value)) ?? '')

/** The same whoever wrote it: keys in their order, and what is left out left out. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  )
}
