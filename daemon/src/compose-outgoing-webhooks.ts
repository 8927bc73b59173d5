import { randomBytes } from 'node:crypto'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { type Announcement, createAnnounce } from '#core/outgoing-webhooks/announce.ts'
import { createDeliver } from '#core/outgoing-webhooks/deliver.ts'
import { createDeliveryRunner } from '#core/outgoing-webhooks/delivery-runner.ts'
import { createOutgoingWebhookService } from '#core/outgoing-webhooks/outgoing-webhook-service.ts'
import { webhookSecretOf } from '#core/outgoing-webhooks/sign.ts'
import { createTell } from '#core/outgoing-webhooks/tell.ts'
import { createTryDelivery } from '#core/outgoing-webhooks/try-delivery.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { HttpClient } from '#ports/http-client.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import { createAppStore } from '#store/app-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createOutgoingDeliveryStore } from '#store/outgoing-delivery-store.ts'
import { createOutgoingWebhookStore } from '#store/outgoing-webhook-store.ts'
import { createReleaseStore } from '#store/release-store.ts'

export interface OutgoingWebhookDeps {
  db: Database
  finder: AppFinder
  /** The log itself: what it is told here is not told on. */
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  addresses: GuardedAddresses
  /** Over the same addresses. */
  http: HttpClient
  secretBox: SecretBox
  clock: Clock
  newId: NewId
  version: string
  dashboardUrl: () => string
  publicUrlOf: (appName: string) => string
  /** From 0 to 1. */
  random: () => number
  onProblem: (what: string, error: unknown) => void
}

/** As long as the digest that it keys. */
const SECRET_BYTES = 32

/** Wires the webhooks that go out: who wants to know, what is told, and when it is tried again. */
export function composeOutgoingWebhooks(given: OutgoingWebhookDeps) {
  const { db, clock } = given
  const deps = {
    ...given,
    apps: createAppStore(db),
    releases: createReleaseStore(db),
    webhooks: createOutgoingWebhookStore(db),
    deliveries: createOutgoingDeliveryStore(db),
    transact: transactionOf(db),
  }
  const runner = createDeliveryRunner({
    deliveries: deps.deliveries,
    work: createTryDelivery({ ...deps, deliver: createDeliver(deps) }),
    clock,
    onProblem: given.onProblem,
  })
  const announce = createAnnounce({ ...deps, onQueued: () => runner.kick() })

  return {
    service: createOutgoingWebhookService({
      ...deps,
      announce,
      newSecret: () => webhookSecretOf(randomBytes(SECRET_BYTES)),
    }),
    announce: (told: Announcement): void => announce.announce(told),
    tell: createTell({ ...deps, announce: (told) => announce.announce(told) }),
    /** Takes up what waited when the daemon stopped. */
    start: (): void => runner.kick(),
    stop: (): void => runner.stop(),
  }
}
export type OutgoingWebhookParts = ReturnType<typeof composeOutgoingWebhooks>
