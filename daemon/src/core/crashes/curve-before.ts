import type { CrashDetails } from '@vastrox/shared/process.ts'

/** Values of series by steps, null where nothing was measured. */
export type ReadMetrics = (
  series: readonly string[],
  from: Date,
  to: Date,
  stepMs: number,
) => (number | null)[][]

const STEP_MS = 15_000
const BEFORE_MS = 10 * 60_000
const NONE: CrashDetails['curve'] = { times: [], memory: [], cpu: [] }

/** Memory and processor time of an instance in the ten minutes before; nothing where nobody measured. */
export function curveBefore(
  read: ReadMetrics,
  { appId, process, ordinal }: { appId: string; process: string; ordinal: number },
  at: Date,
): CrashDetails['curve'] {
  const subject = `app:${appId}/${process}.${ordinal}`
  const begin = Math.floor((at.getTime() - BEFORE_MS) / STEP_MS) * STEP_MS
  const [memory = [], cpu = []] = read(
    [`${subject}/memory`, `${subject}/cpu`],
    new Date(begin),
    at,
    STEP_MS,
  )
  const isMeasured = [...memory, ...cpu].some((value) => value !== null)
  if (!isMeasured) return NONE
  return { times: memory.map((_, index) => (begin + index * STEP_MS) / 1_000), memory, cpu }
}
