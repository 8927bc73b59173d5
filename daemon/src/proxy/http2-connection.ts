import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { createFloodGauge } from './flood-gauge.ts'
import { CODE, Http2Exchange } from './http2-stream.ts'
import { type Http2Head, readHttp2Head } from './http2-head.ts'
import type { Refusal } from './head-rules.ts'
import type { Limits } from './limits.ts'
import { http2 } from './node-servers.ts'

export interface Http2Owner {
  readonly limits: Limits
  /** Counts a stream of this address, to be taken back by `leave`; false: it has too many. */
  enter(): boolean
  leave(): void
  onRequest(exchange: Http2Exchange): void
  onRefused(exchange: Http2Exchange, refusal: Refusal): void
  /** The client floods us. */
  onFlood(what: string): void
}

interface Arrived {
  stream: ServerHttp2Stream
  fields: readonly string[]
  /** What was begun for it. */
  exchange?: Http2Exchange
}

const WINDOW_BYTES = 262_144
const CONNECTION_WINDOW_BYTES = 1_048_576
const SESSION_MEMORY_MB = 10
/** Pieces of cookies count as fields here, and as one in `headFields`. */
const FIELD_PAIRS = 256
/** Frames that make no sense; a client of ours sends none. */
const INVALID_FRAMES = 100

/**
 * One connection of HTTP/2 (rule P9). A request is begun one turn of the event loop after its head has
 * come, so that one that is reset at once reaches nobody; and no more than `http2Streams` that are open
 * or were reset a moment ago are ever begun, so that no flood comes through to an app.
 */
export class Http2Connection {
  private readonly session: ServerHttp2Session
  private readonly arrived: Arrived[] = []
  private pumping = false
  private open = 0
  /** How many were begun and are still open. */
  private begun = 0
  private readonly resets
  private readonly pings
  private readonly settings
  private ready = false
  private closing = false
  private endedAt = 0
  private idleSince = performance.now()

  private readonly socket: TLSSocket
  private readonly owner: Http2Owner

  constructor(socket: TLSSocket, owner: Http2Owner) {
    this.socket = socket
    this.owner = owner
    const { limits } = owner
    this.resets = createFloodGauge(limits.http2Resets, limits.http2FloodWindowMs)
    this.pings = createFloodGauge(limits.http2Pings, limits.http2FloodWindowMs)
    this.settings = createFloodGauge(limits.http2Settings, limits.http2FloodWindowMs)
    const session = http2().performServerHandshake(socket, {
      settings: {
        maxConcurrentStreams: limits.http2Streams,
        // Beyond this the stream is reset without a word; between the two it is told why (431).
        maxHeaderListSize: limits.http2HeaderListBytes * 2,
        initialWindowSize: WINDOW_BYTES,
        enableConnectProtocol: false,
      },
      maxSessionMemory: SESSION_MEMORY_MB,
      maxHeaderListPairs: FIELD_PAIRS,
      maxSessionInvalidFrames: INVALID_FRAMES,
      maxSessionRejectedStreams: limits.http2Streams,
      // Behind our own count: what it stops has not even become an object.
      streamResetBurst: limits.http2Resets * 2,
      streamResetRate: Math.ceil((limits.http2Resets * 1_000) / limits.http2FloodWindowMs),
      strictSingleValueFields: false,
    })
    this.session = session
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES)
    session.on('stream', (stream, _headers, _flags, fields) => this.onStream(stream, fields))
    session.on('ping', () => this.note(this.pings, 'pings'))
    session.on('remoteSettings', () => {
      this.ready = true
      this.note(this.settings, 'settings')
    })
    // What is wrong with a connection ends it, and is nobody's concern but the client's.
    session.on('error', () => undefined)
  }

  private note(gauge: { note(now: number): boolean }, what: string): void {
    if (gauge.note(performance.now())) this.calm(what)
  }

  private calm(what: string): void {
    if (this.session.destroyed) return
    this.owner.onFlood(what)
    this.session.destroy(new Error(`too many ${what}`), CODE.enhanceYourCalm)
  }

  private onStream(stream: ServerHttp2Stream, fields: readonly string[]): void {
    stream.on('error', () => undefined)
    const arrived: Arrived = { stream, fields }
    stream.once('close', () => this.onClosed(arrived))
    // A reset that names no error would wait for somebody to read what has come.
    stream.once('aborted', () => process.nextTick(() => stream.destroy()))
    this.open += 1
    if (!this.owner.enter()) {
      stream.close(CODE.refusedStream)
      return
    }
    this.arrived.push(arrived)
    this.pumpSoon()
  }

  private pumpSoon(): void {
    if (this.pumping) return
    this.pumping = true
    setImmediate(this.pump)
  }

  private pump = (): void => {
    this.pumping = false
    const { arrived, owner } = this
    const room = owner.limits.http2Streams - this.resets.within(performance.now())
    while (arrived.length > 0 && this.begun < room) {
      const next = arrived.shift()
      if (next) this.begin(next)
    }
  }

  private begin(arrived: Arrived): void {
    const { stream, fields } = arrived
    if (stream.closed || stream.destroyed) return
    const { owner } = this
    const head = readHttp2Head(fields, !stream.endAfterHeaders, owner.limits.http2HeaderListBytes)
    const refused = 'status' in head
    const exchange = new Http2Exchange(stream, refused ? NO_HEAD : head, this.socket.remoteAddress)
    arrived.exchange = exchange
    this.begun += 1
    if (refused) owner.onRefused(exchange, head)
    else owner.onRequest(exchange)
  }

  private onClosed({ stream, exchange }: Arrived): void {
    const now = performance.now()
    if (exchange) this.begun -= 1
    this.open -= 1
    if (this.open === 0) this.idleSince = now
    this.owner.leave()
    if (this.session.destroyed) return
    const broken = stream.aborted || stream.rstCode !== CODE.noError
    // Whoever sent the reset: a client can make us send it as well (CVE-2025-8671).
    if (broken && !exchange?.brokenByUs) this.note(this.resets, 'resets')
    if (this.arrived.length > 0) this.pumpSoon()
  }

  /** Takes no new streams, and ends with the last one that is open; what comes too late is told so. */
  close(): void {
    if (this.closing || this.session.destroyed) return
    this.closing = true
    this.session.close()
  }

  /** Called once a second. */
  sweep(now: number): void {
    const { limits } = this.owner
    if (this.session.destroyed || (this.closing && this.open === 0)) {
      this.endedAt ||= now
      if (now - this.endedAt > limits.lingerMs) this.socket.destroy()
      return
    }
    if (this.arrived.length > 0) this.pump()
    if (this.open > 0) return
    const idleMs = now - this.idleSince
    if (!this.ready && idleMs > limits.headersTimeoutMs) this.socket.destroy()
    else if (idleMs > limits.keepAliveTimeoutMs) this.close()
  }

  /** The worker is stopping: an idle connection is given a moment, because a request may be on its way. */
  drain(stoppedAt: number): void {
    const { drainIdleMs } = this.owner.limits
    const idleMs = performance.now() - Math.max(this.idleSince, stoppedAt)
    if (this.open > 0 || idleMs > drainIdleMs) this.close()
  }

  destroy(): void {
    this.socket.destroy()
  }
}

const NO_HEAD: Http2Head = { method: '', url: '', httpVersion: '1.1', rawHeaders: [] }
