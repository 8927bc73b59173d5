import type { Plane } from './plane.ts'
import type { Visit } from './visit.ts'

/** A visit is over, whoever answered it: counted, and a line of the access log. */
export function finishVisit(plane: Plane, visit: Visit): void {
  const endedAt = performance.now()
  const tookMs = endedAt - visit.startedAt
  plane.edge.note(visit, tookMs)
  if (visit.isWebSocket) plane.edge.webSocketClosed(visit)
  plane.accessLog.note(visit, tookMs, endedAt)
}
