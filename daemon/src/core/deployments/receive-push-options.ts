import { CodedError } from '@vastrox/shared/errors.ts'

export interface PushOptions {
  /** Says what would happen; nothing is deployed and no ref moves. */
  dryRun: boolean
  noCache: boolean
  /** Every line with the seconds since the push arrived, and what was measured on the way. */
  verbose: boolean
}

const NAMES = ['dry-run', 'no-cache', 'verbose']

/** Refuses what it does not know: a misspelt dry-run must not deploy. */
export function parsePushOptions(options: readonly string[]): PushOptions {
  const unknown = options.find((option) => !NAMES.includes(option))
  if (unknown !== undefined)
    throw new CodedError('REQUEST_INVALID', {
      reason: `the push option "${unknown.slice(0, 60)}" is not known; there are ${NAMES.join(', ')}`,
    })
  return {
    dryRun: options.includes('dry-run'),
    noCache: options.includes('no-cache'),
    verbose: options.includes('verbose'),
  }
}
