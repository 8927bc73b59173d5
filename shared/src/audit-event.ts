import { z } from 'zod'

/** Who did what to what, when, with which result. Never holds a secret's value. */
export const AuditEvent = z.object({
  id: z.int(),
  at: z.iso.datetime(),
  /** As they were called then. */
  actor: z.string(),
  /** Of the user, token or key. */
  actorId: z.string(),
  action: z.string(),
  target: z.string(),
  result: z.enum(['ok', 'denied', 'failed']),
  address: z.string().nullable(),
  /** The sign-in, token or key they came by: `token 01J…`; null for the platform and root on the server. */
  via: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
})
export type AuditEvent = z.infer<typeof AuditEvent>

/** A line of the export: its hash covers it and the hash of the event before. */
export const ExportedAuditEvent = AuditEvent.extend({ hash: z.string() })
export type ExportedAuditEvent = z.infer<typeof ExportedAuditEvent>

export const AuditFilter = z.object({
  /** A part of the name, or the id. */
  actor: z.string().min(1).max(200).optional(),
  /** `app.create`, or `app` for all that was done with apps. */
  action: z.string().min(1).max(100).optional(),
  /** A part of it. */
  target: z.string().min(1).max(500).optional(),
  result: AuditEvent.shape.result.optional(),
  /** From that time on. */
  since: z.iso.datetime().optional(),
  /** Before that time. */
  until: z.iso.datetime().optional(),
})
export type AuditFilter = z.infer<typeof AuditFilter>

/** One thing that is not as it was written. */
export const AuditFinding = z.object({
  /** The event, or the first of those that are missing. */
  id: z.int(),
  kind: z.enum(['edited', 'missing', 'added', 'head', 'anchor']),
  reason: z.string(),
})
export type AuditFinding = z.infer<typeof AuditFinding>

/** The end of the log at one moment, signed; it lies outside the database. */
export const AuditAnchor = z.object({
  at: z.iso.datetime(),
  /** Of the last event then, and the end of the chain: its hash. */
  id: z.int(),
  chain: z.string(),
  /** Ed25519, base64; of what `anchorText` gives. */
  signature: z.string(),
  /** The public key, base64 of its SPKI form. */
  publicKey: z.string(),
})
export type AuditAnchor = z.infer<typeof AuditAnchor>

export const AuditVerification = z.object({
  intact: z.boolean(),
  events: z.int(),
  /** The first hundred. */
  findings: z.array(AuditFinding),
  anchors: z.object({
    count: z.int(),
    /** null where none was made yet. */
    last: AuditAnchor.nullable(),
  }),
  verifiedAt: z.iso.datetime(),
  durationMs: z.int(),
})
export type AuditVerification = z.infer<typeof AuditVerification>
