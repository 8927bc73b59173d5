import type { DeploymentState } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'

/**
 * Where a deployment may go next. Read it downwards: it is the happy path, one state a line, with
 * the ways out beside it. What builds nothing goes from `queued` straight to its first own step.
 */
// biome-ignore format: it reads as a table
const NEXT: Record<DeploymentState, readonly DeploymentState[]> = {
  queued:     ['building', 'releasing', 'starting', 'superseded', 'cancelled', 'failed'],
  building:   ['releasing', 'starting', 'cancelled', 'failed'],
  releasing:  ['starting', 'cancelled', 'failed'],
  starting:   ['checking', 'cancelled', 'failed'],
  checking:   ['switching', 'cancelled', 'failed'],
  switching:  ['watching', 'failed'],
  watching:   ['live', 'reverted'],
  live:       ['superseded'],
  superseded: [],
  reverted:   [],
  failed:     [],
  cancelled:  [],
}

/** The only way to change a deployment's state. */
export function advance(
  deployment: DeploymentRecord,
  to: DeploymentState,
  at: Date,
): DeploymentRecord {
  const from = deployment.state
  if (!NEXT[from].includes(to)) throw new CodedError('DEPLOYMENT_MOVE_INVALID', { from, to })
  const changedAt = at.toISOString()
  return {
    ...deployment,
    state: to,
    changedAt,
    phases: [...deployment.phases, { state: to, at: changedAt }],
  }
}

/** Work is going on that nobody else may do for the app at the same time. */
export const UNDER_WAY: readonly DeploymentState[] = [
  'building',
  'releasing',
  'starting',
  'checking',
  'switching',
]

export const isUnderWay = (state: DeploymentState): boolean => UNDER_WAY.includes(state)

/** Before the switch nothing that a visitor sees has changed. */
export const isCancellable = (state: DeploymentState): boolean => NEXT[state].includes('cancelled')

/** The push has its answer: the release serves, or never will. */
export const isDecided = (state: DeploymentState): boolean =>
  state !== 'queued' && !isUnderWay(state)
