import type { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'
import type { DiskUse } from '@vastrox/shared/disk-use.ts'
import type { NodeDiskUse } from '#ports/node-disk.ts'

const GIB = 2 ** 30

/** A disk of 100 GiB on which there is nothing of ours. */
export const emptyMeasure = (): DiskMeasure => ({
  disks: [
    {
      holds: 'data',
      bytes: 100 * GIB,
      availableBytes: 60 * GIB,
      floorBytes: 7 * GIB,
      inodes: 1_000_000,
      availableInodes: 900_000,
      floorInodes: 50_000,
    },
  ],
  layers: [],
  images: [],
  othersImageBytes: 0,
  cache: [],
  cacheBytes: 0,
  othersCacheBytes: 0,
  containers: [],
  volumes: [],
  folders: [],
  dataBytes: 0,
  backupBytes: 0,
  programBytes: 0,
  missing: [],
})

/** A node whose disk holds what a test says. */
export function createFakeDisk() {
  const fake = {
    uses: new Map<string, DiskUse>(),
    allowances: [] as { appId: string; bytes: number }[],
    measured: emptyMeasure(),
    /** How often it was walked over. */
    measurements: 0,
    agent: (ask: (verb: string) => Promise<void>): NodeDiskUse => ({
      async keepAllowances(all) {
        await ask('keep-allowances')
        fake.allowances = [...all]
      },
      async use() {
        await ask('read-disk-use')
        return fake.uses
      },
      async measure() {
        await ask('measure-disk')
        fake.measurements += 1
        return fake.measured
      },
      async removeBuildCache(ids) {
        await ask('remove-build-cache')
        const gone = fake.measured.cache.filter(({ id }) => ids.includes(id))
        const cache = fake.measured.cache.filter(({ id }) => !ids.includes(id))
        fake.measured = { ...fake.measured, cache }
        return {
          removed: gone.map(({ id }) => id),
          freedBytes: gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        }
      },
    }),
  }
  return fake
}
