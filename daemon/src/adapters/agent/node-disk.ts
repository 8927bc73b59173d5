import { DISK_VERBS, type DiskVerb } from '@vastrox/shared/agent-api-disk.ts'
import type { z } from 'zod'
import type { NodeDiskUse } from '#ports/node-disk.ts'

type Call = <Output extends z.ZodType>(
  verb: DiskVerb,
  output: Output,
  input: unknown,
) => Promise<z.output<Output>>

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
  }
}
