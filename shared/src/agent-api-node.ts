import { z } from 'zod'

/** A file system that the platform writes to. */
export const NodeDisk = z.object({
  /** What lies on it; where both lie on one it is named once, as `data`. */
  holds: z.enum(['data', 'images']),
  bytes: z.int(),
  availableBytes: z.int(),
  /** With less than this free nothing new is taken: no push, no build. What runs goes on. */
  floorBytes: z.int(),
  /** Files of every kind need one each; 0 where the file system makes them as they are needed. */
  inodes: z.int(),
  availableInodes: z.int(),
  floorInodes: z.int(),
})
export type NodeDisk = z.infer<typeof NodeDisk>

/** Engine and machine, as `describe-node` answers. */
export const DescribeNode = z.object({
  node: z.string(),
  agentVersion: z.string(),
  /** null when the engine does not answer. */
  engine: z
    .object({
      version: z.string(),
      apiVersion: z.string(),
      cgroupVersion: z.string(),
      storageDriver: z.string(),
    })
    .nullable(),
  cpus: z.int(),
  memoryBytes: z.int(),
  memoryAvailableBytes: z.int(),
  diskBytes: z.int(),
  diskAvailableBytes: z.int(),
  disks: z.array(NodeDisk).max(2).default([]),
  loadAverage: z.number(),
})
