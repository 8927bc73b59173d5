import { answerEarly, answerPage } from '#proxy/answer-page.ts'
import type { Plane } from '#proxy/plane.ts'
import type { Visit } from '#proxy/visit.ts'
import type { RouteTarget } from '#proxy/route-match.ts'
import type { CompiledRules } from './compile-rules.ts'
import { withQuery } from '#lib/redirects.ts'
import { fieldOf } from './fields.ts'

/** How a request came, and how it comes back. */
export interface RuleWay {
  /** Called when more is known: the request starts anew. */
  again: () => void
  /** Of a request that asks for another protocol. */
  connection: { once(event: 'close', listener: () => void): unknown } | undefined
}

/**
 * What a route's rules say about a request, before its app sees it. True: it goes on. False: it is
 * answered here, or will be.
 */
export function applyRules(
  plane: Plane,
  visit: Visit,
  target: RouteTarget,
  rules: CompiledRules,
  way: RuleWay,
): boolean {
  const { spec } = rules
  visit.marks ??= { counted: false, entered: false, authorized: undefined }
  if (spec.redirectHost !== undefined) {
    redirectToHost(plane, visit, spec.redirectHost)
    return false
  }
  if (spec.visitorsTo !== undefined && opensPage(visit, way)) {
    // Not kept by browsers: a move is taken back, and the way back would never end.
    redirectToHost(plane, visit, spec.visitorsTo, ['Cache-Control', 'no-store'])
    return false
  }
  return (
    isLetIn(plane, visit, rules) &&
    isWithinRate(plane, visit, target, rules) &&
    isOpen(plane, visit, rules) &&
    isAuthorized(plane, visit, rules, way.again) &&
    isNotMoved(plane, visit, rules) &&
    hasPlace(plane, visit, target, rules, way)
  )
}

function isLetIn(plane: Plane, visit: Visit, { allow, deny }: CompiledRules): boolean {
  const { address } = visit.visitor
  if (!deny?.has(address) && (!allow || allow.has(address))) return true
  answerPage(plane, visit, 'forbidden')
  return false
}

function isWithinRate(
  plane: Plane,
  visit: Visit,
  { route }: RouteTarget,
  { spec }: CompiledRules,
): boolean {
  const { marks, visitor } = visit
  if (!spec.rate || !marks || marks.counted) return true
  const waitS = plane.clientLimits.take(route.app, visitor.address, spec.rate)
  if (waitS === 0) {
    marks.counted = true
    return true
  }
  answerPage(plane, visit, 'tooMany', ['Retry-After', String(waitS)])
  return false
}

/** The daemon asks instances themselves whether they are well: a rest of the app is none of its health. */
function isOpen(
  plane: Plane,
  visit: Visit,
  { spec: { maintenance }, maintenanceAllow }: CompiledRules,
): boolean {
  if (!maintenance || maintenanceAllow?.has(visit.visitor.address)) return true
  const retry = ['Retry-After', String(maintenance.retryAfterS)]
  const { html } = maintenance
  if (html === undefined || !visit.head.accept.includes('text/html'))
    answerPage(plane, visit, 'maintenance', retry)
  else answerEarly(plane, visit, 503, [...OWN_PAGE, ...retry], Buffer.from(html))
  return false
}

const OWN_PAGE = [
  'Content-Type',
  'text/html; charset=utf-8',
  'Cache-Control',
  'no-store',
  'X-Content-Type-Options',
  'nosniff',
]

function isAuthorized(
  plane: Plane,
  visit: Visit,
  { spec: { basicAuth } }: CompiledRules,
  again: () => void,
): boolean {
  const known = visit.marks?.authorized
  if (!basicAuth || basicAuth.users.some(({ hash }) => hash === known)) return true
  return plane.doorkeeper.letsIn(plane, visit, basicAuth, again)
}

function isNotMoved(plane: Plane, visit: Visit, { findRedirect }: CompiledRules): boolean {
  const { head } = visit
  const found = findRedirect?.(head.path)
  if (!found || found.location === head.path) return true
  redirect(plane, visit, withQuery(found.location, head.target), found.status)
  return false
}

function hasPlace(
  plane: Plane,
  visit: Visit,
  { route }: RouteTarget,
  { spec }: CompiledRules,
  { connection }: RuleWay,
): boolean {
  const { marks, res } = visit
  if (spec.concurrent === undefined || !marks || marks.entered) return true
  const leave = plane.clientLimits.enter(route.app, spec.concurrent)
  if (!leave) {
    answerPage(plane, visit, 'crowded')
    return false
  }
  marks.entered = true
  // A WebSocket is under way for as long as its connection lives.
  if (connection) connection.once('close', leave)
  else res.once('close', leave)
  return true
}

/**
 * Somebody goes to an address by themselves. What a page asks for in the background must not be sent to
 * another origin, which browsers refuse; other programs follow no redirect of what they write.
 */
function opensPage({ head }: Visit, { connection }: RuleWay): boolean {
  if (connection || (head.method !== 'GET' && head.method !== 'HEAD')) return false
  const mode = fieldOf(head.headers, 'sec-fetch-mode')
  return mode === undefined || mode === 'navigate'
}

/** The port is named where it is not the usual one, as in a redirect to HTTPS (rule P10). */
function redirectToHost(
  plane: Plane,
  visit: Visit,
  host: string,
  more: readonly string[] = [],
): void {
  const { head, visitor } = visit
  const port = visitor.proto === 'https' ? httpsPortOf(plane) : portOf(head.authority)
  const path = head.target === '*' ? '/' : head.target
  redirect(plane, visit, `${visitor.proto}://${host}${port}${path}`, 308, more)
}

const httpsPortOf = ({ httpsPort }: Plane): string => (httpsPort === 443 ? '' : `:${httpsPort}`)

const portOf = (authority: string): string => /:\d{1,5}$/.exec(authority)?.[0] ?? ''

function redirect(
  plane: Plane,
  visit: Visit,
  location: string,
  status: number,
  more: readonly string[] = [],
): void {
  answerEarly(plane, visit, status, ['Location', location, ...more], undefined)
}
