import { z } from 'zod'

/** What other programs can be told of. Named as Standard Webhooks has it: the noun, a dot, what happened. */
export const OutgoingEvent = z.enum([
  'deployment.live',
  'deployment.failed',
  'deployment.reverted',
  'app.created',
  'app.destroyed',
  'app.crash_looping',
  'domain.added',
  'domain.removed',
  'domain.astray',
  'certificate.issued',
  'certificate.failed',
  'certificate.expiring',
  'backup.failed',
  'backup.overdue',
  'destination.failed',
  'drill.failed',
  'alert.firing',
  'alert.resolved',
  'webhook.test',
])
export type OutgoingEvent = z.infer<typeof OutgoingEvent>

/** What somebody may subscribe to; a test is sent to whoever asks for one. */
export const SubscribedEvent = OutgoingEvent.exclude(['webhook.test'])
export type SubscribedEvent = z.infer<typeof SubscribedEvent>

/** What is of the whole team: a webhook of one app is not told of it. */
export const isOfTeam = (event: OutgoingEvent): boolean =>
  /^(certificate|drill|destination)\./.test(event)

/** One line for people about each. */
export const OUTGOING_EVENT_WORDS: Record<OutgoingEvent, string> = {
  'deployment.live': 'A release went live and was kept',
  'deployment.failed': 'A deployment failed; the release before it serves on',
  'deployment.reverted': 'A release did worse than the one before and was taken back',
  'app.created': 'An app was created, or came back from the trash',
  'app.destroyed': 'An app went into the trash',
  'app.crash_looping': 'An instance ended too often and was stopped for a while',
  'domain.added': 'An app claimed a domain, or proved that it is its own',
  'domain.removed': 'An app has a domain no longer',
  'domain.astray': 'The DNS of a domain leads here no longer',
  'certificate.issued': 'A CA gave a certificate, the first or a renewed one',
  'certificate.failed': 'A certificate could not be had',
  'certificate.expiring': 'A certificate lives on without having been renewed',
  'backup.failed': 'A backup could not be made; nothing of it is kept',
  'backup.overdue': 'A schedule has brought no good backup for two of its times',
  'destination.failed': 'What is at a destination is damaged, or could not be checked',
  'drill.failed': 'A backup could not be restored for proof, or not all of it was there',
  'alert.firing': 'An alert began to fire',
  'alert.resolved': 'What an alert was about is well again',
  'webhook.test': 'A test that somebody asked for',
}

/** Of the payload: raised when a field changes its meaning or goes. */
export const PAYLOAD_VERSION = 1

/** The body of every delivery. */
export const OutgoingPayload = z.object({
  type: OutgoingEvent,
  version: z.literal(PAYLOAD_VERSION),
  /** When it happened. */
  timestamp: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
})
export type OutgoingPayload = z.infer<typeof OutgoingPayload>

const MAX_URL_LENGTH = 2_000
const WebhookUrl = z
  .string()
  .max(MAX_URL_LENGTH)
  .refine(isWebhookUrl, 'Give an https address without a user name, a password or a fragment.')

const name = z.string().trim().min(1).max(80)
const events = z
  .array(SubscribedEvent)
  .min(1)
  .max(SubscribedEvent.options.length)
  .refine((chosen) => new Set(chosen).size === chosen.length, 'Name each event once.')

/** An address of somebody else's that is told of events of the team, or of one app. */
export const OutgoingWebhook = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  events: z.array(SubscribedEvent),
  /** The one app that it is told of; null means all of the team. */
  app: z.string().nullable(),
  /** `stopped`: after days without one delivery that was taken it was switched off by itself. */
  state: z.enum(['on', 'off', 'stopped']),
  /** Why it was stopped. */
  reason: z.string().nullable(),
  /** Deliveries that wait for their turn, or to be tried again. */
  waiting: z.int(),
  createdAt: z.iso.datetime(),
  /** When a delivery was taken last. */
  deliveredAt: z.iso.datetime().nullable(),
  /** Since when none was taken; null while all is well. */
  failingSince: z.iso.datetime().nullable(),
  /** Until then deliveries carry a signature of the key before as well. */
  oldSignatureUntil: z.iso.datetime().nullable(),
})
export type OutgoingWebhook = z.infer<typeof OutgoingWebhook>

export const AddOutgoingWebhook = z.object({
  /** Its host name where left out. */
  name: name.optional(),
  url: WebhookUrl,
  events,
  /** Only what happens to this app. */
  app: z.string().max(100).nullable().default(null),
})
export type AddOutgoingWebhook = z.input<typeof AddOutgoingWebhook>

export const ChangeOutgoingWebhook = z.object({
  name: name.optional(),
  url: WebhookUrl.optional(),
  events: events.optional(),
  /** Switching it on again forgives what failed. */
  isOn: z.boolean().optional(),
})
export type ChangeOutgoingWebhook = z.infer<typeof ChangeOutgoingWebhook>

/** With the secret that deliveries are signed with, shown this once. */
export const CreatedOutgoingWebhook = z.object({
  webhook: OutgoingWebhook,
  /** `whsec_…` of Standard Webhooks. */
  webhookSecret: z.string(),
})
export type CreatedOutgoingWebhook = z.infer<typeof CreatedOutgoingWebhook>

/** One try to deliver, and what the other side said. */
export const DeliveryAttempt = z.object({
  at: z.iso.datetime(),
  /** null where no answer came. */
  status: z.int().nullable(),
  durationMs: z.int(),
  /** Why it does not count as taken; null where it does. */
  reason: z.string().nullable(),
  /** The first kilobyte of the answer. */
  answer: z.string(),
})
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>

export const OutgoingDelivery = z.object({
  id: z.string(),
  /** The header `webhook-id`: the same whenever the same event is sent again. */
  eventId: z.string(),
  event: OutgoingEvent,
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int(),
  lastAttempt: DeliveryAttempt.nullable(),
  /** When it is tried next; null once it is over. */
  nextAttemptAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
})
export type OutgoingDelivery = z.infer<typeof OutgoingDelivery>

/** A delivery with what is sent and every try. */
export const OutgoingDeliveryDetails = OutgoingDelivery.extend({
  request: z.object({
    url: z.string(),
    /** Without the signature, which is made anew for each try. */
    headers: z.record(z.string(), z.string()),
    body: z.string(),
  }),
  tries: z.array(DeliveryAttempt),
})
export type OutgoingDeliveryDetails = z.infer<typeof OutgoingDeliveryDetails>

function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === ''
}
