import type { RequestHead } from '#proxy/head-rules.ts'
import type { ResponseHead } from '#proxy/response-reader.ts'
import type { Coding } from './encoders.ts'
import { addVary, fieldOf, removeFields, setField } from './fields.ts'

/** What shrinks; pictures, films, archives and woff2 are compressed already. Event streams are left alone. */
const COMPRESSIBLE =
  /^(?:text\/(?!event-stream)[\w.+-]+|application\/(?:javascript|json|ld\+json|manifest\+json|xml|rss\+xml|atom\+xml|xhtml\+xml|wasm|vnd\.ms-fontobject|x-javascript|geo\+json|graphql-response\+json|problem\+json)|font\/(?:ttf|otf|collection)|image\/(?:svg\+xml|x-icon|vnd\.microsoft\.icon|bmp))\s*(?:;|$)/i
/** Nothing in them is one person's own (decision 136). */
const SAME_FOR_ALL =
  /^(?:text\/(?:css|javascript)|application\/(?:javascript|x-javascript|wasm)|font\/|image\/)/i
/** Below it the head costs more than is saved. */
const LEAST_BYTES = 1_024
/** A download of this size is no page; it would keep a thread for seconds. */
const MOST_BYTES = 32 * 2 ** 20

/** Of the representation as it was, and wrong for what is sent. */
const OF_THE_PLAIN = ['content-md5', 'digest', 'content-digest', 'repr-digest', 'accept-ranges']

/** Whether the response is one to compress for a client that takes it; then it varies by what clients take. */
export function isCompressible(
  request: RequestHead,
  response: ResponseHead,
  headers: readonly string[],
  mode: 'safe' | 'all',
): boolean {
  const { status, framing, contentLength } = response
  if (status < 200 || status === 204 || status === 206 || (status >= 300 && status < 400))
    return false
  const type = fieldOf(headers, 'content-type')
  if (type === undefined || !COMPRESSIBLE.test(type)) return false
  const hasLength = framing === 'length' || (framing === 'none' && contentLength > 0)
  if (hasLength && (contentLength < LEAST_BYTES || contentLength > MOST_BYTES)) return false
  if (fieldOf(headers, 'content-encoding') !== undefined) return false
  if (fieldOf(headers, 'content-range') !== undefined) return false
  if (/\bno-transform\b/i.test(fieldOf(headers, 'cache-control') ?? '')) return false
  return mode === 'all' || SAME_FOR_ALL.test(type) || !isPersonal(request, headers)
}

/**
 * A secret of one person beside text that another has chosen can be read off the compressed length
 * (BREACH). Who sent no secret gets none back.
 */
const isPersonal = (request: RequestHead, headers: readonly string[]): boolean =>
  fieldOf(headers, 'set-cookie') !== undefined ||
  ((fieldOf(request.headers, 'cookie') !== undefined ||
    fieldOf(request.headers, 'authorization') !== undefined) &&
    !/\b(?:public|s-maxage)\b/i.test(fieldOf(headers, 'cache-control') ?? ''))

/** The coding that the client likes best; undefined where it would rather have none (RFC 9110, 12.5.3). */
export function codingFor(head: RequestHead): Coding | undefined {
  const weights = weightsOf(head)
  const br = weightOf(weights, 'br')
  const gzip = weightOf(weights, 'gzip')
  const best = Math.max(br, gzip)
  if (best === 0 || best < (weights.get('identity') ?? 0)) return undefined
  return br >= gzip ? 'br' : 'gzip'
}

export const takesCoding = (head: RequestHead, coding: string): boolean =>
  weightOf(weightsOf(head), coding) > 0

const weightOf = (weights: ReadonlyMap<string, number>, coding: string): number =>
  weights.get(coding) ?? weights.get('*') ?? 0

const ENTRY = /^\s*([\w*-]{1,30})\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/

function weightsOf({ headers }: RequestHead): Map<string, number> {
  const weights = new Map<string, number>()
  const accept = fieldOf(headers, 'accept-encoding') ?? ''
  for (const entry of accept.toLowerCase().split(',', 20)) {
    const [, name, weight] = ENTRY.exec(entry) ?? []
    if (name !== undefined) weights.set(name === 'x-gzip' ? 'gzip' : name, Number(weight ?? 1))
  }
  return weights
}

/** The fields of a response whose body is compressed on its way. */
export function nameCoding(headers: string[], coding: Coding): void {
  removeFields(headers, OF_THE_PLAIN)
  const tag = fieldOf(headers, 'etag')
  if (tag?.startsWith('"')) setField(headers, 'ETag', `W/${tag}`)
  headers.push('Content-Encoding', coding)
}

export const varyByCoding = (headers: string[]): void => addVary(headers, 'Accept-Encoding')
