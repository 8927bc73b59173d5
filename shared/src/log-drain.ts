import { z } from 'zod'

/** `syslog`: RFC 5424 over TLS (RFC 5425). `http`: batches of JSON. */
export const LogDrainKind = z.enum(['syslog', 'http'])
export type LogDrainKind = z.infer<typeof LogDrainKind>

/** Of an http drain: one object a line, or one array of them. */
export const LogDrainFormat = z.enum(['ndjson', 'array'])
export type LogDrainFormat = z.infer<typeof LogDrainFormat>

/** Where lines of logs are sent on to. */
export const LogDrain = z.object({
  id: z.string(),
  kind: LogDrainKind,
  /** `logs.example.com:6514`, `tcp://10.0.0.5:514` in an allowed network, or an https address. */
  target: z.string(),
  format: LogDrainFormat,
  /** Only this app's; null: all apps of the team. */
  app: z.string().nullable(),
  isOn: z.boolean(),
  hasSecret: z.boolean(),
  state: z.enum(['connecting', 'sending', 'failing', 'off']),
  /** Since when, and why; null while all is well. */
  failingSince: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  /** Since the daemon started. */
  sentLines: z.int(),
  /** Lines that there was no room for while the other side was away, since the daemon started. */
  droppedLines: z.int(),
  /** Lines that wait to be sent. */
  waitingLines: z.int(),
  createdAt: z.iso.datetime(),
})
export type LogDrain = z.infer<typeof LogDrain>

export const AddLogDrain = z.object({
  kind: LogDrainKind,
  target: z.string().trim().min(1).max(500),
  format: LogDrainFormat.default('ndjson'),
  app: z.string().max(100).nullable().default(null),
  /** Of an http drain: sent as `Authorization: Bearer …`. */
  secret: z.string().max(1_000).optional(),
  /** PEM of the authority that signed the other side's certificate, where no public one did. */
  caPem: z.string().max(20_000).optional(),
})
export type AddLogDrain = z.input<typeof AddLogDrain>

export const ChangeLogDrain = z.object({
  isOn: z.boolean().optional(),
  secret: z.string().max(1_000).optional(),
  caPem: z.string().max(20_000).optional(),
})
export type ChangeLogDrain = z.infer<typeof ChangeLogDrain>
