import { type PageName, sendPage } from './error-pages.ts'
import { lingerOnClose } from './linger.ts'
import type { Plane, Visit } from './plane.ts'

/** A page of ours; a body that is still to come is not waited for. */
export function answerPage(
  plane: Plane,
  visit: Visit,
  name: PageName,
  more: readonly string[] = [],
): void {
  if (visit.res.destroyed) return
  waitForNoBody(plane, visit)
  sendPage(visit.res, name, visit.head.accept, more)
}

/** An answer of ours that is no page; without a body where there is none. */
export function answerEarly(
  plane: Plane,
  visit: Visit,
  status: number,
  headers: readonly string[],
  body: Buffer | undefined,
): void {
  const { res } = visit
  if (res.destroyed) return
  waitForNoBody(plane, visit)
  res.writeHead(status, [...headers, 'Content-Length', String(body?.length ?? 0)])
  if (body) res.end(body)
  else res.end()
}

function waitForNoBody(plane: Plane, { req, res, head }: Visit): void {
  if (!head.chunked && (head.contentLength ?? 0) === 0) return
  res.shouldKeepAlive = false
  lingerOnClose(req, plane.limits.lingerMs)
}
