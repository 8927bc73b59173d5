import { z } from 'zod'

/** Who did what to what, when, with which result. Never holds a secret's value. */
export const AuditEvent = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  result: z.enum(['ok', 'denied', 'failed']),
  address: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
})
export type AuditEvent = z.infer<typeof AuditEvent>
