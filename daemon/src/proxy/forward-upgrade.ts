import type { Socket } from 'node:net'
import type { Upgrading } from './client-sides.ts'
import { type PageName, sendPage } from './error-pages.ts'
import { forwardedLines } from './forwarded-fields.ts'
import { readResponseHeaders } from './head-rules.ts'
import type { Instance, UnderWay } from './instance.ts'
import { readEach } from './one-buffer.ts'
import type { Plane, Swept } from './plane.ts'
import type { Visit } from './visit.ts'
import type { ResponseHead } from './response-reader.ts'
import { NOWHERE } from './roll.ts'
import type { RouteTarget } from './route-match.ts'
import { applyFields } from './rules/response-rules.ts'
import { prefixLine, targetFor } from './rules/strip-prefix.ts'
import type { FailureKind, ResponseListener, UpstreamConnection } from './upstream-connection.ts'
import { createFrameFollower, GOING_AWAY } from './websocket-frames.ts'

const MAX_EARLY_BYTES = 65_536

/**
 * Reads on while a handshake is held, so that a client that goes away leaves the queue; what it sends
 * early is kept. Gives the end of that.
 */
export function readWhileHeld(upgrading: Upgrading): () => void {
  const { socket } = upgrading
  const onData = (chunk: Buffer): void => {
    upgrading.early = Buffer.concat([upgrading.early, chunk])
    if (upgrading.early.length > MAX_EARLY_BYTES) socket.pause()
  }
  const onEnd = (): unknown => socket.destroy()
  socket.on('data', onData)
  socket.once('end', onEnd)
  socket.resume()
  return () => {
    socket.off('data', onData)
    socket.off('end', onEnd)
    socket.pause()
  }
}

/** Sends a WebSocket handshake on and, once the app has granted it, every byte both ways (rule P7). */
export function forwardUpgrade(
  plane: Plane,
  visit: Visit,
  target: RouteTarget,
  upgrading: Upgrading,
  reroute: () => void,
): void {
  new Upgrade(plane, visit, target, upgrading, reroute).start()
}

class Upgrade implements ResponseListener, UnderWay, Swept {
  private instance: Instance | undefined
  private connection: UpstreamConnection | undefined
  private upstream: Socket | undefined
  private client: Socket
  private granted = false
  private headSent = false
  private left = false
  private sweptAt: number = NOWHERE
  /** Among those under way to the instance. */
  private place: number = NOWHERE
  private refusedSince = 0
  private readonly preferred: Instance | undefined
  private retryTimer: NodeJS.Timeout | undefined
  private lastTraffic = performance.now()
  private toClient = createFrameFollower()

  private readonly plane: Plane
  private readonly visit: Visit
  private target: RouteTarget
  private early: Buffer
  private readonly upgrading: Upgrading
  private readonly reroute: () => void

  constructor(
    plane: Plane,
    visit: Visit,
    target: RouteTarget,
    upgrading: Upgrading,
    reroute: () => void,
  ) {
    this.plane = plane
    this.visit = visit
    this.target = target
    this.early = upgrading.early
    this.upgrading = upgrading
    this.reroute = reroute
    this.preferred = target.rules?.spec.sticky
      ? plane.sticky.take(visit.head, target.instances)
      : undefined
    this.client = upgrading.socket
  }

  start(): void {
    this.sweptAt = this.plane.swept.enter(this)
    this.client.once('close', this.onGone)
    this.client.on('error', this.onGone)
    // Read from the first moment, so that a client that goes away is noticed; kept until it is granted.
    this.client.on('data', this.onEarly)
    this.client.once('end', this.onGone)
    // It was stopped where it was held before.
    this.client.resume()
    this.attempt()
  }

  private onEarly = (chunk: Buffer): void => {
    this.early = Buffer.concat([this.early, chunk])
    if (this.early.length > MAX_EARLY_BYTES) this.client.pause()
  }

  private attempt(): void {
    const instance = this.plane.balancer.choose(
      this.target.instances,
      this.instance,
      this.preferred,
    )
    if (!instance) {
      this.answer('down')
      return
    }
    this.instance = instance
    this.visit.instance = instance
    this.place = instance.underWay.enter(this)
    this.connection = instance.dial(true)
    this.connection.begin(this, 'GET', this.requestHead(), true)
    this.connection.endRequest()
  }

  private requestHead(): string {
    const { head, visitor } = this.visit
    const { target } = this
    const asked = target.rules ? targetFor(target, head.target) : head.target
    let text = `GET ${asked} HTTP/1.1\r\nHost: ${head.authority}\r\n`
    for (let index = 0; index < head.headers.length; index += 2)
      text += `${head.headers[index]}: ${head.headers[index + 1]}\r\n`
    text += forwardedLines(head, visitor, this.plane.trusted)
    if (target.rules) text += prefixLine(target)
    return `${text}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
  }

  onConnected(): void {
    // The head is on its way; nothing else is sent until the app has granted the upgrade.
  }

  onHead(head: ResponseHead): void {
    const { visit, plane, instance } = this
    const { res } = visit
    const now = performance.now()
    visit.headMs = now - visit.startedAt
    instance?.noteAnswer(now)
    if (instance) plane.meter.answered(instance, head.status, visit.headMs)
    const headers = readResponseHeaders(head.headers)
    this.headSent = true
    if (head.status === 101) {
      this.granted = true
      visit.isWebSocket = true
      plane.edge.webSocketOpened(visit)
      res.statusCode = 101
      let text = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
      for (let index = 0; index < headers.length; index += 2)
        text += `${headers[index]}: ${headers[index + 1]}\r\n`
      this.upgrading.detach()
      this.client.write(`${text}\r\n`, 'latin1')
      return
    }
    const { rules } = this.target
    if (rules?.shapes) applyFields(visit, rules, headers)
    if (head.framing === 'length' || (head.framing === 'none' && head.contentLength > 0))
      headers.push('Content-Length', String(head.contentLength))
    res.shouldKeepAlive = false
    res.writeHead(head.status, head.reason, headers)
  }

  onData(chunk: Buffer): void {
    this.lastTraffic = performance.now()
    this.visit.bytesOut += chunk.length
    if (this.visit.res.write(chunk)) return
    const { connection } = this
    connection?.socket.pause()
    this.visit.res.once('drain', () => connection?.socket.resume())
  }

  onEnd(surplus: Buffer | undefined): void {
    if (!this.granted) {
      this.connection = undefined
      this.leave()
      this.visit.res.end()
      return
    }
    const upstream = this.connection?.socket
    if (!upstream) return
    this.connection = undefined
    this.upstream = upstream
    this.join(upstream, surplus)
  }

  private join(upstream: Socket, surplus: Buffer | undefined): void {
    const { client, visit, early } = this
    client.off('data', this.onEarly)
    client.off('end', this.onGone)
    readEach(upstream, (chunk) => {
      this.lastTraffic = performance.now()
      visit.bytesOut += chunk.length
      this.toClient.follow(chunk)
      if (!client.write(chunk)) upstream.pause()
    })
    readEach(client, (chunk) => {
      this.lastTraffic = performance.now()
      visit.bytesIn += chunk.length
      if (!upstream.write(chunk)) client.pause()
    })
    client.on('drain', () => upstream.resume())
    upstream.on('drain', () => client.resume())
    // What one side has ended the other gets to the end; then both are closed.
    upstream.on('end', () => client.end())
    client.on('end', () => upstream.end())
    upstream.on('error', this.onGone)
    upstream.once('close', () => client.destroySoon())
    if (surplus) {
      this.toClient.follow(surplus)
      visit.bytesOut += surplus.length
      client.write(surplus)
    }
    if (early.length > 0) upstream.write(early)
    visit.bytesIn += early.length
    upstream.resume()
    client.resume()
  }

  onDrain(): void {
    // A handshake has no body that could wait for room.
  }

  onFailure(kind: FailureKind): void {
    const { instance, plane } = this
    this.connection = undefined
    if (this.instance) this.place = this.instance.underWay.leave(this.place)
    if (instance && kind !== 'connect') plane.meter.cutOff(instance)
    if (this.headSent) {
      this.leave()
      this.client.destroy()
      return
    }
    if (kind === 'connect') {
      const { limits } = plane
      const now = performance.now()
      this.refusedSince ||= now
      if (instance) {
        plane.meter.refused(instance)
        instance.leaveAside(now)
      }
      if (now - this.refusedSince < limits.connectBudgetMs) {
        this.retryTimer = setTimeout(() => this.attemptAgain(), limits.connectRetryMs)
        return
      }
    }
    if (instance) plane.meter.failed(instance)
    this.answer('unreachable')
  }

  /** The routes may have changed since: what just refused may have been replaced, or is held. */
  private attemptAgain(): void {
    const { head } = this.visit
    const target = this.plane.routes.match(head.host, head.path)
    const isLetIn = target?.rules === this.target.rules || !target?.rules?.guards
    if (target?.route.state === 'serving' && isLetIn) {
      this.target = target
      this.attempt()
      return
    }
    const { client } = this
    this.leave()
    client.off('close', this.onGone)
    client.off('error', this.onGone)
    client.off('data', this.onEarly)
    client.off('end', this.onGone)
    client.pause()
    this.upgrading.early = this.early
    this.reroute()
  }

  /** The drain limit has passed: the client is told to come again, where a frame may be put in. */
  cut(): void {
    const { client } = this
    this.connection?.abort()
    if (!this.headSent) {
      this.answer('busy')
      return
    }
    this.upstream?.destroy()
    if (this.granted && this.toClient.atBorder) client.end(GOING_AWAY)
    const timer = setTimeout(() => client.destroy(), this.plane.limits.lingerMs)
    client.once('close', () => clearTimeout(timer))
    this.leave()
  }

  sweep(now: number): void {
    const { limits } = this.plane
    if (this.upstream) {
      if (
        now - this.lastTraffic >
        (this.target.rules?.spec.limits?.idleTimeoutMs ?? limits.upgradeIdleMs)
      )
        this.onGone()
      return
    }
    if (this.left || this.headSent || now - this.visit.startedAt < limits.responseHeadTimeoutMs)
      return
    if (this.instance) this.plane.meter.failed(this.instance)
    this.connection?.abort()
    this.answer('timedOut')
  }

  private answer(page: PageName): void {
    this.leave()
    if (!this.client.destroyed) sendPage(this.visit.res, page, this.visit.head.accept)
  }

  private onGone = (): void => {
    this.connection?.abort()
    this.upstream?.destroy()
    this.client.destroy()
    this.leave()
  }

  private leave(): void {
    if (this.left) return
    this.left = true
    clearTimeout(this.retryTimer)
    this.sweptAt = this.plane.swept.leave(this.sweptAt)
    if (this.instance) this.place = this.instance.underWay.leave(this.place)
  }
}
