import type { RawRequest, Refusal } from './head-rules.ts'

/** Fields that speak about one connection of HTTP/1.1 and are an error in HTTP/2 (RFC 9113, 8.2.2). */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** A head as HTTP/1.1 has it. */
export interface Http2Head extends RawRequest {
  method: string
  url: string
  /** What the client says of its body; it is held to it. */
  length?: string | undefined
  takesTrailers?: boolean | undefined
}

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
/** What nghttp2 lets through and HTTP/1.1 would read as the end of a line (rule P9). */
const BREAKS_LINES = /[\0\r\n]/

/** What HTTP/2 counts for a field beside its letters (RFC 9113, 10.5.1). */
const BYTES_PER_FIELD = 32

const refuse = (reason: string, status: Refusal['status'] = 400): Refusal => ({ status, reason })

/**
 * An HTTP/2 head as the same request would be written in HTTP/1.1, so that every rule of
 * `readRequestHead` is applied to it; what has no such form is refused (rules P1, P9).
 */
export function readHttp2Head(
  fields: readonly string[],
  hasBody: boolean,
  maxBytes: number,
): Http2Head | Refusal {
  let method: string | undefined
  let scheme: string | undefined
  let authority: string | undefined
  let path: string | undefined
  let host: string | undefined
  let cookie: string | undefined
  let length: string | undefined
  let takesTrailers = false
  let bytes = 0
  const rawHeaders = ['host', '']

  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? ''
    const value = fields[index + 1] ?? ''
    bytes += name.length + value.length + BYTES_PER_FIELD
    if (bytes > maxBytes) return { ...refuse('the head is too large', 431), isOfPages: true }
    if (BREAKS_LINES.test(value)) return refuse('a field holds a line break')
    if (name.charCodeAt(0) === 58) {
      if (rawHeaders.length > 2) return refuse('a pseudo field comes after the others')
      if (name === ':method' && method === undefined) method = value
      else if (name === ':scheme' && scheme === undefined) scheme = value
      else if (name === ':authority' && authority === undefined) authority = value
      else if (name === ':path' && path === undefined) path = value
      else return refuse('a pseudo field is not known, or comes twice')
      continue
    }
    if (!FIELD_NAME.test(name)) return refuse('the name of a field is not one')
    if (OF_THE_CONNECTION.has(name)) return refuse('a field speaks about a connection')
    if (name === 'te' && value.toLowerCase() !== 'trailers')
      return refuse('a field speaks about a connection')
    if (name === 'host') {
      if (host !== undefined) return refuse('there is more than one Host field')
      host = value
    } else if (name === 'cookie') {
      // In pieces, so that they compress better; HTTP/1.1 knows one field only (RFC 9113, 8.2.3).
      cookie = cookie === undefined ? value : `${cookie}; ${value}`
    } else {
      if (name === 'content-length') length = value
      else if (name === 'te') takesTrailers = true
      rawHeaders.push(name, value)
    }
  }

  if (
    method === undefined ||
    method === '' ||
    method === 'CONNECT' ||
    !FIELD_NAME.test(method.toLowerCase())
  )
    return refuse('that method is not served')
  if (scheme !== 'https' && scheme !== 'http') return refuse('that scheme is not served')
  if (path === undefined || (path.charCodeAt(0) !== 47 && path !== '*'))
    return refuse('the address is not one that is served')
  if (
    authority !== undefined &&
    host !== undefined &&
    authority.toLowerCase() !== host.toLowerCase()
  )
    return refuse('the Host field names another host than the address')
  rawHeaders[1] = authority ?? host ?? ''
  if (rawHeaders[1] === '') return refuse('there is no host')
  if (cookie !== undefined) rawHeaders.push('cookie', cookie)
  if (hasBody && length === undefined) rawHeaders.push('transfer-encoding', 'chunked')
  return { method, url: path, httpVersion: '1.1', rawHeaders, length, takesTrailers }
}
