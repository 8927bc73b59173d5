import type { Restore } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'

type RestoreState = Restore['state']

/** Where a restore may go next; until `switching`, or until something is written over, the old one serves. */
// biome-ignore format: it reads as a table
const NEXT: Record<RestoreState, readonly RestoreState[]> = {
  queued:    ['saving', 'restoring', 'failed'],
  saving:    ['restoring', 'failed'],
  restoring: ['checking', 'failed'],
  checking:  ['switching', 'done', 'failed'],
  switching: ['done', 'failed'],
  done:      [],
  failed:    [],
}

/** The only way to change a restore's state. */
export function advance<Record extends { state: RestoreState }>(
  restore: Record,
  to: RestoreState,
): Record {
  if (!NEXT[restore.state].includes(to))
    throw new CodedError('INTERNAL', { from: restore.state, to })
  return { ...restore, state: to }
}

export const isOver = (state: RestoreState): boolean => NEXT[state].length === 0
