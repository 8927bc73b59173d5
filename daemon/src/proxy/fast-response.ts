import type { ResponseSide } from './client-sides.ts'
import type { LaneSocket } from './lane-socket.ts'
import { type Piece, PIECES } from './pieces.ts'

/** A body up to here is joined with the head in one string, which costs less than a vector of pieces. */
const SHORT_BYTES = 16_384
const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/

type Listener = () => void

/** Writes one answer on a plain connection: HTTP/1.1, head and a short body in a single write. */
export class FastResponse implements ResponseSide {
  statusCode = 200
  shouldKeepAlive: boolean
  headersSent = false
  writableFinished = false
  private head = ''
  private chunked = false
  private ended = false
  private closed = false
  private closing: Listener[] = []
  private draining: Listener[] = []

  private readonly socket: LaneSocket
  private bodyless: boolean
  private readonly keepAliveLines: string
  private readonly onFlushed: (error?: Error | null) => void

  constructor(
    socket: LaneSocket,
    method: string,
    keepAlive: boolean,
    keepAliveLines: string,
    onFlushed: (error?: Error | null) => void,
  ) {
    this.socket = socket
    this.bodyless = method === 'HEAD'
    this.shouldKeepAlive = keepAlive
    this.keepAliveLines = keepAliveLines
    this.onFlushed = onFlushed
  }

  get destroyed(): boolean {
    return this.closed || this.socket.destroyed
  }

  writeHead(status: number, second: string | string[], third?: string[]): this {
    if (this.headersSent) throw new Error('the head was already written')
    const reason = typeof second === 'string' ? second : (REASONS[status] ?? '')
    const headers = third ?? (typeof second === 'string' ? [] : second)
    let text = `HTTP/1.1 ${status} ${reason}\r\n`
    this.bodyless ||= status === 204 || status === 304
    let framed = this.bodyless
    let dated = false
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index] ?? ''
      const value = headers[index + 1] ?? ''
      if (INVALID_VALUE.test(value)) throw new Error('a header value holds a forbidden byte')
      text += `${name}: ${value}\r\n`
      if (name.length === 4) dated ||= name.toLowerCase() === 'date'
      else if (name.length === 14) framed ||= name.toLowerCase() === 'content-length'
    }
    if (!dated) text += dateLine()
    text += this.shouldKeepAlive ? this.keepAliveLines : 'Connection: close\r\n'
    this.chunked = !framed
    if (this.chunked) text += 'Transfer-Encoding: chunked\r\n'
    this.head = `${text}\r\n`
    this.statusCode = status
    this.headersSent = true
    return this
  }

  write(chunk: Buffer): boolean {
    return this.send(chunk, undefined)
  }

  writeCopy(chunk: Buffer): boolean {
    const { bytes, written } = PIECES.copyOf(chunk)
    return this.send(bytes, written)
  }

  private send(chunk: Buffer, written: Piece['written']): boolean {
    if (!this.headersSent) this.writeHead(this.statusCode, [])
    if (this.destroyed || this.ended || chunk.length === 0 || this.bodyless) return true
    const { socket, head } = this
    this.head = ''
    if (!this.chunked && head === '') return socket.write(chunk, written)
    socket.cork()
    socket.write(this.chunked ? `${head}${chunk.length.toString(16)}\r\n` : head, 'latin1')
    let room = socket.write(chunk, written)
    if (this.chunked) room = socket.write('\r\n', 'latin1')
    socket.uncork()
    return room
  }

  end(chunk?: Buffer | string, _encoding?: 'latin1'): this {
    if (this.ended || this.destroyed) return this
    if (!this.headersSent) this.writeHead(this.statusCode, [])
    if (typeof chunk === 'string' || (chunk && chunk.length <= SHORT_BYTES))
      this.finish(this.bodyless ? '' : typeof chunk === 'string' ? chunk : chunk.toString('latin1'))
    else {
      if (chunk) this.write(chunk)
      this.finish('')
    }
    return this
  }

  private finish(body: string): void {
    this.ended = true
    const text =
      this.head +
      (this.chunked
        ? (body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`) + '0\r\n\r\n'
        : body)
    this.head = ''
    if (text !== '' || this.socket.writableLength > 0)
      this.socket.write(text, 'latin1', this.onFlushed)
    else process.nextTick(this.onFlushed)
  }

  flushHeaders(): void {
    if (this.head === '' || this.destroyed || this.ended) return
    this.socket.write(this.head, 'latin1')
    this.head = ''
  }

  /** A client that waits to be told to go on is never here. */
  writeContinue(): void {
    this.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')
  }

  destroy(): this {
    this.socket.destroy()
    return this
  }

  /** The last byte went to the kernel (`true`), or the client has gone. Once. */
  close(finished: boolean): void {
    if (this.closed) return
    this.closed = true
    this.writableFinished = finished
    const { closing } = this
    this.closing = []
    for (const listener of closing) listener()
  }

  drained(): void {
    if (this.draining.length === 0) return
    const { draining } = this
    this.draining = []
    for (const listener of draining) listener()
  }

  once(event: 'close' | 'drain', listener: Listener): this {
    if (event === 'close') this.closing.push(listener)
    else this.draining.push(listener)
    return this
  }

  off(event: 'close' | 'drain', listener: Listener): this {
    const listeners = event === 'close' ? this.closing : this.draining
    const at = listeners.indexOf(listener)
    if (at !== -1) listeners.splice(at, 1)
    return this
  }
}

const { STATUS_CODES: REASONS } = process.getBuiltinModule('node:http')

let dateSecond = 0
let dateText = ''

/** To the second; made anew only when it has changed. */
function dateLine(): string {
  const second = Math.floor(Date.now() / 1_000)
  if (second !== dateSecond) {
    dateSecond = second
    dateText = `Date: ${new Date(second * 1_000).toUTCString()}\r\n`
  }
  return dateText
}
