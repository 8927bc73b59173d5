import { z } from 'zod'

/** What /api/v1/health says: each part by name, and whether all is well. */
export const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string().optional(),
  parts: z.record(z.string(), z.enum(['ok', 'failing'])),
})
export type Health = z.infer<typeof Health>
