import { TLSSocket } from 'node:tls'
import { sendPage, type PageName } from './error-pages.ts'
import { forwardedLines } from './forwarded-fields.ts'
import { RequestBody } from './forward-body.ts'
import { readResponseHeaders } from './head-rules.ts'
import type { Instance, UnderWay } from './instance.ts'
import { lingerOnClose } from './linger.ts'
import type { Plane, Swept } from './plane.ts'
import type { Visit } from './visit.ts'
import type { ResponseHead } from './response-reader.ts'
import { NOWHERE } from './roll.ts'
import type { RouteTarget } from './route-match.ts'
import { AssetLook, sendAsset } from './rules/asset-look.ts'
import type { AssetKeeper } from './rules/kept-assets.ts'
import { type BodySink, fieldsOfAsset, shapeResponse } from './rules/response-rules.ts'
import { prefixLine, targetFor } from './rules/strip-prefix.ts'
import type { FailureKind, ResponseListener, UpstreamConnection } from './upstream-connection.ts'

const SHORT_BYTES = 16_384

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** Sends the request to an instance of the route and its response to the client. */
export function forward(
  plane: Plane,
  visit: Visit,
  target: RouteTarget,
  reroute: (visit: Visit) => void,
): void {
  new Exchange(plane, visit, target, reroute).start()
}

/**
 * One request on its way. Everything that can end it leads to `leave`, once: the client going away,
 * the upstream ending or failing, a limit, a cut.
 */
class Exchange implements ResponseListener, UnderWay, Swept {
  private instance: Instance | undefined
  private connection: UpstreamConnection | undefined
  private readonly body: RequestBody | undefined
  /** The method allows that it is sent a second time (rule D3). */
  private readonly idempotent: boolean
  private replayed = false
  private headSent = false
  private left = false
  private sweptAt: number = NOWHERE
  /** Among those under way to the instance. */
  private place: number = NOWHERE
  /** When the request was begun, or its body had gone: from then on it is the app that takes time. */
  private sentAt = performance.now()
  private lengthSent = false
  private bodyLeft = 0
  /** A short response, or the short beginning of one: head and body leave in one write. */
  private held = ''
  /** Of a stream, until what came together with its head was looked at. */
  private beginning = false
  private onClientDrain: (() => void) | undefined
  /** Where the body goes: the client, or what the route's rules put before it. */
  private sink: BodySink
  private keeper: AssetKeeper | undefined
  /** The app's 404 waits: a release before may have what was asked for. */
  private looking: AssetLook | undefined
  private quietSince = 0
  private seenBytes = -1
  private stalledSince = 0
  private refusedSince = 0
  /** The instance that the visitor was with, where the route is sticky. */
  private readonly preferred: Instance | undefined
  private retryTimer: NodeJS.Timeout | undefined

  private readonly plane: Plane
  private readonly visit: Visit
  private target: RouteTarget
  private readonly reroute: (visit: Visit) => void

  constructor(plane: Plane, visit: Visit, target: RouteTarget, reroute: (visit: Visit) => void) {
    this.plane = plane
    this.visit = visit
    this.target = target
    this.reroute = reroute
    const { head } = visit
    this.sink = visit.res
    this.preferred = target.rules?.spec.sticky
      ? plane.sticky.take(head, target.instances)
      : undefined
    this.idempotent = IDEMPOTENT.has(head.method)
    this.body =
      head.chunked || (head.contentLength ?? 0) > 0
        ? new RequestBody(visit, target.route.maxBodyBytes, this, plane)
        : undefined
  }

  start(): void {
    const { res } = this.visit
    this.sweptAt = this.plane.swept.enter(this)
    res.once('close', this.onClosed)
    if (this.body?.mustCome(this.goOn)) return
    this.attempt(undefined, false)
  }

  /** The body has come; routes may have changed while it was waited for. */
  private goOn = (): void => this.attemptAgain(undefined, false)

  private attempt(except: Instance | undefined, fresh: boolean): void {
    const instance = this.plane.balancer.choose(this.target.instances, except, this.preferred)
    if (!instance) {
      this.answer('down')
      return
    }
    this.instance = instance
    this.visit.instance = instance
    this.place = instance.underWay.enter(this)
    const connection = fresh ? instance.dial() : instance.acquire(this.replayable)
    if (connection.reused && !this.replayable) this.lookOnceMore(instance, connection)
    else this.begin(connection)
  }

  private begin(connection: UpstreamConnection): void {
    this.connection = connection
    this.sentAt = performance.now()
    connection.begin(this, this.visit.head.method, this.requestHead())
    if (!this.body) connection.endRequest()
  }

  /** Nothing is lost if the connection turns out to be gone: it can be sent from its beginning again. */
  private get replayable(): boolean {
    return this.idempotent && (!this.body || this.body.isWhole)
  }

  /**
   * What must not be sent twice waits for two turns of the event loop: a FIN that has arrived on the
   * idle connection is seen by then, however long this loop or the app's was held up (rule D4).
   */
  private lookOnceMore(instance: Instance, connection: UpstreamConnection): void {
    setImmediate(() =>
      setImmediate(() => {
        if (this.left) instance.onFree(connection, !connection.socket.destroyed)
        else if (instance.isSafe(connection)) this.begin(connection)
        else {
          if (connection.socket.destroyed) instance.learn(connection)
          connection.socket.destroy()
          this.begin(instance.dial())
        }
      }),
    )
  }

  private requestHead(): string {
    const { head, visitor } = this.visit
    const { target } = this
    const asked = target.rules ? targetFor(target, head.target) : head.target
    let text = `${head.method} ${asked} HTTP/1.1\r\nHost: ${head.authority}\r\n`
    const { headers } = head
    for (let index = 0; index < headers.length; index += 2)
      text += `${headers[index]}: ${headers[index + 1]}\r\n`
    text += forwardedLines(head, visitor, this.plane.trusted)
    if (target.rules) text += prefixLine(target)
    // The body is framed by us and by nothing the client wrote (rule P4).
    if (head.chunked) text += 'Transfer-Encoding: chunked\r\n'
    else if (head.contentLength !== undefined) text += `Content-Length: ${head.contentLength}\r\n`
    return `${text}\r\n`
  }

  onConnected(): void {
    if (this.connection) this.body?.sendTo(this.connection)
  }

  onBodyEnd(): void {
    this.sentAt = performance.now()
  }

  onBodyRefused(page: PageName): void {
    this.connection?.abort()
    this.answer(page)
  }

  onDrain(): void {
    this.body?.onDrain()
  }

  onHead(head: ResponseHead): void {
    const { plane, visit, target } = this
    if (head.status === 404 && target.rules?.spec.keepAssets && plane.assets.mayFind(visit, target))
      void this.lookBefore(new AssetLook(head))
    else this.takeHead(head)
  }

  private async lookBefore(look: AssetLook): Promise<void> {
    const { plane, visit, target, instance } = this
    this.looking = look
    const asset = await plane.assets.find(visit, target).catch(() => undefined)
    if (this.looking !== look || this.left) return
    this.looking = undefined
    if (asset && target.rules) {
      this.connection?.abort()
      this.leave()
      if (instance) plane.meter.answered(instance, 404, performance.now() - this.sentAt)
      visit.bytesOut = asset.body.length
      sendAsset(visit, fieldsOfAsset(visit, target.rules, asset.headers), asset)
      return
    }
    this.takeHead(look.head)
    for (const chunk of look.chunks) this.onData(chunk)
    if (look.ended) this.onEnd()
    else this.connection?.socket.resume()
  }

  private takeHead(head: ResponseHead): void {
    const { visit, plane, instance } = this
    const { res, req } = visit
    const headers = readResponseHeaders(head.headers)
    const { rules } = this.target
    const shape = rules?.shapes
      ? shapeResponse(plane, visit, this.target, rules, head, headers)
      : undefined
    const length =
      !shape?.dropsLength &&
      (head.framing === 'length' || (head.framing === 'none' && head.contentLength > 0))
    this.sink = shape?.encoder ?? res
    this.keeper = shape?.keeper
    this.lengthSent = length
    this.bodyLeft = length && head.framing === 'length' ? head.contentLength : 0
    if (length && head.status !== 204) headers.push('Content-Length', String(head.contentLength))
    const early = this.body !== undefined && !this.body.ended
    if (early) lingerOnClose(req, plane.limits.lingerMs)
    if (early || plane.stopping) res.shouldKeepAlive = false
    this.headSent = true
    this.body?.onAnswer()
    this.visit.headMs = performance.now() - this.visit.startedAt
    if (instance) this.noteAnswer(instance, head, headers)
    res.writeHead(head.status, head.reason, headers)
    this.beginning = head.framing === 'chunked' || head.framing === 'until-close'
    if (this.beginning) process.nextTick(flush, this)
  }

  private noteAnswer(instance: Instance, { status }: ResponseHead, headers: string[]): void {
    const now = performance.now()
    const { plane, visit, target } = this
    instance.noteAnswer(now)
    plane.meter.answered(instance, status, now - this.sentAt)
    if (!target.rules?.spec.sticky || instance === this.preferred) return
    const secure = visit.visitor.proto === 'https'
    const path = target.route.pathPrefix
    headers.push('Set-Cookie', plane.sticky.cookieFor(instance, path, secure))
  }

  /** The beginning of a stream goes out without waiting for its next event. */
  flushBeginning(): void {
    this.beginning = false
    if (this.left) return
    if (this.held !== '') this.release()
    else if (this.visit.bytesOut === 0) this.visit.res.flushHeaders()
  }

  /** The chunk is ours only until this returns. */
  onData(chunk: Buffer): void {
    const { visit, looking } = this
    if (looking) {
      if (looking.add(chunk)) this.connection?.socket.pause()
      return
    }
    visit.bytesOut += chunk.length
    this.keeper?.write(chunk)
    const { length } = chunk
    if (length <= SHORT_BYTES && (length === this.bodyLeft || this.mayHold(length))) {
      this.held = chunk.toString('latin1')
      return
    }
    this.bodyLeft = 0
    if (this.held !== '') this.release()
    this.passCopy(chunk)
  }

  /** The first piece of a stream: perhaps all of it is there. */
  private mayHold(length: number): boolean {
    return this.beginning && this.sink === this.visit.res && this.visit.bytesOut === length
  }

  private release(): void {
    const { held } = this
    this.held = ''
    this.pass(Buffer.from(held, 'latin1'))
  }

  private pass(chunk: Buffer): void {
    this.waitUnless(this.sink.write(chunk))
  }

  private passCopy(chunk: Buffer): void {
    const { sink } = this
    this.waitUnless(sink.writeCopy ? sink.writeCopy(chunk) : sink.write(Buffer.from(chunk)))
  }

  private waitUnless(hasRoom: boolean): void {
    if (hasRoom || this.stalledSince > 0) return
    const { sink } = this
    this.stalledSince = performance.now()
    this.onClientDrain = () => {
      this.stalledSince = 0
      this.connection?.socket.resume()
    }
    sink.once('drain', this.onClientDrain)
    this.connection?.socket.pause()
  }

  onTrailer(name: string, value: string): void {
    this.visit.res.addTrailer?.(name, value)
  }

  onEnd(): void {
    this.connection = undefined
    if (this.looking) {
      this.looking.ended = true
      return
    }
    this.leave()
    this.keeper?.end()
    // A string is joined with the head; a buffer would cost a second piece (measured: decision 30).
    if (this.held !== '') this.visit.res.end(this.held, 'latin1')
    else this.sink.end()
  }

  onFailure(kind: FailureKind): void {
    const { instance, plane } = this
    this.connection = undefined
    this.looking = undefined
    if (this.instance) this.place = this.instance.underWay.leave(this.place)
    if (instance && kind !== 'connect') plane.meter.cutOff(instance)
    if (this.headSent) {
      this.leave()
      this.truncate()
      return
    }
    if (kind === 'connect') {
      this.afterRefusal(instance)
      return
    }
    if (kind === 'no-response' && this.replayable && !this.replayed) {
      this.replayed = true
      this.attemptAgain(instance)
      return
    }
    if (instance) plane.meter.failed(instance)
    this.answer('unreachable')
  }

  /** Nothing was sent, so every request may try another instance, or the same in a moment. */
  private afterRefusal(instance: Instance | undefined): void {
    const { limits, meter } = this.plane
    const now = performance.now()
    this.refusedSince ||= now
    if (instance) {
      meter.refused(instance)
      instance.leaveAside(now)
    }
    if (this.target.instances.some((each) => !each.isAside(now))) {
      this.attemptAgain(instance)
      return
    }
    if (now - this.refusedSince < limits.connectBudgetMs) {
      this.retryTimer = setTimeout(() => this.attemptAgain(instance), limits.connectRetryMs)
      return
    }
    if (instance) meter.failed(instance)
    this.answer('unreachable')
  }

  /** The routes may have changed since: what just refused may have been replaced, or is held. */
  private attemptAgain(except: Instance | undefined, fresh = true): void {
    const { head } = this.visit
    const target = this.plane.routes.match(head.host, head.path)
    const isLetIn = target?.rules === this.target.rules || !target?.rules?.guards
    if (target?.route.state === 'serving' && isLetIn) {
      this.target = target
      this.attempt(except, fresh)
      return
    }
    this.body?.handOn()
    this.leave()
    this.visit.res.off('close', this.onClosed)
    this.sweptAt = this.plane.swept.leave(this.sweptAt)
    this.reroute(this.visit)
  }

  /** The drain limit has passed, or the instance is taken away (rule D1). */
  cut(): void {
    this.connection?.abort()
    if (this.headSent) {
      this.leave()
      this.truncate()
    } else this.answer('busy')
  }

  sweep(now: number): void {
    const { limits } = this.plane
    if (this.left) this.stalledSince ||= now
    if (this.stalledSince > 0 && now - this.stalledSince > limits.stalledClientMs) {
      this.visit.req.socket.destroy()
      return
    }
    if (this.headSent && !this.left) this.sweepIdle(now)
    if (this.headSent || this.left) return
    if (this.body && !this.body.ended) {
      if (this.body.untakenMs(now) > this.headTimeoutMs()) this.timeOut(now)
      else this.body.sweep(now)
      return
    }
    if (this.connection && now - this.sentAt > this.headTimeoutMs()) this.timeOut(now)
  }

  private timeOut(now: number): void {
    if (this.instance) {
      this.instance.noteTimeout(this.sentAt, now)
      this.plane.meter.failed(this.instance)
    }
    this.connection?.abort()
    this.answer('timedOut')
  }

  /** A response that stands still for longer than the route allows is no response. */
  private sweepIdle(now: number): void {
    const mostMs = this.target.rules?.spec.limits?.idleTimeoutMs
    if (mostMs === undefined) return
    const { bytesOut } = this.visit
    if (bytesOut !== this.seenBytes) {
      this.seenBytes = bytesOut
      this.quietSince = now
    } else if (now - this.quietSince > mostMs) this.cut()
  }

  private headTimeoutMs(): number {
    const own = this.target.rules?.spec.limits?.responseHeadTimeoutMs
    return own ?? this.plane.limits.responseHeadTimeoutMs
  }

  /** A page of ours instead of the app's response; where that has begun, the truth is a broken one. */
  private answer(page: PageName): void {
    const { res, req, head } = this.visit
    this.leave()
    if (this.headSent) {
      this.truncate()
      return
    }
    if (res.destroyed) return
    if (this.body && !this.body.ended) {
      res.shouldKeepAlive = false
      lingerOnClose(req, this.plane.limits.lingerMs)
    }
    sendPage(res, page, head.accept)
  }

  /** Nobody may take a response that was cut off for a whole one. */
  private truncate(): void {
    const { res, req } = this.visit
    // Without framing the end of the connection would be the end of the response.
    if (this.lengthSent || req.httpVersionMinor > 0) res.destroy()
    // TLS says by itself that an end was not meant; Node has no reset for it, and throws.
    else if (req.socket instanceof TLSSocket) req.socket.destroy()
    else req.socket.resetAndDestroy()
  }

  /** The response was sent, or the client has gone. */
  private onClosed = (): void => {
    this.sweptAt = this.plane.swept.leave(this.sweptAt)
    if (this.left) return
    this.connection?.abort()
    this.leave()
  }

  /** Nothing more passes between the client and an instance. */
  private leave(): void {
    if (this.left) return
    this.left = true
    clearTimeout(this.retryTimer)
    if (this.instance) this.place = this.instance.underWay.leave(this.place)
    if (this.onClientDrain) this.sink.off('drain', this.onClientDrain)
    this.body?.leave()
  }
}

const flush = (exchange: Exchange): void => exchange.flushBeginning()
