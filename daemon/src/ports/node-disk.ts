import type { DiskUse } from '@vastrox/shared/disk-use.ts'

/** What apps take of a node's disk; shared/src/agent-api-disk.ts has the contracts. */
export interface NodeDiskUse {
  /** All that were said, which replace those before; in force at once. */
  keepAllowances(all: readonly { appId: string; bytes: number }[]): Promise<void>
  /** By app, as measured last; one without a volume is not in it. */
  use(): Promise<ReadonlyMap<string, DiskUse>>
}
