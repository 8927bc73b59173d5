import { z } from 'zod'
import { NodeDisk } from './agent-api-node.ts'

/** A machine we run instances on, as the dashboard shows it. */
export const Node = z.object({
  name: z.string(),
  reachable: z.boolean(),
  engineVersion: z.string().nullable(),
  cpus: z.int(),
  memoryBytes: z.int(),
  memoryAvailableBytes: z.int(),
  diskBytes: z.int(),
  diskAvailableBytes: z.int(),
  /** With how much has to stay free on each. */
  disks: z.array(NodeDisk),
  loadAverage: z.number(),
})
export type Node = z.infer<typeof Node>

/** What the daemon says about itself at /api/v1/health. */
export const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  proxyWorkers: z.int(),
  agent: z.boolean(),
  engine: z.boolean(),
})
export type Health = z.infer<typeof Health>
