import { systemActor } from '#core/access/system-actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { pauseAfter } from '#core/outgoing-webhooks/back-off.ts'
import type { Deliver, Tried } from '#core/outgoing-webhooks/deliver.ts'
import {
  oldSecretContext,
  secretContext,
} from '#core/outgoing-webhooks/outgoing-webhook-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { Transact } from '#store/database.ts'
import type {
  OutgoingDeliveryRecord,
  OutgoingDeliveryStore,
} from '#store/outgoing-delivery-store.ts'
import type { OutgoingWebhookRecord, OutgoingWebhookStore } from '#store/outgoing-webhook-store.ts'

interface Deps {
  webhooks: OutgoingWebhookStore
  deliveries: OutgoingDeliveryStore
  deliver: Deliver
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
  /** From 0 to 1. */
  random: () => number
}

/** So long nothing is taken before a webhook is switched off by itself. */
const MAX_FAILING_MS = 3 * 86_400_000
const ONCE: readonly string[] = ['webhook.test']

/** One turn of a delivery: it is sent, and its rows say what came of it and when it is tried again. */
export function createTryDelivery(deps: Deps) {
  const { webhooks, deliveries, clock, transact } = deps

  function secretsOf({ id, sealedSecret, sealedOldSecret, oldSecretUntil }: OutgoingWebhookRecord) {
    const isOldAlive = oldSecretUntil !== null && Date.parse(oldSecretUntil) > clock.now().getTime()
    const { secretBox } = deps
    return [
      secretBox.open(sealedSecret, secretContext(id)),
      ...(isOldAlive && sealedOldSecret
        ? [secretBox.open(sealedOldSecret, oldSecretContext(id))]
        : []),
    ]
  }

  function note(
    webhook: OutgoingWebhookRecord,
    delivery: OutgoingDeliveryRecord,
    tried: Tried,
  ): void {
    const now = clock.now()
    const attempts = delivery.attempts + 1
    const pause =
      tried.isTaken || tried.isGone || ONCE.includes(delivery.event)
        ? undefined
        : pauseAfter(attempts, { retryAfterMs: tried.retryAfterMs, random: deps.random })
    const waits = pause !== undefined && webhook.isOn
    deliveries.noteAttemptForPlatform(delivery.id, attempts, tried.attempt)
    deliveries.saveForPlatform({
      ...delivery,
      attempts,
      state: tried.isTaken ? 'delivered' : waits ? 'waiting' : 'failed',
      nextAttemptAt: waits ? new Date(now.getTime() + pause).toISOString() : null,
    })
    if (tried.isTaken) {
      webhooks.saveForPlatform({ ...webhook, deliveredAt: now.toISOString(), failingSince: null })
      return
    }
    if (ONCE.includes(delivery.event)) return
    const failingSince = webhook.failingSince ?? now.toISOString()
    const reason = stopReason(tried, now.getTime() - Date.parse(failingSince))
    if (reason === undefined || !webhook.isOn)
      webhooks.saveForPlatform({ ...webhook, failingSince })
    else stop({ ...webhook, failingSince }, reason)
  }

  function stop(webhook: OutgoingWebhookRecord, stoppedReason: string): void {
    webhooks.saveForPlatform({ ...webhook, isOn: false, stoppedReason })
    deliveries.giveUpForPlatform(webhook.id)
    deps.audit.append({
      actor: systemActor(webhook.teamId),
      action: 'webhook.stop',
      target: webhook.name,
      result: 'failed',
      details: { id: webhook.id, reason: stoppedReason },
    })
  }

  return async function tryDelivery(
    { id, webhookId, eventId, body }: OutgoingDeliveryRecord,
    signal: AbortSignal,
  ): Promise<void> {
    const before = webhooks.findForPlatform(webhookId)
    if (!before) return
    const secrets = secretsOf(before)
    const tried = await deps.deliver({ url: before.url, eventId, body, secrets })
    if (signal.aborted) return
    transact(() => {
      // As they are now: either may have gone, or been changed, while the other side thought about it.
      const webhook = webhooks.findForPlatform(webhookId)
      const delivery = deliveries.findForPlatform(id)
      if (webhook && delivery) note(webhook, delivery, tried)
    })
    const { teamId } = before
    deps.events.emit({ teamId, type: 'outgoing-webhooks.changed', app: null, subject: webhookId })
  }
}

function stopReason({ isGone, attempt }: Tried, failingMs: number): string | undefined {
  if (isGone) return attempt.reason ?? 'It is gone for good.'
  if (failingMs < MAX_FAILING_MS) return undefined
  return `Nothing was taken for three days. The last time: ${attempt.reason ?? 'no answer'}`
}
