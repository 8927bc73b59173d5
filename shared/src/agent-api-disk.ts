import { z } from 'zod'
import { NodeDisk } from './agent-api-node.ts'
import { DiskUse } from './disk-use.ts'

const AppId = z.string().min(1).max(64)
/** More apps than a node can hold. */
const MOST_APPS = 10_000
const CacheId = z.string().regex(/^[a-z0-9]{8,64}$/)

/** An image that Vastrox made or prepared on the engine. */
const MeasuredImage = z.object({
  imageId: z.string(),
  /** `build`: of an app. `prepared`: what apps are built on; it is the machine's. */
  kind: z.enum(['build', 'prepared']),
  appId: z.string().nullable(),
  buildId: z.string().nullable(),
  createdAt: z.iso.datetime(),
  sizeBytes: z.int(),
  /** Indices into `layers`. */
  layers: z.array(z.int()).max(500),
  /** A container has it, running or not. */
  isUsed: z.boolean(),
})

/** What a step of a build has left, so that it is not done again. */
const MeasuredCache = z.object({
  id: CacheId,
  sizeBytes: z.int(),
  description: z.string().max(300),
  createdAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
})

/** Where the bytes of a node are, as the engine and the file system say it. */
export const DiskMeasure = z.object({
  disks: z.array(NodeDisk).max(2),
  /** Bytes of each layer of our images; one that images of others stand on too does not go with ours. */
  layers: z.array(z.object({ bytes: z.int(), isOthersToo: z.boolean() })).max(50_000),
  images: z.array(MeasuredImage).max(10_000),
  othersImageBytes: z.int(),
  /** Ours by our own book of when we built (decision 0200), and in no use. */
  cache: z.array(MeasuredCache).max(10_000),
  /** All of ours that no image holds, in use or not. */
  cacheBytes: z.int(),
  othersCacheBytes: z.int(),
  containers: z
    .array(z.object({ owner: z.string(), writesBytes: z.int(), logBytes: z.int() }))
    .max(20_000),
  volumes: z.array(z.object({ volumeId: z.string(), sizeBytes: z.int() })).max(20_000),
  /** Beneath the data directory: `daemon/repositories/<id>.git`. */
  folders: z.array(z.object({ path: z.string().max(500), sizeBytes: z.int() })).max(100_000),
  /** Of the data directory as a whole, volumes included. */
  dataBytes: z.int(),
  /** Of backups in folders of this server that lie on the same disk. */
  backupBytes: z.int(),
  /** Programs of ours outside of it. */
  programBytes: z.int(),
  /** What could not be measured, in words. */
  missing: z.array(z.string()).max(50),
})
export type DiskMeasure = z.infer<typeof DiskMeasure>

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
  /** Walks over the disk at the lowest priority: seconds to minutes. One at a time; changes nothing. */
  'measure-disk': { input: z.object({}), output: DiskMeasure },
  /** By id, and only what is ours and in no use; others are left and not reported. */
  'remove-build-cache': {
    input: z.object({ ids: z.array(CacheId).max(2_000) }),
    output: z.object({ removed: z.array(z.string()), freedBytes: z.int() }),
  },
} as const
export type DiskVerb = keyof typeof DISK_VERBS
