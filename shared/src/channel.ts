import { z } from 'zod'
import { Severity } from './alert.ts'

/** One message, from which each kind of channel makes its own. No secret is ever in it. */
export const Notification = z.object({
  /** The same for a repeat of the same thing, so that mail threads and updates find each other. */
  key: z.string().max(200),
  kind: z.enum(['alert', 'resolved', 'deployment', 'backup', 'test', 'summary']),
  severity: Severity,
  title: z.string().max(200),
  /** A few lines, plain text. */
  text: z.string().max(4_000),
  fields: z.array(z.object({ name: z.string().max(60), value: z.string().max(300) })).max(12),
  /** The whole address of the page in the dashboard. */
  url: z.string().max(500),
  app: z.string().nullable(),
  at: z.iso.datetime(),
})
export type Notification = z.infer<typeof Notification>

const name = z.string().trim().min(1).max(80)
/** Flat; its shape is the kind's own: `GET /api/v1/catalog/channels`. */
const Settings = z.record(
  z.string().max(60),
  z.union([z.string().max(5_000), z.number(), z.boolean()]),
)

/** Where notifications are sent. */
export const Channel = z.object({
  id: z.string(),
  name,
  kind: z.string(),
  /** For people: the host, and who is told there; never a secret. */
  where: z.string(),
  /** Without its secrets. */
  settings: Settings,
  /** Names of secrets that are set. */
  secretsSet: z.array(z.string()),
  /** Of this severity and above. */
  minSeverity: Severity,
  /** Outcomes of deployments too, not only alerts. */
  withDeployments: z.boolean(),
  /** Only these apps and what is of none; null: all. */
  apps: z.array(z.string()).nullable(),
  isOn: z.boolean(),
  /** Since when nothing was taken, and why; null while all is well. */
  failingSince: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  deliveredAt: z.iso.datetime().nullable(),
  waiting: z.int(),
  createdAt: z.iso.datetime(),
})
export type Channel = z.infer<typeof Channel>

export const AddChannel = z.object({
  name: name.optional(),
  kind: z.string().min(1).max(40),
  /** With its secrets. */
  settings: Settings,
  minSeverity: Severity.default('warning'),
  withDeployments: z.boolean().default(false),
  apps: z.array(z.string().max(100)).max(100).nullable().default(null),
})
export type AddChannel = z.input<typeof AddChannel>

/** A secret that is left out stays, unless who is told it changes. */
export const ChangeChannel = z.object({
  name: name.optional(),
  settings: Settings.optional(),
  minSeverity: Severity.optional(),
  withDeployments: z.boolean().optional(),
  apps: z.array(z.string().max(100)).max(100).nullable().optional(),
  isOn: z.boolean().optional(),
})
export type ChangeChannel = z.infer<typeof ChangeChannel>

/** What the other side said to a message. */
export const ChannelAnswer = z.object({
  isTaken: z.boolean(),
  /** Its own words, or why it could not be reached; without secrets. */
  answer: z.string().max(1_000),
  tookMs: z.int(),
})
export type ChannelAnswer = z.infer<typeof ChannelAnswer>

/** One notification to one channel. Told within a summary of several, it counts as delivered with it. */
export const ChannelDelivery = z.object({
  id: z.string(),
  title: z.string(),
  kind: Notification.shape.kind,
  severity: Severity,
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int(),
  lastAnswer: z.string().nullable(),
  createdAt: z.iso.datetime(),
  nextAttemptAt: z.iso.datetime().nullable(),
})
export type ChannelDelivery = z.infer<typeof ChannelDelivery>

/** A kind of channel, with what its form is drawn of. */
export const ChannelKindInfo = z.object({
  kind: z.string(),
  title: z.string(),
  /** JSON Schema of the settings. */
  settings: z.record(z.string(), z.unknown()),
  /** Settings that are kept sealed and not shown again. */
  neverShown: z.array(z.string()),
})
export type ChannelKindInfo = z.infer<typeof ChannelKindInfo>
