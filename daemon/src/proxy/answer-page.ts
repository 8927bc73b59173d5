import { type PageName, sendPage } from './error-pages.ts'
import { lingerOnClose } from './linger.ts'
import type { Limits } from './limits.ts'
import type { Visit } from './visit.ts'

/** What an answer of ours needs of a worker. */
export interface Answering {
  readonly limits: Pick<Limits, 'lingerMs'>
}

/** A page of ours; a body that is still to come is not waited for. */
export function answerPage(
  plane: Answering,
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
  plane: Answering,
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

function waitForNoBody(plane: Answering, { req, res, head }: Visit): void {
  if (!head.chunked && (head.contentLength ?? 0) === 0) return
  res.shouldKeepAlive = false
  lingerOnClose(req, plane.limits.lingerMs)
}
