import { createFieldKinds, NO_NAME, ORDINARY } from './field-names.ts'

/** A request that can be read in one way only, as Node's parser would give it. */
export interface PlainHead {
  method: string
  url: string
  rawHeaders: string[]
  /** The client wants no other request on this connection. */
  closes: boolean
  /** Bytes of the body that follows. */
  contentLength: number
  /** Bytes of the head, blank line included. */
  length: number
}

const END_OF_HEAD = Buffer.from('\r\n\r\n')
const VERSION = ' HTTP/1.1'
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])

/** Plain ASCII, and line ends that are CR LF together. */
const UNCLEAR = /[^\t\r\n\x20-\x7e]|\r(?!\n)|(?<!\r)\n/
const PATH = /^\/[\x21\x22\x24-\x5b\x5d-\x7e]*$/
const LENGTH = /^(?:0|[1-9][0-9]{0,14})$/

const UNUSUAL = 1
const CONNECTION = 2
const CONTENT_LENGTH = 3

/** Names that change what a request or its connection is: nothing for the fast lane. */
const kindOf = createFieldKinds(
  new Map([
    ['connection', CONNECTION],
    ['content-length', CONTENT_LENGTH],
    ['transfer-encoding', UNUSUAL],
    ['upgrade', UNUSUAL],
    ['expect', UNUSUAL],
    ['te', UNUSUAL],
    ['trailer', UNUSUAL],
    ['keep-alive', UNUSUAL],
    ['proxy-connection', UNUSUAL],
    ['http2-settings', UNUSUAL],
  ]),
)

/**
 * Reads the head of a plain HTTP/1.1 request that has come in one piece. Undefined for everything
 * else, be it unusual, incomplete or wrong: Node's parser looks at that, from its first byte.
 */
export function readPlainHead(bytes: Buffer, maxBytes: number): PlainHead | undefined {
  const end = bytes.indexOf(END_OF_HEAD)
  const length = end + END_OF_HEAD.length
  if (end === -1 || length > maxBytes) return undefined
  const text = bytes.toString('latin1', 0, end + 2)
  if (UNCLEAR.test(text)) return undefined

  const lineEnd = text.indexOf('\r\n')
  const space = text.indexOf(' ')
  const urlEnd = lineEnd - VERSION.length
  if (space === -1 || urlEnd <= space || !text.startsWith(VERSION, urlEnd)) return undefined
  const method = text.slice(0, space)
  const url = text.slice(space + 1, urlEnd)
  if (!METHODS.has(method) || !PATH.test(url)) return undefined

  const rawHeaders: string[] = []
  let contentLength: number | undefined
  let connection: string | undefined
  for (let at = lineEnd + 2; at < text.length; ) {
    const next = text.indexOf('\r\n', at)
    const colon = text.indexOf(':', at)
    if (colon === -1 || colon > next) return undefined
    const name = text.slice(at, colon)
    const value = trimmed(text, colon + 1, next)
    at = next + 2
    rawHeaders.push(name, value)
    const kind = kindOf(name)
    if (kind === ORDINARY) continue
    if (kind === UNUSUAL || kind === NO_NAME) return undefined
    if (kind === CONNECTION) {
      if (connection !== undefined) return undefined
      connection = value.toLowerCase()
      if (connection !== 'keep-alive' && connection !== 'close') return undefined
    } else {
      if (contentLength !== undefined || !LENGTH.test(value)) return undefined
      contentLength = Number(value)
    }
  }
  return {
    method,
    url,
    rawHeaders,
    closes: connection === 'close',
    contentLength: contentLength ?? 0,
    length,
  }
}

/** More of a head than that, and not its end, is for Node's parser. */
const MAX_WAITING_BYTES = 4_096
const LINE_BEGUN = /^[A-Z]{1,7}(?: |$)/
const LINE_WHOLE = /^[A-Z]{3,7} \S+ HTTP\/1\.1$/

/**
 * Whether this beginning may become a plain head when the rest comes. What is unusual or wrong already
 * is for Node's parser, which answers at once.
 */
export function mayBecomePlainHead(bytes: Buffer): boolean {
  if (bytes.length > MAX_WAITING_BYTES || bytes.includes(END_OF_HEAD)) return false
  const text = bytes.toString('latin1')
  if (UNCLEAR.test(text.endsWith('\r') ? text.slice(0, -1) : text)) return false
  const lineEnd = text.indexOf('\r\n')
  return lineEnd === -1 ? LINE_BEGUN.test(text) : LINE_WHOLE.test(text.slice(0, lineEnd))
}

function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const isBlank = (code: number): boolean => code === 32 || code === 9
