import type { CodedError } from '@vastrox/shared/errors.ts'

/** How an instance has ended. */
export interface Ending {
  /** undefined where the engine did not tell. */
  exitCode: number | undefined
  oomKilled: boolean
}

/** As INSTANCE_EXITED tells it. */
export function endingOf({ details }: CodedError): Ending {
  const { exitCode, oomKilled } = details
  return {
    exitCode: typeof exitCode === 'number' ? exitCode : undefined,
    oomKilled: oomKilled === true,
  }
}
