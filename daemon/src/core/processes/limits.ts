import type { Isolation } from '@vastrox/shared/isolation.ts'
import { ownOf } from '@vastrox/shared/own-of.ts'
import type { ProcessLimits } from '@vastrox/shared/process.ts'
import { scaleOf } from '#core/processes/scale.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { InstanceRecord } from '#store/instance-store.ts'
import type { ReleaseRecord } from '#store/release-store.ts'

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

/** The release that an instance is of, or is going to be; undefined before the first. */
type Released = Pick<ReleaseRecord, 'processes' | 'config'>

/**
 * What an instance of the process is started with: the limits that the user gave it, then what the
 * source says, and for the rest those of the app.
 */
export function limitsOf(
  { settings, processLimits }: Limited,
  process: string,
  release: Pick<Released, 'config'> | undefined,
): ProcessLimits {
  const own = ownOf(processLimits, process)
  const said = ownOf(release?.config.processes ?? {}, process)
  return {
    memoryBytes: own?.memoryBytes ?? said?.memoryBytes ?? settings.memoryBytes,
    cpuMillis: own?.cpuMillis ?? said?.cpuMillis ?? settings.cpuMillis,
    stopGraceMs: own?.stopGraceMs ?? said?.stopGraceMs ?? settings.stopGraceMs,
  }
}

/** How the containers of an app are shut in, as its settings say now. */
export const isolationOf = ({ settings }: Pick<AppRecord, 'settings'>): Isolation => ({
  profile: settings.isolation,
  readOnlyRoot: settings.readOnlyRoot,
})

/** The most memory that the instances of an app may take together. */
export const memoryOf = (app: Limited, scale: Record<string, number>, release: Released): number =>
  Object.entries(scaleOf(scale, release.processes)).reduce(
    (sum, [process, count]) => sum + count * limitsOf(app, process, release).memoryBytes,
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
