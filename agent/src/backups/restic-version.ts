import { run } from '@vastrox/shared/node/run.ts'
import { CodedError } from '@vastrox/shared/errors.ts'

const known = new Map<string, string>()

/** `0.14.0` */
export async function resticVersion(program: string): Promise<string> {
  const before = known.get(program)
  if (before !== undefined) return before
  const result = await run(`/${program.slice(1)}`, ['version'], { timeoutMs: 20_000 }).catch(
    (cause: unknown) => {
      throw new CodedError('BACKUP_TOOL_MISSING', {}, { cause })
    },
  )
  const version = /^restic (\d+\.\d+\.\d+)/.exec(result.stdout.toString())?.[1] ?? '0.0.0'
  known.set(program, version)
  return version
}

/** Whether it is of 0.`minor` or later. */
export const isAtLeast = (version: string, minor: number): boolean => {
  const [major = '0', found = '0'] = version.split('.')
  return Number(major) > 0 || Number(found) >= minor
}
