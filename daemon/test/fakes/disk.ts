import type { DiskUse } from '@vastrox/shared/disk-use.ts'
import type { NodeDiskUse } from '#ports/node-disk.ts'

/** A node whose disk holds what a test says. */
export function createFakeDisk() {
  const fake = {
    uses: new Map<string, DiskUse>(),
    allowances: [] as { appId: string; bytes: number }[],
    agent: (ask: (verb: string) => Promise<void>): NodeDiskUse => ({
      async keepAllowances(all) {
        await ask('keep-allowances')
        fake.allowances = [...all]
      },
      async use() {
        await ask('read-disk-use')
        return fake.uses
      },
    }),
  }
  return fake
}
