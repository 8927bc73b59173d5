import { AuthorityError } from '#ports/certificate-authority.ts'
import type { StoredProblem } from '#store/certificate-order-store.ts'

/**
 * What went wrong, by what is to be done about it.
 * - outage: the CA is away; another one may not be.
 * - limited: the CA wants to be left alone for a while.
 * - refused: this CA does not sign these names; another one may.
 * - unproven: the CA could not see that a name is ours; another one could not either.
 * - local: we could not do our part.
 */
export type FailureKind = StoredProblem['kind']

export class AttemptFailed extends Error {
  override name = 'AttemptFailed'
  readonly kind: FailureKind

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

const UNPROVEN = ['connection', 'dns', 'tls', 'unauthorized', 'incorrectResponse']
/** Of an authorization, not of what we asked for. */
export const isUnproven = (type: string): boolean => UNPROVEN.includes(type)

export function kindOf(error: unknown): FailureKind {
  if (error instanceof AttemptFailed) return error.kind
  if (!(error instanceof AuthorityError)) return 'local'
  if (error.isRateLimited) return 'limited'
  return error.isOutage ? 'outage' : 'refused'
}

export function problemOf(error: unknown, at: Date): StoredProblem {
  const found = error instanceof AttemptFailed ? (error.cause ?? error) : error
  const problem = found instanceof AuthorityError ? found.problem : undefined
  return {
    at: at.toISOString(),
    kind: kindOf(error),
    type: problem?.type ?? null,
    detail: found instanceof Error ? found.message : String(found),
    subproblems: (problem?.subproblems ?? []).map(({ type, detail, name }) => ({
      type,
      detail,
      name: name ?? null,
    })),
  }
}

/** No limit of a CA lasts longer; whoever names years has made a mistake, and must not be the end of it. */
const LONGEST_WISH_MS = 7 * 86_400_000

/**
 * A time of ours that is further away was written down while the machine's clock was ahead of the
 * world (rule R11): it says nothing.
 */
export const LONGEST_WAIT_MS = 8 * 86_400_000

export function retryAfterOf(error: unknown): number | undefined {
  const found = error instanceof AttemptFailed ? error.cause : error
  if (!(found instanceof AuthorityError) || found.retryAfterMs === undefined) return undefined
  return Math.min(found.retryAfterMs, LONGEST_WISH_MS)
}

const MINUTE_MS = 60_000
const STEPS_MS = [1, 10, 100, 1_440].map((minutes) => minutes * MINUTE_MS)
const LEAST_MS = 1_000
/** A certificate that is about to expire, or has, is tried again so often and no more: four times an hour. */
const MOST_URGENT_MS = 15 * MINUTE_MS
const URGENT_SHARE = 1 / 100
const DAY_MS = 1_440 * MINUTE_MS

/**
 * How long to wait after so many attempts without success: 1, 10, 100 minutes, then a day; less where a
 * certificate would not live to see it. What the CA asked for is never cut short.
 */
export function retryDelay(given: {
  kind: FailureKind
  attempts: number
  retryAfterMs: number | undefined
  /** Of the certificate that is to be renewed. */
  leftMs: number | undefined
  /** All of its life. */
  lifeMs: number | undefined
  random: () => number
}): number {
  const { kind, attempts, retryAfterMs, leftMs, lifeMs = Infinity, random } = given
  // A refusal is a decision: the same question gets the same answer for a while.
  const step =
    kind === 'refused' && attempts > 1
      ? DAY_MS
      : (STEPS_MS[Math.min(attempts, STEPS_MS.length) - 1] ?? LEAST_MS)
  const leastMs = Math.max(Math.min(lifeMs * URGENT_SHARE, MOST_URGENT_MS), LEAST_MS)
  const patience = leftMs === undefined ? step : Math.max(leftMs / 10, leastMs)
  const own = Math.min(step, patience) * (1 + random() * 0.1)
  return Math.max(own, retryAfterMs ?? 0)
}
