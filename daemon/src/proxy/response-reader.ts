/** How the end of a response is known. */
export type Framing = 'none' | 'length' | 'chunked' | 'until-close'

export interface ResponseHead {
  status: number
  reason: string
  /** Name, value, name, value …, as they came. */
  headers: string[]
  framing: Framing
  contentLength: number
  /** The connection may carry another request after this response. */
  keepAlive: boolean
  /** `Keep-Alive: timeout=`, where the upstream gives it (rule D4). */
  keepAliveHintMs: number | undefined
}

export interface ResponseSink {
  onHead(head: ResponseHead): void
  onData(chunk: Buffer): void
  /** A field behind a chunked body. */
  onTrailer(name: string, value: string): void
  onEnd(): void
}

/** The upstream did not speak HTTP/1.1 as it is written; its connection must not be used again. */
export class ResponseFault extends Error {}

const MAX_HEAD_BYTES = 65_536
const MAX_TRAILER_BYTES = 16_384
const MAX_CHUNK_LINE_BYTES = 256
const MAX_INTERIM_RESPONSES = 16

const FORBIDDEN = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n/
const STATUS_LINE = /^HTTP\/1\.[01] [1-9][0-9]{2}(?: .*)?$/
/** A status line, and fields with a name each. No part can be read as another one, so that one pass decides. */
const HEAD =
  /^HTTP\/1\.[01] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const DIGITS = /^[0-9]{1,15}$/
const END_OF_HEAD = Buffer.from('\r\n\r\n')

type State =
  | 'head'
  | 'fixed'
  | 'until-close'
  | 'size'
  | 'chunk'
  | 'after-chunk'
  | 'trailer'
  | 'done'

/**
 * Reads responses of one connection, strictly: whatever is not exactly HTTP/1.1 throws a
 * ResponseFault, so that two readers never differ about where a response ends (rules P4, P5, P6).
 */
export class ResponseReader {
  private state: State = 'done'
  private method = ''
  private upgrade = false
  private left = 0
  private line = ''
  private pending: Buffer | undefined
  private interim = 0
  private trailerBytes = 0
  /** A byte of the response to the request under way has come. */
  started = false

  private readonly sink: ResponseSink

  constructor(sink: ResponseSink) {
    this.sink = sink
  }

  begin(method: string, upgrade: boolean): void {
    this.state = 'head'
    this.method = method
    this.upgrade = upgrade
    this.interim = 0
    this.started = false
  }

  get done(): boolean {
    return this.state === 'done'
  }

  /** Gives back what follows the response: bytes of an upgraded connection, or a fault of the upstream. */
  feed(chunk: Buffer): Buffer | undefined {
    let at = 0
    while (at < chunk.length) {
      if (this.state === 'done') return chunk.subarray(at)
      this.started = true
      if (this.state === 'head') at = this.readHead(chunk, at)
      else if (this.state === 'fixed' || this.state === 'chunk') at = this.readData(chunk, at)
      else if (this.state === 'until-close') {
        this.sink.onData(at === 0 ? chunk : chunk.subarray(at))
        at = chunk.length
      } else at = this.readLine(chunk, at)
    }
    return undefined
  }

  /** The upstream has sent its FIN. True where that completes the response. */
  finish(): boolean {
    if (this.state !== 'until-close') return this.state === 'done'
    this.complete()
    return true
  }

  private complete(): void {
    this.state = 'done'
    this.sink.onEnd()
  }

  private readData(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.left)
    this.left -= end - at
    this.sink.onData(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end))
    if (this.left > 0) return end
    if (this.state === 'fixed') this.complete()
    else this.state = 'after-chunk'
    return end
  }

  /** Chunk sizes, the line end after a chunk, and trailers: all of them lines. */
  private readLine(chunk: Buffer, at: number): number {
    const lineFeed = chunk.indexOf(10, at)
    const end = lineFeed === -1 ? chunk.length : lineFeed + 1
    this.line += chunk.toString('latin1', at, end)
    if (this.line.length > (this.state === 'trailer' ? MAX_HEAD_BYTES : MAX_CHUNK_LINE_BYTES))
      throw new ResponseFault('a line of the chunked body is too long')
    if (lineFeed === -1) return end
    if (!this.line.endsWith('\r\n'))
      throw new ResponseFault('a line of the chunked body ends in LF')
    const line = this.line.slice(0, -2)
    this.line = ''
    this.onLine(line)
    return end
  }

  private onLine(line: string): void {
    if (this.state === 'after-chunk') {
      if (line !== '') throw new ResponseFault('a chunk is longer than it says')
      this.state = 'size'
      return
    }
    if (this.state === 'trailer') {
      if (line === '') this.complete()
      else this.onTrailerLine(line)
      return
    }
    const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line)?.[1]
    if (size === undefined) throw new ResponseFault('a chunk has no size')
    this.left = Number.parseInt(size, 16)
    this.trailerBytes = 0
    this.state = this.left === 0 ? 'trailer' : 'chunk'
  }

  private onTrailerLine(line: string): void {
    this.trailerBytes += line.length
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    if (this.trailerBytes > MAX_TRAILER_BYTES) throw new ResponseFault('the trailers are too large')
    if (colon === -1 || !TOKEN.test(name) || FORBIDDEN.test(line))
      throw new ResponseFault('a trailer is no field')
    this.sink.onTrailer(name, trim(line, colon + 1))
  }

  private readHead(chunk: Buffer, at: number): number {
    let bytes = chunk
    let from = at
    if (this.pending) {
      bytes = Buffer.concat([this.pending, at === 0 ? chunk : chunk.subarray(at)])
      from = 0
    }
    const end = bytes.indexOf(END_OF_HEAD, from)
    if ((end === -1 ? bytes.length : end) - from > MAX_HEAD_BYTES)
      throw new ResponseFault('the head of the response is too large')
    if (end === -1) {
      // A copy: the next read writes over what was read.
      this.pending = this.pending ? bytes : Buffer.from(bytes.subarray(from))
      return chunk.length
    }
    this.pending = undefined
    const head = parseHead(bytes.toString('latin1', from, end), this.method)
    const next = chunk.length - (bytes.length - (end + END_OF_HEAD.length))
    this.onHead(head)
    return next
  }

  private onHead(head: ResponseHead): void {
    if (head.status < 200 && !(head.status === 101 && this.upgrade)) {
      if (head.status === 101) throw new ResponseFault('switched protocols without being asked')
      this.interim += 1
      if (this.interim > MAX_INTERIM_RESPONSES)
        throw new ResponseFault('too many interim responses')
      return
    }
    if (head.framing === 'chunked') this.state = 'size'
    else if (head.framing === 'until-close') this.state = 'until-close'
    else {
      this.left = head.framing === 'length' ? head.contentLength : 0
      this.state = this.left > 0 ? 'fixed' : 'done'
    }
    const empty = this.state === 'done'
    this.sink.onHead(head)
    if (empty) this.sink.onEnd()
  }
}

/** Where the parts of a status line are. */
const MINOR_VERSION_AT = 7
const STATUS_AT = 9
const REASON_AT = 13

function parseHead(text: string, method: string): ResponseHead {
  if (!HEAD.test(text)) throw new ResponseFault(faultOf(text))
  const firstEnd = endOfLine(text, 0)
  const code = Number(text.slice(STATUS_AT, STATUS_AT + 3))
  const isModern = text[MINOR_VERSION_AT] === '1'
  const headers: string[] = []
  let length: string | undefined
  let encoding: string | undefined
  let connection = ''
  let hint: string | undefined

  for (let at = firstEnd + 2, end = at; at < text.length; at = end + 2) {
    end = endOfLine(text, at)
    const colon = text.indexOf(':', at)
    const name = text.slice(at, colon)
    const value = trim(text, colon + 1, end)
    headers.push(name, value)
    // Only names of these lengths decide anything about framing.
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (!DIGITS.test(value) || (length !== undefined && length !== value))
        throw new ResponseFault('the content length is not one number')
      length = value
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      encoding = encoding === undefined ? value.toLowerCase() : `${encoding},${value}`
    } else if (name.length === 10) {
      const lower = name.toLowerCase()
      if (lower === 'connection')
        connection =
          connection === '' ? value.toLowerCase() : `${connection},${value.toLowerCase()}`
      else if (lower === 'keep-alive') hint = value
    }
  }

  const bodyless = method === 'HEAD' || code < 200 || code === 204 || code === 304
  if (encoding !== undefined && (encoding !== 'chunked' || !isModern) && !bodyless)
    throw new ResponseFault('the transfer encoding is not chunked')
  const framing: Framing = bodyless
    ? 'none'
    : encoding !== undefined
      ? 'chunked'
      : length !== undefined
        ? 'length'
        : 'until-close'

  return {
    status: code,
    reason: text.slice(REASON_AT, Math.max(firstEnd, REASON_AT)),
    headers,
    framing,
    contentLength: length === undefined ? 0 : Number(length),
    keepAlive:
      framing !== 'until-close' &&
      // Both at once is allowed to be read only with the connection closed after it (RFC 9112, 6.3).
      !(encoding !== undefined && length !== undefined) &&
      (isModern ? !hasToken(connection, 'close') : hasToken(connection, 'keep-alive')),
    keepAliveHintMs: readHint(hint),
  }
}

/** In words, of a head that is none. */
function faultOf(text: string): string {
  if (FORBIDDEN.test(text)) return 'the head holds a forbidden byte'
  return STATUS_LINE.test(text.slice(0, endOfLine(text, 0)))
    ? 'a header field has no name'
    : 'there is no status line'
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\r\n', from)
  return end === -1 ? text.length : end
}

function trim(line: string, from: number, to = line.length): string {
  let start = from
  let end = to
  while (start < end && isBlank(line.charCodeAt(start))) start += 1
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1
  return line.slice(start, end)
}

const isBlank = (code: number): boolean => code === 32 || code === 9

const hasToken = (list: string, token: string): boolean =>
  list === token ||
  (list.includes(',') && list.split(',').some((entry) => trim(entry, 0) === token))

function readHint(value: string | undefined): number | undefined {
  const seconds =
    value === undefined ? undefined : /(?:^|[,\s])timeout=([0-9]{1,6})/i.exec(value)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1_000
}
