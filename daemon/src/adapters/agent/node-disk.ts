import { DISK_VERBS, type DiskVerb } from '@vastrox/shared/agent-api-disk.ts'
import type { z } from 'zod'
import type { NodeDiskUse } from '#ports/node-disk.ts'

type Call = <Output extends z.ZodType>(
  verb: DiskVerb,
  output: Output,
  input: unknown,
  timeoutMs?: number,
) => Promise<z.output<Output>>

/** A disk of many small files. */
const MEASURE_MS = 600_000

/** The verbs about the disk, over whatever carries them. */
export function createNodeDiskUse(call: Call): NodeDiskUse {
  return {
    async keepAllowances(allowances) {
      await call('keep-allowances', DISK_VERBS['keep-allowances'].output, { allowances })
    },
    async use() {
      const { apps } = await call('read-disk-use', DISK_VERBS['read-disk-use'].output, {})
      return new Map(apps.map(({ appId, ...use }) => [appId, use]))
    },
    measure: () => call('measure-disk', DISK_VERBS['measure-disk'].output, {}, MEASURE_MS),
    async removeBuildCache(ids) {
      if (ids.length === 0) return { removed: [], freedBytes: 0 }
      const { output } = DISK_VERBS['remove-build-cache']
      return call('remove-build-cache', output, { ids }, MEASURE_MS)
    },
  }
}
