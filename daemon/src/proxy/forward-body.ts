import type { PageName } from './error-pages.ts'
import type { Plane } from './plane.ts'
import { NOWHERE } from './roll.ts'
import type { BegunBody, SlowBody } from './slow-bodies.ts'
import type { Visit } from './visit.ts'
import type { UpstreamConnection } from './upstream-connection.ts'

/** A body up to here is kept while it is sent, so that it can be sent once more (rule D3). */
export const REPLAYED_BYTES = 65_536

/** Before that nobody knows how fast a body comes. */
const JUDGED_AFTER_MS = 500

interface Owner {
  onBodyEnd(): void
  /** The body is too large or too slow; the app has not seen the end of it. */
  onBodyRefused(page: PageName): void
}

/** The body of a request on its way to an instance, with back-pressure and a least rate (rule P8). */
export class RequestBody implements SlowBody, BegunBody {
  started = false
  ended = false
  private paused = false
  /** Once the app answers, how slowly the rest comes is between it and the client. */
  private judged = true
  /** Not looked at: it is one of a crowd of slow ones. */
  private away = false
  /** Asks an instance: in a crowd that waits until enough of the body has come. */
  private goOn: (() => void) | undefined
  private toldToContinue = false
  /** Among the slow ones. */
  private slowPlace: number = NOWHERE
  private windowBytes = 0
  private windowSince = 0
  private connection: UpstreamConnection | undefined
  private kept: Buffer[] | undefined

  private readonly visit: Visit
  private readonly maxBytes: number
  private readonly owner: Owner
  private readonly plane: Pick<Plane, 'limits' | 'slowBodies'>

  constructor(
    visit: Visit,
    maxBytes: number,
    owner: Owner,
    plane: Pick<Plane, 'limits' | 'slowBodies'>,
  ) {
    this.visit = visit
    this.maxBytes = maxBytes
    this.owner = owner
    this.plane = plane
    const { chunked, contentLength = 0 } = visit.head
    if (!chunked && contentLength <= REPLAYED_BYTES) this.kept = visit.body ?? []
    this.started = visit.body !== undefined
    this.ended = this.started
  }

  /** All of it has come and is here: another instance could be sent it from its beginning. */
  get isWhole(): boolean {
    return this.ended && this.kept !== undefined
  }

  /** For whoever sends the request next: what was read of it comes no second time. */
  handOn(): void {
    if (this.isWhole) this.visit.body = this.kept
  }

  /**
   * Whether no instance is to be asked yet: in a crowd of slow bodies the app's connections are for those
   * that come, be it all of it or what the least rate asks for (decision 271). `goOn` is called then.
   */
  mustCome(goOn: () => void): boolean {
    const { req, res, head } = this.visit
    if (!this.plane.slowBodies.isCrowd || this.started) return false
    if (req.readableLength === undefined || this.hasCome) return false
    this.goOn = goOn
    this.windowSince = performance.now()
    if (head.expectsContinue) {
      this.toldToContinue = true
      res.writeContinue()
    }
    this.plane.slowBodies.await(this)
    return true
  }

  private get hasCome(): boolean {
    const { complete, readableLength = 0 } = this.visit.req
    return complete === true || readableLength >= this.plane.limits.bodyRateBytes
  }

  isAwaited(now: number): boolean {
    if (!this.goOn) return false
    if (this.hasCome || !this.plane.slowBodies.isCrowd) this.arrive()
    else if (now - this.windowSince >= JUDGED_AFTER_MS) this.becomeSlow()
    else return true
    return false
  }

  private arrive(): void {
    const { goOn } = this
    this.goOn = undefined
    this.slowPlace = this.plane.slowBodies.leave(this.slowPlace)
    this.away = false
    goOn?.()
  }

  /** Called when there is a connection; a body that has gone once goes again. */
  sendTo(connection: UpstreamConnection): void {
    this.connection = connection
    if (this.started) {
      for (const chunk of this.kept ?? []) connection.socket.write(chunk)
      if (this.ended) this.finish()
      return
    }
    const { req, res, head } = this.visit
    this.started = true
    // Who was waited for has had this time.
    this.windowSince ||= performance.now()
    if (head.expectsContinue && !this.toldToContinue) res.writeContinue()
    req.on('data', this.onData)
    req.once('end', this.onEnd)
  }

  private onData = (chunk: Buffer): void => {
    const { visit, connection, kept } = this
    visit.bytesIn += chunk.length
    this.windowBytes += chunk.length
    if (visit.bytesIn > this.maxBytes) {
      this.owner.onBodyRefused('tooLarge')
      return
    }
    if (this.slowPlace !== NOWHERE && this.windowBytes >= this.plane.limits.bodyRateBytes)
      this.hurry()
    kept?.push(chunk)
    if (!connection) return
    const { socket } = connection
    let room: boolean
    if (visit.head.chunked) {
      socket.cork()
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
      socket.write(chunk)
      room = socket.write('\r\n', 'latin1')
      socket.uncork()
    } else room = socket.write(chunk)
    if (room) return
    this.paused = true
    this.windowSince = performance.now()
    visit.req.pause()
  }

  private onEnd = (): void => {
    this.ended = true
    this.hurry()
    this.finish()
  }

  private finish(): void {
    const { connection } = this
    if (this.visit.head.chunked) connection?.socket.write('0\r\n\r\n', 'latin1')
    this.owner.onBodyEnd()
    connection?.endRequest()
  }

  onDrain(): void {
    if (!this.paused) return
    this.paused = false
    this.windowBytes = 0
    this.windowSince = performance.now()
    if (!this.away) this.visit.req.resume()
  }

  look(): void {
    if (this.goOn) {
      if (this.hasCome || !this.plane.slowBodies.isCrowd) this.arrive()
      return
    }
    this.away = false
    if (!this.paused) this.visit.req.resume()
  }

  lookAway(): void {
    if (this.slowPlace === NOWHERE) return
    this.away = true
    if (!this.goOn) this.visit.req.pause()
    this.judge(performance.now())
  }

  private becomeSlow(): void {
    if (this.slowPlace !== NOWHERE) return
    const { slowBodies } = this.plane
    this.slowPlace = slowBodies.enter(this)
    if (!slowBodies.isCrowd) return
    this.away = true
    if (!this.goOn) this.visit.req.pause()
  }

  onAnswer(): void {
    this.judged = false
    this.hurry()
  }

  /** It is none of the slow ones any more. */
  private hurry(): void {
    this.slowPlace = this.plane.slowBodies.leave(this.slowPlace)
    if (this.away) this.look()
  }

  /** How long the app has taken nothing of what waits for it. */
  untakenMs(now: number): number {
    return this.paused ? now - this.windowSince : 0
  }

  sweep(now: number): void {
    // In a crowd it is judged when it was looked at.
    if (!this.away) this.judge(now)
  }

  private judge(now: number): void {
    const { bodyRateBytes, bodyRateWindowMs } = this.plane.limits
    const tookMs = now - this.windowSince
    if (this.goOn) {
      if (tookMs >= bodyRateWindowMs) this.owner.onBodyRefused('tooSlow')
      return
    }
    if (!this.judged || !this.started || this.ended || this.paused) return
    if (tookMs < Math.min(JUDGED_AFTER_MS, bodyRateWindowMs)) return
    const isSlow = this.windowBytes < bodyRateBytes * Math.min(1, tookMs / bodyRateWindowMs)
    if (isSlow) this.becomeSlow()
    else this.hurry()
    if (tookMs < bodyRateWindowMs) return
    if (isSlow) this.owner.onBodyRefused('tooSlow')
    this.windowBytes = 0
    this.windowSince = now
  }

  /** Nothing more is sent; what still comes is dropped. */
  leave(): void {
    this.kept = undefined
    this.connection = undefined
    this.goOn = undefined
    this.slowPlace = this.plane.slowBodies.leave(this.slowPlace)
    if (!this.started || this.ended) return
    const { req } = this.visit
    req.off('data', this.onData)
    req.off('end', this.onEnd)
    req.resume()
  }
}
