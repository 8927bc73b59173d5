import { isIP } from 'node:net'
import type { Limits } from './limits.ts'

/** What Node's parser says about a request, before any of it is believed. */
export interface RawRequest {
  method?: string | undefined
  url?: string | undefined
  httpVersion: string
  rawHeaders: readonly string[]
}

export interface RequestHead {
  method: string
  /** Origin form (or `*`), as it is sent on. */
  target: string
  /** Without the query. */
  path: string
  /** Lower-case, without port and final dot; empty where an HTTP/1.0 client names none. */
  host: string
  /** The Host field as the client wrote it. */
  authority: string
  /** The client's own fields that go on, in order; forwarding fields are added later. */
  headers: string[]
  forwarded: ForwardedFields
  accept: string
  contentLength: number | undefined
  chunked: boolean
  expectsContinue: boolean
  websocket: boolean
}

/** What a client claims about peers before it; believed of trusted proxies only (rule P3). */
export interface ForwardedFields {
  for: string | undefined
  proto: string | undefined
  host: string | undefined
  port: string | undefined
  realIp: string | undefined
  requestId: string | undefined
}

export interface Refusal {
  status: 400 | 414 | 417 | 431
  reason: string
  /** A page can make a browser send it. */
  isOfPages?: boolean
}

const NAME = {
  host: 1,
  drop: 2,
  connection: 3,
  length: 4,
  encoding: 5,
  forwarded: 6,
  te: 7,
} as const
const ACCEPT = 8
const EXPECT = 9
const UPGRADE = 10
const COOKIE = 11

/** Fields that are not simply passed on, by lower-case name (rules P2, P3). */
const KINDS = new Map<string, number>([
  ['host', NAME.host],
  ['connection', NAME.connection],
  ['content-length', NAME.length],
  ['transfer-encoding', NAME.encoding],
  ['te', NAME.te],
  ['accept', ACCEPT],
  ['expect', EXPECT],
  ['upgrade', UPGRADE],
  ['cookie', COOKIE],
  ['x-forwarded-for', NAME.forwarded],
  ['x-forwarded-proto', NAME.forwarded],
  ['x-forwarded-host', NAME.forwarded],
  ['x-forwarded-port', NAME.forwarded],
  ['x-real-ip', NAME.forwarded],
  ['x-request-id', NAME.forwarded],
  ['x-forwarded-prefix', NAME.drop],
  ['x-forwarded-ssl', NAME.drop],
  ['x-forwarded-scheme', NAME.drop],
  ['x-forwarded-server', NAME.drop],
  ['x-original-forwarded-for', NAME.drop],
  ['forwarded', NAME.drop],
  ['cf-connecting-ip', NAME.drop],
  ['true-client-ip', NAME.drop],
  ['x-client-ip', NAME.drop],
  ['x-cluster-client-ip', NAME.drop],
  ['keep-alive', NAME.drop],
  ['proxy-connection', NAME.drop],
  ['proxy-authenticate', NAME.drop],
  ['proxy-authorization', NAME.drop],
  ['trailer', NAME.drop],
  ['http2-settings', NAME.drop],
])

/** A token of `Connection` may not take these away (rule P2). */
const NOT_HOP_BY_HOP =
  /^(?:host|content-length|transfer-encoding|authorization|cookie|x-forwarded-.*)$/

const TARGET = /^[\x21\x22\x24-\x5b\x5d-\x7e\x80-\xff]+$/
const HOST_NAME = /^[a-z0-9_](?:[a-z0-9._-]{0,253}[a-z0-9_])?$/
const AUTHORITY = /^(\[[0-9A-Fa-f:.]{2,45}\]|[^:@/?#[\]\\\s]*)(?::([0-9]{1,5}))?$/
const DIGITS = /^[0-9]{1,15}$/
/** The dashboard's cookies; browsers send them to every port of its host name. */
const OWN_COOKIE = '__host-vastrox-'

const refuse = (reason: string, status: Refusal['status'] = 400): Refusal => ({ status, reason })
const refuseStray = (reason: string, status: Refusal['status'] = 400): Refusal => ({
  status,
  reason,
  isOfPages: true,
})

export const isRefusal = (head: RequestHead | Refusal): head is Refusal => 'status' in head

/**
 * Checks a request before anything is done with it and keeps what may go on (rules P1 to P3). Node's
 * parser has already refused what is not HTTP; what two servers could read differently is refused here.
 */
export function readRequestHead(
  { method = '', url = '', httpVersion, rawHeaders }: RawRequest,
  limits: Limits,
): RequestHead | Refusal {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refuse('that version is not spoken')
  const modern = httpVersion === '1.1'
  if (rawHeaders.length > limits.headFields * 2) return refuseStray('too many header fields', 431)
  if (method.length + url.length + 11 > limits.requestLineBytes)
    return refuseStray('the request line is too long', 414)
  if (!TARGET.test(url)) return refuseStray('the address holds a character that is not allowed')

  const headers: string[] = []
  const forwarded: ForwardedFields = {
    for: undefined,
    proto: undefined,
    host: undefined,
    port: undefined,
    realIp: undefined,
    requestId: undefined,
  }
  let authority: string | undefined
  let connection = ''
  let upgrade: string | undefined
  let contentLength: number | undefined
  let chunked = false
  let expectsContinue = false
  let accept = ''

  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    const kind = kindOf(name)
    switch (kind) {
      case 0:
        headers.push(name, value)
        break
      case NAME.host:
        if (authority !== undefined) return refuse('there is more than one Host field')
        authority = value
        break
      case NAME.connection:
        connection += `,${value.toLowerCase()}`
        break
      case NAME.length:
        if (contentLength !== undefined || !DIGITS.test(value))
          return refuse('the content length is not one number')
        contentLength = Number(value)
        break
      case NAME.encoding:
        if (chunked || value.toLowerCase() !== 'chunked')
          return refuse('the transfer encoding is not chunked')
        chunked = true
        break
      case NAME.forwarded:
        readForwarded(forwarded, name.toLowerCase(), value)
        break
      case NAME.te:
        if (value.toLowerCase() === 'trailers') headers.push(name, value)
        break
      case ACCEPT:
        accept = accept === '' ? value : `${accept},${value}`
        headers.push(name, value)
        break
      case EXPECT:
        if (value.toLowerCase() !== '100-continue')
          return refuse('that expectation is not known', 417)
        expectsContinue = true
        break
      case UPGRADE:
        upgrade = upgrade === undefined ? value : `${upgrade},${value}`
        break
      case COOKIE: {
        const kept = withoutOwnCookies(value)
        if (kept !== '') headers.push(name, kept)
        break
      }
      case TWIN:
        return refuse('a header field is spelled with an underscore')
      default:
    }
  }

  if (chunked && contentLength !== undefined)
    return refuse('there are both a content length and a transfer encoding')
  if (chunked && !modern) return refuse('HTTP/1.0 knows no transfer encoding')
  if (authority === undefined && modern) return refuse('there is no Host field')

  const target = readTarget(method, url, authority)
  if (target === undefined) return refuse('the address is not one that is served')
  const host = readHost(authority ?? '')
  if (host === undefined) return refuseStray('the Host field is not a host name')
  const query = target.indexOf('?')

  return {
    method,
    target,
    path: query === -1 ? target : target.slice(0, query),
    host,
    authority: authority ?? '',
    headers: withoutConnectionTokens(headers, connection),
    forwarded,
    accept,
    contentLength,
    chunked,
    expectsContinue: expectsContinue && modern,
    websocket:
      method === 'GET' &&
      modern &&
      upgrade !== undefined &&
      upgrade.toLowerCase() === 'websocket' &&
      connection.split(',').some((token) => token.trim() === 'upgrade') &&
      !chunked &&
      (contentLength ?? 0) === 0,
  }
}

const TWIN = 12

/** Names come spelled in few ways; each is looked at once. Nobody may fill the memory with new ones. */
const seen = new Map<string, number>()
const MAX_SEEN = 1_000
const MAX_SEEN_LENGTH = 40
const isWorthKeeping = (name: string, known: Map<string, unknown>): boolean =>
  name.length <= MAX_SEEN_LENGTH && known.size < MAX_SEEN

function kindOf(name: string): number {
  const known = seen.get(name)
  if (known !== undefined) return known
  const lower = name.toLowerCase()
  const twin = lower.includes('_') ? KINDS.has(lower.replaceAll('_', '-')) : false
  const kind = twin ? TWIN : (KINDS.get(lower) ?? 0)
  if (isWorthKeeping(name, seen)) seen.set(name, kind)
  return kind
}

function readForwarded(into: ForwardedFields, name: string, value: string): void {
  if (name === 'x-forwarded-for')
    into.for = into.for === undefined ? value : `${into.for}, ${value}`
  else if (name === 'x-forwarded-proto') into.proto = value
  else if (name === 'x-forwarded-host') into.host = value
  else if (name === 'x-forwarded-port') into.port = value
  else if (name === 'x-real-ip') into.realIp = value
  else into.requestId = value
}

/** Origin form of what was asked; absolute form only for the host that the Host field names. */
function readTarget(
  method: string,
  url: string,
  authority: string | undefined,
): string | undefined {
  if (url.charCodeAt(0) === 47) return url
  if (url === '*') return method === 'OPTIONS' ? url : undefined
  const absolute = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url)
  if (!absolute) return undefined
  const [, named = '', rest = ''] = absolute
  if (authority !== undefined && named.toLowerCase() !== authority.toLowerCase()) return undefined
  if (rest === '') return method === 'OPTIONS' ? '*' : '/'
  return rest.startsWith('/') ? rest : `/${rest}`
}

function readHost(authority: string): string | undefined {
  if (authority === '') return ''
  const parts = AUTHORITY.exec(authority)
  if (!parts) return undefined
  const [, name = '', port] = parts
  if (port !== undefined && Number(port) > 65_535) return undefined
  if (name.startsWith('[')) return isIP(name.slice(1, -1)) === 6 ? name.toLowerCase() : undefined
  const lower = name.toLowerCase()
  const host = lower.endsWith('.') ? lower.slice(0, -1) : lower
  return HOST_NAME.test(host) && !host.includes('..') ? host : undefined
}

/** What most connections say, which names no field. */
const NAMES_NO_FIELD = new Set(['', ',close', ',keep-alive'])

function withoutConnectionTokens(headers: string[], connection: string): string[] {
  if (NAMES_NO_FIELD.has(connection)) return headers
  const tokens = connection
    .split(',')
    .map((token) => token.trim())
    .filter(
      (token) =>
        token !== '' &&
        token !== 'close' &&
        token !== 'keep-alive' &&
        token !== 'te' &&
        !NOT_HOP_BY_HOP.test(token),
    )
  if (tokens.length === 0) return headers
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (!tokens.includes(name.toLowerCase())) kept.push(name, headers[index + 1] ?? '')
  }
  return kept
}

function withoutOwnCookies(value: string): string {
  if (!value.toLowerCase().includes(OWN_COOKIE)) return value
  return value
    .split(';')
    .filter((pair) => !pair.trim().toLowerCase().startsWith(OWN_COOKIE))
    .join(';')
    .trim()
}

/** A cookie without a name is sent back as if its value named it. */
const SETS_OWN_COOKIE = /^[\s=]*__host-vastrox-/i

/** Fields of a response that end at us (rules P2, P6). `Server` tells visitors nothing. */
const RESPONSE_DROPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'server',
  'content-length',
])

/** The fields of an app's response that go on to the client; its length is added by the caller. */
export function readResponseHeaders(headers: readonly string[]): string[] {
  const kept: string[] = []
  let connection = ''
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const value = headers[index + 1] ?? ''
    const lower = responseName(name)
    if (lower === 'connection') connection += `,${value.toLowerCase()}`
    if (RESPONSE_DROPPED.has(lower)) continue
    if (lower === 'set-cookie' && SETS_OWN_COOKIE.test(value)) continue
    kept.push(name, value)
  }
  return withoutConnectionTokens(kept, connection)
}

const lowered = new Map<string, string>()

function responseName(name: string): string {
  const known = lowered.get(name)
  if (known !== undefined) return known
  const lower = name.toLowerCase()
  if (isWorthKeeping(name, lowered)) lowered.set(name, lower)
  return lower
}
