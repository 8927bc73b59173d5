import { connect, type Socket } from 'node:net'
import { writeStraight } from './bare-socket.ts'
import { READS } from './one-buffer.ts'
import { type ResponseHead, ResponseReader, type ResponseSink } from './response-reader.ts'

export type FailureKind =
  /** No connection came about: nothing was sent. */
  | 'connect'
  /** The connection ended before the first byte of a response. */
  | 'no-response'
  /** The connection ended, or said nonsense, within a response. */
  | 'broken-response'

/** Who waits for a response. Nothing is called any more after `onEnd` or `onFailure`. */
export interface ResponseListener {
  onConnected(): void
  onHead(head: ResponseHead): void
  /** The bytes are those of the socket's next read as soon as this returns: what is kept is copied. */
  onData(chunk: Buffer): void
  onTrailer?(name: string, value: string): void
  /** `surplus`: bytes that came behind the head of a granted upgrade. */
  onEnd(surplus: Buffer | undefined): void
  onFailure(kind: FailureKind, error: Error): void
  onDrain(): void
}

interface Owner {
  /** The connection is free to be used again (`true`), or gone. */
  onFree(connection: UpstreamConnection, reusable: boolean): void
}

/** One socket to an instance, carrying one request at a time. */
export class UpstreamConnection implements ResponseSink {
  readonly socket: Socket
  /** A request was already answered on it: its upstream may be closing it just now (rule D4). */
  reused = false
  /** The response was read; its upstream may have been idle for longer, but not since before `sentAt`. */
  idleSince = 0
  sentAt = 0
  idleLimitMs = 0
  /** The upstream says itself how long it keeps an idle connection. */
  hinted = false
  private listener: ResponseListener | undefined
  private reader = new ResponseReader(this)
  private requestSent = false
  private responseEnded = false
  private keepAlive = false
  private connected = false
  private upgraded = false
  private connectTimer: NodeJS.Timeout | undefined

  private readonly owner: Owner
  private readonly defaultIdleMs: number
  private readonly maxIdleMs: number

  constructor(
    host: string,
    port: number,
    connectTimeoutMs: number,
    owner: Owner,
    defaultIdleMs: number,
    maxIdleMs: number,
    forUpgrade = false,
  ) {
    this.owner = owner
    this.defaultIdleMs = defaultIdleMs
    this.maxIdleMs = maxIdleMs
    this.socket = connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: false,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      // One buffer for all: a buffer a read is what the collector would have most to do with.
      ...(forUpgrade ? {} : { onread: { buffer: READS, callback: this.onRead } }),
    })
    this.connectTimer = setTimeout(
      () => this.socket.destroy(new Error('connecting took too long')),
      connectTimeoutMs,
    )
    this.socket.once('connect', this.onConnect)
    this.socket.on('data', this.onSocketData)
    this.socket.on('drain', this.onSocketDrain)
    this.socket.once('end', this.onSocketEnd)
    this.socket.once('error', this.onSocketError)
    this.socket.once('close', this.onSocketClose)
  }

  /** Takes the connection for one request. The head waits in the socket until it is connected. */
  begin(listener: ResponseListener, method: string, head: string, upgrade = false): void {
    this.listener = listener
    this.requestSent = false
    this.responseEnded = false
    this.upgraded = false
    this.reader.begin(method, upgrade)
    if (!writeStraight(this.socket, head)) this.socket.write(head, 'latin1')
    if (this.connected) listener.onConnected()
  }

  /** The last byte of the request has been written; before that the connection is never free. */
  endRequest(): void {
    this.requestSent = true
    this.sentAt = performance.now()
    if (this.responseEnded) this.settle()
  }

  /** Ends the request under way by closing the connection; the listener hears nothing more. */
  abort(): void {
    this.listener = undefined
    this.socket.destroy()
  }

  get responseStarted(): boolean {
    return this.reader.started
  }

  onHead(head: ResponseHead): void {
    this.keepAlive = head.keepAlive
    this.upgraded = head.status === 101
    const hint = head.keepAliveHintMs
    // Well before the upstream gives up; of a very short hint the half (rule D4).
    this.hinted = hint !== undefined
    this.idleLimitMs =
      hint === undefined
        ? this.defaultIdleMs
        : Math.min(this.maxIdleMs, hint > 2_000 ? hint - 1_000 : hint / 2)
    this.listener?.onHead(head)
  }

  onData(chunk: Buffer): void {
    this.listener?.onData(chunk)
  }

  onTrailer(name: string, value: string): void {
    this.listener?.onTrailer?.(name, value)
  }

  onEnd(): void {
    this.responseEnded = true
  }

  private onRead = (length: number): boolean => {
    this.onSocketData(READS.subarray(0, length))
    return true
  }

  private onConnect = (): void => {
    this.connected = true
    clearTimeout(this.connectTimer)
    this.listener?.onConnected()
  }

  private onSocketData = (chunk: Buffer): void => {
    const { listener } = this
    if (!listener) {
      // Nobody asked: an idle upstream that speaks is not to be trusted with the next request (rule P4).
      this.socket.destroy()
      return
    }
    let surplus: Buffer | undefined
    try {
      surplus = this.reader.feed(chunk)
    } catch (error) {
      this.fail('broken-response', error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (this.listener === listener && this.responseEnded) this.endResponse(surplus)
  }

  private endResponse(surplus: Buffer | undefined): void {
    const { listener } = this
    if (this.upgraded) {
      this.detach()
      listener?.onEnd(surplus)
      return
    }
    if (surplus) this.keepAlive = false
    if (this.requestSent) this.settle()
    // An answer before the whole request was taken: the rest of it can never be told apart (rule P4).
    else this.keepAlive = false
    listener?.onEnd(undefined)
    if (!this.requestSent) this.abort()
  }

  private settle(): void {
    this.listener = undefined
    if (!this.keepAlive || this.socket.destroyed || this.socket.readableEnded) {
      this.socket.destroy()
      return
    }
    this.reused = true
    this.idleSince = performance.now()
    this.socket.resume()
    this.owner.onFree(this, true)
  }

  /** The socket belongs to the upgrade from now on. */
  private detach(): void {
    this.listener = undefined
    this.socket.pause()
    this.socket.off('data', this.onSocketData)
    this.socket.off('drain', this.onSocketDrain)
    this.socket.off('end', this.onSocketEnd)
  }

  private onSocketDrain = (): void => this.listener?.onDrain()

  private onSocketEnd = (): void => {
    const { listener } = this
    if (listener && this.connected && this.reader.finish() && this.responseEnded) {
      this.keepAlive = false
      this.endResponse(undefined)
    }
    this.socket.destroy()
  }

  private onSocketError = (error: Error): void => {
    this.fail(this.failureKind(), error)
    // Later errors of a socket that is being destroyed have nobody left to tell.
    this.socket.on('error', () => undefined)
  }

  private onSocketClose = (): void => {
    clearTimeout(this.connectTimer)
    this.fail(this.failureKind(), new Error('the upstream closed the connection'))
    this.owner.onFree(this, false)
  }

  private failureKind(): FailureKind {
    if (!this.connected) return 'connect'
    return this.reader.started ? 'broken-response' : 'no-response'
  }

  private fail(kind: FailureKind, error: Error): void {
    const { listener } = this
    this.listener = undefined
    this.socket.destroy()
    listener?.onFailure(kind, error)
  }
}
