import { z } from 'zod'

/** One thing that was looked at on a machine. Whatever is not ok says what to do. */
export const HostFinding = z.object({
  /** Such as `updates`, `clock`, `engine`. */
  check: z.string(),
  level: z.enum(['ok', 'warn', 'bad']),
  message: z.string(),
  hint: z.string().optional(),
})
export type HostFinding = z.infer<typeof HostFinding>

/** How a machine is kept, as `vastrox doctor` says it, too. */
export const HostCare = z.object({
  at: z.iso.datetime(),
  findings: z.array(HostFinding).max(100),
})
export type HostCare = z.infer<typeof HostCare>
