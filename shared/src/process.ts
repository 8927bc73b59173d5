import { z } from 'zod'

export const ProcessName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'Use up to 63 lower-case letters, digits, _ or -.')

export const InstanceState = z.enum(['starting', 'running', 'draining', 'crashed', 'stopped'])
export type InstanceState = z.infer<typeof InstanceState>

/** One running container of a process. */
export const Instance = z.object({
  id: z.string(),
  process: z.string(),
  ordinal: z.int(),
  release: z.int(),
  node: z.string(),
  state: InstanceState,
  address: z.string(),
  port: z.int().nullable(),
  restarts: z.int(),
  exitCode: z.int().nullable(),
  memoryBytes: z.int().nullable(),
  cpuPercent: z.number().nullable(),
  startedAt: z.iso.datetime().nullable(),
})
export type Instance = z.infer<typeof Instance>

/** A named command of an app, with its scale. */
export const Process = z.object({
  name: z.string(),
  /** null: the image's own. */
  command: z.string().nullable(),
  scale: z.int(),
  instances: z.array(Instance),
})
export type Process = z.infer<typeof Process>

/** How many instances of each process; at most 100 of one. */
export const Scale = z.record(ProcessName, z.int().min(0).max(100))
export type Scale = z.infer<typeof Scale>
