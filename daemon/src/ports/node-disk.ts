import type { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'
import type { DiskUse } from '@vastrox/shared/disk-use.ts'

/** What apps take of a node's disk; shared/src/agent-api-disk.ts has the contracts. */
export interface NodeDiskUse {
  /** All that were said, which replace those before; in force at once. */
  keepAllowances(all: readonly { appId: string; bytes: number }[]): Promise<void>
  /** By app, as measured last; one without a volume is not in it. */
  use(): Promise<ReadonlyMap<string, DiskUse>>
  /** Walks over the disk: seconds to minutes. What could not be measured is told in it. */
  measure(): Promise<DiskMeasure>
  /** By id, and only what this installation has built and nothing uses; tells which are gone. */
  removeBuildCache(ids: readonly string[]): Promise<{ removed: string[]; freedBytes: number }>
}
