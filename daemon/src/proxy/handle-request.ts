import { randomUUID } from 'node:crypto'
import { answerPage as page } from './answer-page.ts'
import type { RequestSide, ResponseSide, Upgrading } from './client-sides.ts'
import { type PageName, sendPage } from './error-pages.ts'
import { forward } from './forward.ts'
import { forwardUpgrade, readWhileHeld } from './forward-upgrade.ts'
import { readVisitor } from './forwarded-fields.ts'
import { isRefusal, type RawRequest, type Refusal, readRequestHead } from './head-rules.ts'
import { lingerOnClose } from './linger.ts'
import type { Plane } from './plane.ts'
import type { Visit } from './visit.ts'
import { isLikeBrowser, noteRefusal, noteStray, UNKNOWN_HOST, UNREADABLE } from './refusals.ts'
import type { RouteTarget } from './route-match.ts'
import { applyRules } from './rules/apply-rules.ts'
import { peerAddress } from './trusted-peers.ts'
import { isIgnored, isMonitor } from './waking.ts'

export interface Arrival {
  secure: boolean
  /** The host name of the TLS handshake; false or undefined where there was none. */
  servername: string | false | undefined
  /** Undefined for plain requests. */
  upgrade: Upgrading | undefined
  /** Whether this connection may carry requests to a host that its handshake did not name. */
  speaksFor?: (host: string) => boolean
}

/** What is answered to a head that is refused. */
export const PAGE_OF: Record<Refusal['status'], PageName> = {
  400: 'badRequest',
  414: 'tooLong',
  417: 'expectation',
  431: 'headTooLarge',
}

/**
 * One request, from its head to whoever answers it: us, a page, or an instance of an app. Gives back
 * the visit, for the access log; undefined where the request could not be understood.
 */
export function handleRequest(
  plane: Plane,
  req: RequestSide & RawRequest,
  res: ResponseSide,
  arrival: Arrival,
): Visit | undefined {
  const startedAt = performance.now()
  if (plane.stopping) res.shouldKeepAlive = false
  const head = readRequestHead(req, plane.limits)
  if (isRefusal(head) || (arrival.upgrade && !head.websocket)) {
    // How much of what follows belongs to this request is not certain: the connection ends here.
    res.shouldKeepAlive = false
    lingerOnClose(req, plane.limits.lingerMs)
    const from = peerAddress(req.socket.remoteAddress)
    if (isRefusal(head) && head.isOfPages && isLikeBrowser(req.rawHeaders)) noteStray(plane, from)
    else noteRefusal(plane, from, UNREADABLE)
    sendPage(res, isRefusal(head) ? PAGE_OF[head.status] : 'badRequest', '')
    return undefined
  }

  const peer = peerAddress(req.socket.remoteAddress)
  const visitor = readVisitor(head, peer, arrival.secure, plane.trusted, randomUUID)
  const visit: Visit = {
    req,
    res,
    head,
    visitor,
    startedAt,
    app: undefined,
    route: undefined,
    instance: undefined,
    bytesIn: 0,
    bytesOut: 0,
    headMs: undefined,
    isWebSocket: false,
    marks: undefined,
  }
  if (isMisdirected(arrival, head.host)) {
    page(plane, visit, 'misdirected')
    return visit
  }
  route(plane, visit, arrival)
  return visit
}

function isMisdirected({ secure, servername, speaksFor }: Arrival, host: string): boolean {
  if (!secure || !servername || servername.toLowerCase() === host) return false
  return !speaksFor?.(host)
}

/** Called again for a request that was held when the routes have changed. */
function route(plane: Plane, visit: Visit, arrival: Arrival): void {
  const { head } = visit
  const challenge = plane.challenges(head.method, head.path)
  if (challenge !== undefined && !arrival.secure) {
    sendText(visit, challenge)
    return
  }
  const reached = plane.reach(head.method, head.host, head.path)
  if (reached !== undefined) {
    sendText(visit, reached)
    return
  }
  const target = plane.routes.match(head.host, head.target === '*' ? '/' : head.path)
  if (!target) {
    if (isLikeBrowser(head.headers)) noteStray(plane, visit.visitor.address)
    else noteRefusal(plane, visit.visitor.address, UNKNOWN_HOST)
    page(plane, visit, 'unknownHost')
    return
  }
  visit.app = target.route.app
  visit.route = target.route
  if (target.route.redirectToHttps && visit.visitor.proto === 'http') {
    redirect(plane, visit)
    return
  }
  const { rules } = target
  if (rules?.guards) {
    const again = (): void => route(plane, visit, arrival)
    if (!applyRules(plane, visit, target, rules, { again, connection: arrival.upgrade?.socket }))
      return
  }
  if ((head.contentLength ?? 0) > target.route.maxBodyBytes) {
    page(plane, visit, 'tooLarge')
    return
  }
  answerByState(plane, visit, target, arrival)
}

function answerByState(plane: Plane, visit: Visit, target: RouteTarget, arrival: Arrival): void {
  const again = (): void => route(plane, visit, arrival)
  switch (target.route.state) {
    case 'held':
      hold(plane, visit, arrival, plane.limits.holdMs, 'busy')
      return
    case 'asleep':
      wake(plane, visit, target, arrival)
      return
    case 'starting':
      page(plane, visit, 'starting')
      return
    case 'stopped':
      page(plane, visit, 'stopped')
      return
    case 'serving':
      if (target.route.sleep) plane.waking.noteVisit(target.route, visit.head)
      if (arrival.upgrade) forwardUpgrade(plane, visit, target, arrival.upgrade, again)
      else forward(plane, visit, target, again)
  }
}

/** The request waits while the app starts; who only looks whether it is up does not wake it. */
function wake(plane: Plane, visit: Visit, { route }: RouteTarget, arrival: Arrival): void {
  const { head } = visit
  if (isMonitor(route, head)) {
    sayAsleep(plane, visit)
    return
  }
  if (isIgnored(route, head)) {
    page(plane, visit, 'nothingHere')
    return
  }
  const { holdMs, holdAloneMs } = plane.limits
  const isHeard = plane.waking.ask(route.app)
  hold(plane, visit, arrival, isHeard ? holdMs : holdAloneMs, 'asleep')
}

function hold(
  plane: Plane,
  visit: Visit,
  arrival: Arrival,
  forMs: number,
  otherwise: 'busy' | 'asleep',
): void {
  const { res, head, startedAt } = visit
  const { holdBodyBytes, http2HoldBodyBytes } = plane.limits
  const most = arrival.speaksFor ? http2HoldBodyBytes : holdBodyBytes
  const withdraw = plane.hold.add({
    app: visit.app ?? '',
    since: startedAt,
    forMs,
    bytes: head.chunked ? most : Math.min(most, head.contentLength ?? 0),
    release: () => {
      res.off('close', onClose)
      endReading?.()
      route(plane, visit, arrival)
    },
    expire: () => {
      res.off('close', onClose)
      page(plane, visit, otherwise)
    },
  })
  const onClose = (): void => {
    withdraw?.()
  }
  if (!withdraw) {
    page(plane, visit, otherwise)
    return
  }
  res.once('close', onClose)
  const endReading = arrival.upgrade && readWhileHeld(arrival.upgrade)
}

/** A success with nothing in it: the app is as it should be, and this is not its answer. */
function sayAsleep(plane: Plane, visit: Visit): void {
  const { req, res, head } = visit
  if (head.chunked || (head.contentLength ?? 0) > 0) {
    res.shouldKeepAlive = false
    lingerOnClose(req, plane.limits.lingerMs)
  }
  res.writeHead(204, ['X-Vastrox-App', 'asleep', 'Cache-Control', 'no-store'])
  res.end()
}

function sendText({ res }: Visit, text: string): void {
  const body = Buffer.from(text)
  res.writeHead(200, [
    'Content-Type',
    'text/plain',
    'Content-Length',
    String(body.length),
    'Cache-Control',
    'no-store',
  ])
  res.end(body)
}

/** 308 keeps method and body. The port is named only where it is not the usual one (rule P10). */
function redirect(plane: Plane, visit: Visit): void {
  const { head, res } = visit
  const port = plane.httpsPort === 443 ? '' : `:${plane.httpsPort}`
  const path = head.target === '*' ? '/' : head.target
  res.writeHead(308, [
    'Location',
    `https://${head.host}${port}${path}`,
    'Content-Length',
    '0',
    'Cache-Control',
    'no-store',
  ])
  res.end()
}
