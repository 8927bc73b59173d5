import { z } from 'zod'

/**
 * What the agent measures every 15 s, by the kernel's own files. Counters travel as the kernel has
 * them, rising for the life of what they count: whoever reads takes differences, and begins anew where
 * `id` (a container) or `epoch` (a boot) is another. One that is lower than before began anew as well: the
 * engine makes the group of a container that it restarts anew.
 */
export const SAMPLE_EVERY_MS = 15_000

const Count = z.number().nonnegative()

/** Stalled time in microseconds since boot: `some` of the tasks, or `full`, all of them. */
const Pressure = z.object({ someUsec: Count, fullUsec: Count })

const SampledDisk = z.object({
  holds: z.enum(['data', 'images']),
  bytes: Count,
  availableBytes: Count,
  /** 0 where the file system makes them as they are needed. */
  inodes: Count,
  availableInodes: Count,
  /** Of the block device below it; 0 where it has none of its own. */
  readBytes: Count,
  writtenBytes: Count,
  ioMs: Count,
})

const SampledNetwork = z.object({
  name: z.string().max(32),
  receivedBytes: Count,
  sentBytes: Count,
  receivedPackets: Count,
  sentPackets: Count,
  /** Errors and drops of both directions. */
  errors: Count,
  drops: Count,
})

export const NodeSample = z.object({
  cpus: z.int().positive(),
  /** CPU time since boot in microseconds, over all cores. */
  cpuUsec: z.object({
    user: Count,
    nice: Count,
    system: Count,
    idle: Count,
    iowait: Count,
    irq: Count,
    steal: Count,
  }),
  load: z.tuple([Count, Count, Count]),
  /** null where the kernel does not tell (no PSI). */
  pressure: z.object({ cpu: Pressure, memory: Pressure, io: Pressure }).nullable(),
  memoryBytes: Count,
  memoryAvailableBytes: Count,
  memoryFreeBytes: Count,
  memoryCacheBytes: Count,
  swapBytes: Count,
  swapFreeBytes: Count,
  /** Pages brought in from swap and put there, since boot. */
  swapInPages: Count,
  swapOutPages: Count,
  /** Times that the kernel ended something for want of memory, since boot. */
  oomKills: Count,
  processes: Count,
  uptimeMs: Count,
  disks: z.array(SampledDisk).max(2),
  /** Interfaces of the machine itself: no bridge, no veth, no loopback. */
  networks: z.array(SampledNetwork).max(16),
})
export type NodeSample = z.infer<typeof NodeSample>

/** `build`: all builds together, in their fence. */
export const SampledKind = z.enum(['instance', 'addon', 'run', 'build'])

export const ContainerSample = z.object({
  kind: SampledKind,
  /** The container's id: counters begin anew with another. */
  id: z.string().max(64),
  name: z.string().max(200),
  /** The app's or the add-on's id; empty for builds. */
  owner: z.string().max(64),
  /** Of an instance: `web` and 1; otherwise empty and 0. */
  process: z.string().max(64),
  ordinal: z.int().nonnegative(),
  release: z.int().nonnegative(),
  cpuUsec: Count,
  cpuUserUsec: Count,
  cpuSystemUsec: Count,
  /** Time for which it was held back by its own limit. */
  throttledUsec: Count,
  /** 0: no limit. */
  cpuLimitMillis: Count,
  /** Working set: without file pages that the kernel can drop at any moment. */
  memoryBytes: Count,
  memoryCacheBytes: Count,
  /** 0: no limit. */
  memoryLimitBytes: Count,
  swapBytes: Count,
  oomKills: Count,
  receivedBytes: Count,
  sentBytes: Count,
  readBytes: Count,
  writtenBytes: Count,
  pids: Count,
  /** By the engine, since it was created. */
  restarts: Count,
  /** Of an add-on alone; null: not known yet. What keeps nothing has no size. */
  addon: z
    .object({
      /** Of TCP to the ports that it listens at, without those of the server to itself. */
      connections: Count.nullable(),
      /** Of its volume on the disk, as it was measured last. */
      sizeBytes: Count.nullable(),
    })
    .optional(),
})
export type ContainerSample = z.infer<typeof ContainerSample>

/** A process of the platform's own: `supervisor`, `agent`, `daemon`, `proxy-0`, `engine`. */
export const PlatformSample = z.object({
  name: z.string().max(40),
  pid: z.int(),
  cpuUsec: Count,
  residentBytes: Count,
  descriptors: Count,
})
export type PlatformSample = z.infer<typeof PlatformSample>

export const Sample = z.object({
  /** Rises by one a sample within an epoch. */
  seq: z.int().nonnegative(),
  /** Of the boot; counters of the node begin anew with another. */
  epoch: z.string().max(64),
  at: z.iso.datetime(),
  node: NodeSample,
  /** Running now. */
  containers: z.array(ContainerSample).max(2_000),
  platform: z.array(PlatformSample).max(40),
})
export type Sample = z.infer<typeof Sample>

/** Those taken later than `since` (all that are kept where null), oldest first; with `follow` also each that is taken. */
export const ReadSamples = z.object({
  since: z.iso.datetime().nullable(),
  follow: z.boolean(),
})
export type ReadSamples = z.infer<typeof ReadSamples>

export const ReadSamplesEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('sample'), sample: Sample }),
  z.object({ type: z.literal('done') }),
  z.object({
    type: z.literal('failed'),
    code: z.string(),
    reason: z.string(),
    details: z.record(z.string(), z.unknown()).default({}),
  }),
])
export type ReadSamplesEvent = z.infer<typeof ReadSamplesEvent>

/** Stream verbs about metrics; the wire is that of agent-api.ts. Changes nothing. */
export const METRIC_STREAMS = {
  'read-samples': { input: ReadSamples, event: ReadSamplesEvent },
} as const
