import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { isIPv4, type LookupFunction } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { createBrotliDecompress, createUnzip } from 'node:zlib'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { UptimeExpect, UptimeMethod } from '@vastrox/shared/uptime.ts'
import { UPTIME_AGENT } from '#ports/uptime-agent.ts'
import type { Phase } from './uptime-words.ts'

/** Where a name leads: looked up once, and nothing else is connected to (rule C11). */
export interface Place {
  addresses: readonly string[]
  port: number
}

interface Look {
  url: URL
  method: UptimeMethod
  expect: UptimeExpect
  followRedirects: boolean
  alsoUp: readonly number[]
  /** At the proxy of this machine: what HTTP says of HTTPS is gone on with. */
  isOwn: boolean
  /** Throws what the guard throws. */
  placeOf: (url: URL) => Promise<Place>
  /** What is trusted, made when it is first needed. */
  trusted: () => SecureContext
  onPhase: (phase: Phase) => void
  signal: AbortSignal
}

interface Seen {
  /** In words; null where it is as it should be. */
  reason: string | null
  certificateDays: number | null
  /** When the head of the answer was there, by the monotonic clock. */
  answeredAtMs: number
}

const MAX_REDIRECTS = 5
const MAX_BYTES = 256 * 2 ** 10
const DAY_MS = 86_400_000
/** Servers with both kinds of addresses: the next one is tried after this long. */
const NEXT_ADDRESS_MS = 2_500

/** One answer, of the last address where redirects are followed, and whether it is what it should be. */
export async function lookOverHttp(look: Look): Promise<Seen> {
  let { url } = look
  for (let steps = 0; ; steps += 1) {
    const reply = await ask(look, url)
    const answeredAtMs = performance.now()
    try {
      const next = nextOf(look, url, reply)
      if (next && steps < MAX_REDIRECTS) {
        url = next
        continue
      }
      const reason = next
        ? `It leads on and on: more than ${MAX_REDIRECTS} redirects.`
        : await judge(look, reply)
      return { reason, certificateDays: daysOf(reply.socket), answeredAtMs }
    } finally {
      reply.destroy()
    }
  }
}

async function ask(look: Look, url: URL): Promise<IncomingMessage> {
  const { method, onPhase, signal } = look
  onPhase('resolving')
  const { addresses, port } = await look.placeOf(url)
  onPhase('connecting')
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const isTls = url.protocol === 'https:'
  const request = isTls ? tlsRequest : plainRequest
  const headers: Record<string, string> = {
    host: url.host,
    'user-agent': UPTIME_AGENT,
    accept: '*/*',
    'accept-encoding': 'identity',
    connection: 'close',
    ...(method === 'POST' ? { 'content-length': '0' } : {}),
  }
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    path: `${url.pathname}${url.search}`,
    method,
    agent: false,
    headers,
    lookup: lookupOf(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    ...(isTls ? { secureContext: look.trusted() } : {}),
    signal,
  } as const
  const sent = request(options, (reply) => {
    onPhase('reading')
    resolve(reply)
  })
  sent.on('socket', (socket) =>
    socket.once(isTls ? 'secureConnect' : 'connect', () => onPhase('waiting')),
  )
  sent.on('error', reject)
  sent.end()
  return promise
}

/** The name is in Host and in the certificate; the connection goes where the guard has looked. */
export const lookupOf =
  (addresses: readonly string[]): LookupFunction =>
  (_host, options, done) => {
    const found = addresses.map((address) => ({ address, family: isIPv4(address) ? 4 : 6 }))
    if (options.all === true) done(null, found)
    else done(null, found[0]?.address ?? '', found[0]?.family ?? 4)
  }

/** Where it leads on; HTTP that only says HTTPS for the same address counts as no step of the app's own. */
function nextOf({ followRedirects, isOwn }: Look, url: URL, reply: IncomingMessage): URL | null {
  const { statusCode = 0, headers } = reply
  if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return null
  const next = URL.parse(headers.location, url)
  if (next === null || !/^https?:$/.test(next.protocol)) return null
  if (next.username !== '' || next.password !== '')
    throw new CodedError('ADDRESS_REFUSED', { reason: 'It leads to an address with a password.' })
  const isUpgrade =
    isOwn &&
    url.protocol === 'http:' &&
    next.protocol === 'https:' &&
    next.hostname === url.hostname
  return followRedirects || isUpgrade ? next : null
}

async function judge(look: Look, reply: IncomingMessage): Promise<string | null> {
  const { expect, alsoUp } = look
  const status = reply.statusCode ?? 0
  if (alsoUp.includes(status)) return null
  if (!isWanted(status, expect.status))
    return `It answers ${status}${expect.status === undefined ? '' : `, not ${expect.status}`}.`
  const header = expect.header === undefined ? null : judgeHeader(expect.header, reply)
  if (header !== null) return header
  if (expect.contains === undefined) return null
  return (await contains(reply, expect.contains))
    ? null
    : `“${expect.contains.slice(0, 80)}” is not in the answer.`
}

/** `200`, `2xx`, `200-399`; anything below 400 where nothing is said. */
export function isWanted(status: number, wanted: string | undefined): boolean {
  if (wanted === undefined) return status >= 100 && status < 400
  if (wanted.endsWith('xx')) return Math.floor(status / 100) === Number(wanted[0])
  const [from = '', to = from] = wanted.split('-')
  return status >= Number(from) && status <= Number(to)
}

function judgeHeader(wanted: string, { headers }: IncomingMessage): string | null {
  const [name = '', ...rest] = wanted.split(':')
  const part = rest.join(':').trim()
  const value = headers[name.trim().toLowerCase()]
  if (value === undefined) return `Its answer has no field ${name}.`
  const text = Array.isArray(value) ? value.join(', ') : value
  return text.includes(part) ? null : `The field ${name} of its answer has no “${part}”.`
}

async function contains(reply: IncomingMessage, wanted: string): Promise<boolean> {
  const body = decoded(reply)
  const needle = Buffer.from(wanted)
  let tail = Buffer.alloc(0)
  let size = 0
  for await (const chunk of body) {
    const bytes: Buffer = chunk
    const room = bytes.subarray(0, MAX_BYTES - size)
    size += room.length
    const seen = Buffer.concat([tail, room])
    if (seen.includes(needle)) return true
    if (size >= MAX_BYTES) return false
    tail = seen.subarray(Math.max(0, seen.length - needle.length + 1))
  }
  return false
}

/** Some servers pack what nobody asked them to. */
function decoded(reply: IncomingMessage): AsyncIterable<Buffer> {
  const encoding = reply.headers['content-encoding']?.toLowerCase()
  if (encoding === 'gzip' || encoding === 'deflate') return unpackedBy(reply, createUnzip())
  if (encoding === 'br') return unpackedBy(reply, createBrotliDecompress())
  return reply
}

function unpackedBy(
  reply: IncomingMessage,
  unpack: ReturnType<typeof createUnzip>,
): AsyncIterable<Buffer> {
  reply.on('error', (error) => unpack.destroy(error))
  return reply.pipe(unpack)
}

/** Days until the certificate of the other side ends. */
export function daysOf(socket: unknown): number | null {
  if (!(socket instanceof TLSSocket)) return null
  const endsAt = Date.parse(socket.getPeerCertificate().valid_to ?? '')
  return Number.isNaN(endsAt) ? null : Math.floor((endsAt - Date.now()) / DAY_MS)
}
