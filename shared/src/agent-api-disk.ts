import { z } from 'zod'
import { DiskUse } from './disk-use.ts'

const AppId = z.string().min(1).max(64)
/** More apps than a node can hold. */
const MOST_APPS = 10_000

/** JSON verbs about what apps take of the disk; the wire is that of agent-api.ts. */
export const DISK_VERBS = {
  /** All that were said, which replace those before. In force at once, and kept over a restart. */
  'keep-allowances': {
    input: z.object({
      allowances: z.array(z.object({ appId: AppId, bytes: z.int().positive() })).max(MOST_APPS),
    }),
    output: z.object({}),
  },
  /** As measured last; an app without a volume is not in it. Changes nothing. */
  'read-disk-use': {
    input: z.object({}),
    output: z.object({ apps: z.array(DiskUse.extend({ appId: AppId })).max(MOST_APPS) }),
  },
} as const
export type DiskVerb = keyof typeof DISK_VERBS
