import type { Route } from '#ports/routing-snapshot.ts'
import type { RequestSide, ResponseSide } from './client-sides.ts'
import type { Visitor } from './forwarded-fields.ts'
import type { RequestHead } from './head-rules.ts'
import type { Instance } from './instance.ts'

/** What was already counted for a request, so that a held one is not counted twice. */
export interface RuleMarks {
  counted: boolean
  entered: boolean
  /** The hash whose password was given, which is not passed on to the app: good for routes that know it. */
  authorized: string | undefined
}

/** One request, from its head to its line in the access log. */
export interface Visit {
  readonly req: RequestSide
  readonly res: ResponseSide
  readonly head: RequestHead
  readonly visitor: Visitor
  readonly startedAt: number
  app: string | undefined
  route: Route | undefined
  instance: Instance | undefined
  bytesIn: number
  bytesOut: number
  /** When the app's answer began; undefined for an answer of ours. */
  headMs: number | undefined
  /** An upgrade was granted: it counts as open until the visit is over. */
  isWebSocket: boolean
  /** Only where the route has rules for requests. */
  marks: RuleMarks | undefined
  /** All of its body, read already on the way to an instance that died: whoever is next sends it from here. */
  body?: Buffer[] | undefined
}
