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

/**
 * A whole head in plain ASCII: a known method, a path, this version, and fields with a name each, on lines
 * that end in CR LF. No part can be read as another one, so that one pass decides.
 */
const PLAIN =
  /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) \/[\x21\x22\x24-\x5b\x5d-\x7e]* HTTP\/1\.1\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e]*\r\n)*$/
/** Of a beginning: plain ASCII, and line ends that are CR LF together. */
const UNCLEAR = /[^\t\r\n\x20-\x7e]|\r(?!\n)|(?<!\r)\n/
const LENGTH = /^(?:0|[1-9][0-9]{0,14})$/

const CONNECTION = 'connection'
const CONTENT_LENGTH = 'content-length'
/** Names that change what a request or its connection is: nothing for the fast lane. */
const UNUSUAL = [
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'http2-settings',
]
const NAMES = new Set([CONNECTION, CONTENT_LENGTH, ...UNUSUAL])
const MOST_LENGTH = 31
/** A bit for each length that one of them has; all other names are not looked at. */
const LENGTHS = [...NAMES].reduce((bits, { length }) => bits | (1 << length), 0)

/**
 * Reads the head of a plain HTTP/1.1 request that has come in one piece. Undefined for everything
 * else, be it unusual, incomplete or wrong: Node's parser looks at that, from its first byte.
 */
export function readPlainHead(bytes: Buffer, maxBytes: number): PlainHead | undefined {
  const end = bytes.indexOf(END_OF_HEAD)
  const length = end + END_OF_HEAD.length
  if (end === -1 || length > maxBytes) return undefined
  const text = bytes.toString('latin1', 0, end + 2)
  if (!PLAIN.test(text)) return undefined

  const lineEnd = text.indexOf('\r\n')
  const space = text.indexOf(' ')
  const method = text.slice(0, space)
  const url = text.slice(space + 1, lineEnd - VERSION.length)

  const rawHeaders: string[] = []
  let contentLength: number | undefined
  let connection: string | undefined
  for (let at = lineEnd + 2; at < text.length; ) {
    const next = text.indexOf('\r\n', at)
    const colon = text.indexOf(':', at)
    const name = text.slice(at, colon)
    const value = trimmed(text, colon + 1, next)
    at = next + 2
    rawHeaders.push(name, value)
    if (name.length > MOST_LENGTH || (LENGTHS & (1 << name.length)) === 0) continue
    const lower = name.toLowerCase()
    if (!NAMES.has(lower)) continue
    if (lower === CONNECTION) {
      if (connection !== undefined) return undefined
      connection = value.toLowerCase()
      if (connection !== 'keep-alive' && connection !== 'close') return undefined
    } else if (lower === CONTENT_LENGTH) {
      if (contentLength !== undefined || !LENGTH.test(value)) return undefined
      contentLength = Number(value)
    } else return undefined
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
