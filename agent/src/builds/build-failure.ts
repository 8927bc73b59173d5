import { CodedError } from '@vastrox/shared/errors.ts'
import type { BuildOutcome } from '#agent/builds/engine-build.ts'
import { outOfMemorySince } from '#agent/builds/oom-log.ts'

export type Failure = Extract<BuildOutcome, { failure: unknown }>['failure']

interface Circumstances {
  startedUsec: number
  buildMemoryBytes: number
  /** Whether a control group in the kernel's log may be of this build. */
  isOurs: (path: string) => boolean
  peakBytes: number
}

/** What became of a build, in one line; for want of memory where the kernel says so. */
export async function asBuildFailure(
  { step, error, tail }: Failure,
  { startedUsec, buildMemoryBytes, isOurs, peakBytes }: Circumstances,
): Promise<CodedError> {
  const found = /exit code: (\d+)/.exec(error)?.[1]
  const exitCode = found === undefined ? undefined : Number(found)
  const details = { step, exitCode }
  const kill = exitCode === undefined ? null : await outOfMemorySince(startedUsec, isOurs)
  if (kill === 'machine') return endedForApps(step, peakBytes)
  // Where the kernel's log cannot be read, the signal that it uses tells.
  const looksKilled = exitCode === 137 || /\bKilled\b|signal: killed/.test(tail)
  if (kill === 'fence' || (kill === undefined && looksKilled))
    return outOfMemory(buildMemoryBytes, details)
  return new CodedError('BUILD_FAILED', { reason: sayFailure(step, exitCode, error), ...details })
}

export const endedForApps = (step: string | undefined, peakMemoryBytes: number): CodedError =>
  new CodedError('BUILD_ENDED_FOR_APPS', {
    reason: `The build was ended at the step "${step ?? 'unknown'}" so that the running apps keep their memory.`,
    peakMemoryBytes,
    step,
  })

export function outOfMemory(
  limitBytes: number,
  { step, exitCode }: { step: string | undefined; exitCode: number | undefined },
): CodedError {
  const limit = `${Math.round(limitBytes / 2 ** 20)} MiB`
  const reason = `The build ran out of memory (limit ${limit}) at the step "${step ?? 'unknown'}".`
  return new CodedError('BUILD_OUT_OF_MEMORY', { reason, limitBytes, step, exitCode })
}

function sayFailure(step: string | undefined, exitCode: number | undefined, error: string): string {
  if (step && exitCode !== undefined) return `The step "${step}" failed with exit code ${exitCode}.`
  const [line = ''] = error.replace(/^failed to solve( with frontend [\w.]+)?: /, '').split('\n')
  return step ? `The step "${step}" failed: ${line}` : `The build failed: ${line}`
}
