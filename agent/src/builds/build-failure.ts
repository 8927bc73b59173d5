import { CodedError } from '@vastrox/shared/errors.ts'
import type { BuildOutcome } from '#agent/builds/engine-build.ts'
import { outOfMemorySince } from '#agent/builds/oom-log.ts'

export type Failure = Extract<BuildOutcome, { failure: unknown }>['failure']

/** What became of a build, in one line; out of memory where the kernel says so. */
export async function asBuildFailure(
  { step, error, tail }: Failure,
  { startedUsec, buildMemoryBytes }: { startedUsec: number; buildMemoryBytes: number },
): Promise<CodedError> {
  const found = /exit code: (\d+)/.exec(error)?.[1]
  const exitCode = found === undefined ? undefined : Number(found)
  const details = { step, exitCode }
  if (exitCode !== undefined && (await ranOutOfMemory(startedUsec, exitCode, tail)))
    return outOfMemory(buildMemoryBytes, details)
  return new CodedError('BUILD_FAILED', { reason: sayFailure(step, exitCode, error), ...details })
}

export function outOfMemory(
  limitBytes: number,
  { step, exitCode }: { step: string | undefined; exitCode: number | undefined },
): CodedError {
  const limit = `${Math.round(limitBytes / 2 ** 20)} MiB`
  const reason = `The build ran out of memory (limit ${limit}) at the step "${step ?? 'unknown'}".`
  return new CodedError('BUILD_OUT_OF_MEMORY', { reason, limitBytes, step, exitCode })
}

/** By the kernel's own word; where that cannot be had, by the signal that it uses. */
async function ranOutOfMemory(
  startedUsec: number,
  exitCode: number,
  tail: string,
): Promise<boolean> {
  const known = await outOfMemorySince(startedUsec)
  return known ?? (exitCode === 137 || /\bKilled\b|signal: killed/.test(tail))
}

function sayFailure(step: string | undefined, exitCode: number | undefined, error: string): string {
  if (step && exitCode !== undefined) return `The step "${step}" failed with exit code ${exitCode}.`
  const [line = ''] = error.replace(/^failed to solve( with frontend [\w.]+)?: /, '').split('\n')
  return step ? `The step "${step}" failed: ${line}` : `The build failed: ${line}`
}
