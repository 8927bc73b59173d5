import type { ServerHttp2Stream } from 'node:http2'
import type { RequestSide, RequestSocket, ResponseSide } from './client-sides.ts'
import type { RawRequest } from './head-rules.ts'
import type { Http2Head } from './http2-head.ts'

/** Error codes of RFC 9113, section 7. */
export const CODE = {
  noError: 0,
  refusedStream: 7,
  enhanceYourCalm: 11,
} as const

/** What decides about framing, routes, caches or who somebody is comes before a body or not at all. */
const NO_TRAILER =
  /^(?:content-.*|transfer-encoding|connection|keep-alive|proxy-.*|te|trailer|upgrade|http2-settings|host|set-cookie|cookie|authorization|www-authenticate|authentication-info|location|cache-control|expires|age|vary|date|range|expect|max-forwards|retry-after|server|strict-transport-security)$/

const LARGEST_STATUS = 599

/**
 * One stream as a request and its answer, without the objects of Node's compatibility layer
 * (decision 126). Only the events that forwarding asks for go on to the stream.
 */
export class Http2Exchange implements RequestSide, ResponseSide, RawRequest {
  readonly httpVersion = '1.1'
  readonly httpVersionMinor = 1
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly socket: RequestSocket
  statusCode = 200
  headersSent = false
  /** A stream has no connection of its own that could be kept. */
  shouldKeepAlive = true
  /** Broken off by us: it does not count against the client. */
  brokenByUs = false
  private bodyless = false
  private takesTrailers: boolean
  private readonly trailers = new Map<string, string[]>()
  /** Bytes that are still to come, where the client has said how many. */
  private left: number | undefined
  private onData: ((chunk: Buffer) => void) | undefined
  private onEnd: (() => void) | undefined
  private ended = false
  private requestEnded: boolean
  private readonly stream: ServerHttp2Stream

  constructor(
    stream: ServerHttp2Stream,
    { method, url, rawHeaders, length, takesTrailers }: Http2Head,
    remoteAddress: string | undefined,
  ) {
    this.stream = stream
    this.method = method
    this.url = url
    this.rawHeaders = rawHeaders
    this.takesTrailers = takesTrailers === true
    this.left = length === undefined ? undefined : Number(length)
    this.requestEnded = stream.endAfterHeaders
    this.socket = {
      remoteAddress,
      destroy: () => this.reset(),
      resetAndDestroy: () => this.destroy(),
    }
  }

  get destroyed(): boolean {
    return this.stream.destroyed || this.stream.closed
  }

  get writableFinished(): boolean {
    return this.ended && !this.stream.aborted && this.stream.rstCode === CODE.noError
  }

  pause(): void {
    this.stream.pause()
  }

  resume(): void {
    this.stream.resume()
  }

  on(_event: 'data', listener: (chunk: Buffer) => void): void {
    if (!this.onData) this.stream.on('data', this.takeData)
    this.onData = listener
  }

  once(event: 'end' | 'close' | 'drain', listener: () => void): void {
    if (event !== 'end') {
      this.stream.once(event, listener)
      return
    }
    if (!this.onEnd) this.stream.once('end', this.takeEnd)
    this.onEnd = listener
  }

  off(event: 'data' | 'end' | 'close' | 'drain', listener: (chunk: Buffer) => void): void {
    if (event === 'data') this.onData = nobody
    else if (event === 'end') this.onEnd = nobody
    else this.stream.off(event, listener)
  }

  /** More than was said would be read by the app as its next request; nghttp2 watches it as well. */
  private takeData = (chunk: Buffer): void => {
    if (this.left !== undefined) {
      this.left -= chunk.length
      if (this.left < 0) {
        this.onData = nobody
        this.reset()
        return
      }
    }
    this.onData?.(chunk)
  }

  /** A stream that was reset ends like one that is complete: its body must not pass for a whole one. */
  private takeEnd = (): void => {
    if (this.stream.closed) return
    if (this.left !== undefined && this.left > 0) {
      this.reset()
      return
    }
    this.requestEnded = true
    this.onEnd?.()
  }

  writeHead(
    status: number,
    ...rest: [headers: string[]] | [reason: string, headers: string[]]
  ): void {
    if (this.destroyed || this.headersSent) return
    const headers = rest.length === 1 ? rest[0] : rest[1]
    this.statusCode = status
    this.headersSent = true
    this.bodyless = status === 204 || status === 205 || status === 304 || this.method === 'HEAD'
    const fields = [':status', String(Math.min(status, LARGEST_STATUS)), ...headers]
    // Its length would be that of a body that is not sent.
    if (status === 205) removeLength(fields)
    try {
      this.takesTrailers &&= this.requestEnded && !this.bodyless
      this.stream.respond(fields, { waitForTrailers: this.takesTrailers })
      if (this.takesTrailers) this.stream.once('wantTrailers', this.sendTrailers)
    } catch {
      // A field that HTTP/2 cannot carry: the answer cannot be given as it is.
      this.destroy()
    }
  }

  writeContinue(): void {
    if (!this.destroyed && !this.headersSent) this.stream.additionalHeaders({ ':status': 100 })
  }

  /** The head is on its way since `writeHead`. */
  flushHeaders(): void {}

  write(chunk: Buffer): boolean {
    if (this.destroyed || this.bodyless) return true
    return this.stream.write(chunk)
  }

  addTrailer(name: string, value: string): void {
    const lower = name.toLowerCase()
    if (!this.takesTrailers || NO_TRAILER.test(lower)) return
    const values = this.trailers.get(lower)
    if (values) values.push(value)
    else this.trailers.set(lower, [value])
  }

  private sendTrailers = (): void => {
    if (this.destroyed) return
    try {
      this.stream.sendTrailers(Object.fromEntries(this.trailers))
    } catch {
      // A field that HTTP/2 cannot carry, and an app may write what it likes: never the worker's end.
      this.destroy()
    }
  }

  end(chunk?: Buffer | string, encoding: 'latin1' | 'utf8' = 'utf8'): void {
    if (this.ended || this.destroyed) return
    this.ended = true
    if (!this.bodyless && chunk !== undefined && chunk.length > 0)
      this.stream.write(chunk, encoding)
    if (!this.stream.writableEnded) this.stream.end()
    // What the client still sends for an answered request is not waited for (RFC 9113, 8.1).
    if (!this.requestEnded) {
      this.brokenByUs = true
      this.stream.close(CODE.noError)
    }
  }

  /** Breaks the answer off so that nobody takes it for a whole one. */
  destroy(): void {
    this.brokenByUs = true
    this.reset()
  }

  /** Never by `close`: it ends the answer first, and what was broken off would look whole (decision 126). */
  private reset(): void {
    if (!this.destroyed) this.stream.destroy(new Error('broken off'))
  }
}

const nobody = (): void => undefined

function removeLength(fields: string[]): void {
  for (let at = fields.length - 2; at > 0; at -= 2)
    if (fields[at]?.toLowerCase() === 'content-length') fields.splice(at, 2)
}
