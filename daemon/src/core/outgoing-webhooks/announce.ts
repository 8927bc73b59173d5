import {
  type OutgoingEvent,
  type OutgoingPayload,
  PAYLOAD_VERSION,
  type SubscribedEvent,
} from '@vastrox/shared/outgoing-webhook.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { OutgoingDeliveryStore } from '#store/outgoing-delivery-store.ts'
import type { OutgoingWebhookRecord, OutgoingWebhookStore } from '#store/outgoing-webhook-store.ts'

interface Deps {
  webhooks: OutgoingWebhookStore
  deliveries: OutgoingDeliveryStore
  clock: Clock
  newId: NewId
  /** Called once the rows are there. */
  onQueued: () => void
  onProblem: (what: string, error: unknown) => void
}

/** Something that happened to a team, and to one of its apps where it did. */
export interface Announcement {
  teamId: string
  appId: string | null
  event: SubscribedEvent
  data: Record<string, unknown>
}

/** Beyond it nothing more is kept for a webhook that takes nothing. */
const MAX_WAITING = 1_000
/** Deliveries of each webhook that can be looked at afterwards. */
const KEPT = 500

/**
 * Writes a row for each webhook that wants to know. Called inside the transaction of what it tells
 * of: both are kept or neither, so that nothing which happened goes untold.
 */
export function createAnnounce({ webhooks, deliveries, clock, newId, onQueued, onProblem }: Deps) {
  function queue(
    webhook: OutgoingWebhookRecord,
    event: OutgoingEvent,
    eventId: string,
    body: string,
  ) {
    const id = newId()
    const at = clock.now().toISOString()
    const hasRoom = deliveries.countWaitingForPlatform(webhook.id) < MAX_WAITING
    deliveries.insertForPlatform(
      {
        id,
        webhookId: webhook.id,
        eventId,
        event,
        body,
        state: hasRoom ? 'waiting' : 'failed',
        attempts: 0,
        nextAttemptAt: hasRoom ? at : null,
        createdAt: at,
      },
      KEPT,
    )
    // The transaction that this is part of ends before any microtask.
    queueMicrotask(onQueued)
    return id
  }

  const bodyOf = (event: OutgoingEvent, data: Record<string, unknown>): string =>
    JSON.stringify({
      type: event,
      version: PAYLOAD_VERSION,
      timestamp: clock.now().toISOString(),
      data,
    } satisfies OutgoingPayload)

  return {
    /** Never throws: a webhook holds up nothing that it tells of. */
    announce({ teamId, appId, event, data }: Announcement): void {
      try {
        const wanting = webhooks
          .listOfTeamForPlatform(teamId)
          .filter(({ isOn, events }) => isOn && events.includes(event))
          .filter((webhook) => webhook.appId === null || webhook.appId === appId)
        if (wanting.length === 0) return
        const eventId = newEventId()
        const body = bodyOf(event, data)
        for (const webhook of wanting) queue(webhook, event, eventId, body)
      } catch (error) {
        onProblem(`webhooks could not be told of ${event}`, error)
      }
    },

    /** To this one webhook, whatever it has subscribed to. Gives the delivery's id. */
    sendTest: (webhook: OutgoingWebhookRecord, data: Record<string, unknown>): string =>
      queue(webhook, 'webhook.test', newEventId(), bodyOf('webhook.test', data)),

    /** The same event under the same id once more. Gives the new delivery's id. */
    sendAgain: (
      webhook: OutgoingWebhookRecord,
      { event, eventId, body }: { event: OutgoingEvent; eventId: string; body: string },
    ): string => queue(webhook, event, eventId, body),
  }

  function newEventId(): string {
    return `msg_${newId()}`
  }
}
export type Announce = ReturnType<typeof createAnnounce>
