import type { ProcessLimits } from '@vastrox/shared/process.ts'
import { scaleOf } from '#core/processes/scale.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { InstanceRecord } from '#store/instance-store.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30

/** What a node of so much memory gives each instance; a machine has a little less than it is sold with. */
// biome-ignore format: it reads as a table
const DEFAULT_MEMORY: readonly { fromBytes: number; memoryBytes: number }[] = [
  { fromBytes: 3.5  * GIB, memoryBytes: 512 * MIB },
  { fromBytes: 1.75 * GIB, memoryBytes: 384 * MIB },
  { fromBytes: 0.85 * GIB, memoryBytes: 256 * MIB },
  { fromBytes: 0,          memoryBytes: 128 * MIB },
]

/** The memory limit of an app that says nothing of its own: two instances beside each other must fit while it is deployed. */
export const defaultMemoryOf = (nodeBytes: number): number =>
  DEFAULT_MEMORY.find(({ fromBytes }) => nodeBytes >= fromBytes)?.memoryBytes ?? 128 * MIB

type Limited = Pick<AppRecord, 'settings' | 'processLimits'>

/** What an instance of the process is started with: its own limits, and for the rest those of the app. */
export function limitsOf({ settings, processLimits }: Limited, process: string): ProcessLimits {
  const own = processLimits[process]
  return {
    memoryBytes: own?.memoryBytes ?? settings.memoryBytes,
    cpuMillis: own?.cpuMillis ?? settings.cpuMillis,
    stopGraceMs: own?.stopGraceMs ?? settings.stopGraceMs,
  }
}

/** The most memory that the instances of an app may take together. */
export const memoryOf = (
  app: Limited,
  scale: Record<string, number>,
  processes: Record<string, string | null>,
): number =>
  Object.entries(scaleOf(scale, processes)).reduce(
    (sum, [process, count]) => sum + count * limitsOf(app, process).memoryBytes,
    0,
  )

/** True while instances of the process run that were started with other limits. */
export const runsWithOther = (
  limits: ProcessLimits,
  rows: readonly InstanceRecord[],
  process: string,
): boolean =>
  rows.some(
    (row) =>
      row.process === process &&
      (row.state === 'live' || row.state === 'crashed') &&
      (row.limits.memoryBytes !== limits.memoryBytes ||
        row.limits.cpuMillis !== limits.cpuMillis ||
        row.limits.stopGraceMs !== limits.stopGraceMs),
  )
