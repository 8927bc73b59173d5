import { channels as kinds } from '#catalog/channels/index.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createChannelService } from '#core/channels/channel-service.ts'
import { createPace } from '#core/channels/pace.ts'
import { createSendToChannel } from '#core/channels/send-to-channel.ts'
import { createTryChannel } from '#core/channels/try-channel.ts'
import { createDeliveryRunner } from '#core/outgoing-webhooks/delivery-runner.ts'
import type { ChannelKind } from '#ports/channel-kind.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { HttpClient } from '#ports/http-client.ts'
import type { NewId } from '#ports/ids.ts'
import type { Mailer } from '#ports/mailer.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AppStore } from '#store/app-store.ts'
import type { ChannelDeliveryStore } from '#store/channel-delivery-store.ts'
import type { ChannelStore } from '#store/channel-store.ts'
import type { Transact } from '#store/database.ts'

export interface ChannelPartsDeps {
  channels: ChannelStore
  deliveries: ChannelDeliveryStore
  apps: AppStore
  finder: AppFinder
  /** Both to guarded addresses (rule C11). */
  http: HttpClient
  mailer: Mailer
  /** The catalog's where left out. */
  channelKinds?: readonly ChannelKind[]
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
  dashboardUrl: () => string
  /** From 0 to 1. */
  random: () => number
  onProblem: (what: string, error: unknown) => void
}

/** Wires what sends notifications. Loaded once there is one to be sent, or somebody asks. */
export function composeChannelParts(given: ChannelPartsDeps) {
  const { clock, http, mailer, channelKinds = kinds } = given
  const pace = createPace(clock)
  const send = createSendToChannel({
    ...given,
    kinds: channelKinds,
    hands: { http, mailer, now: () => clock.now() },
  })
  const runner = createDeliveryRunner({
    deliveries: given.deliveries,
    work: createTryChannel({ ...given, send, pace }),
    what: 'a notification',
    togetherEach: 1,
    clock,
    onProblem: given.onProblem,
  })
  return {
    service: createChannelService({
      ...given,
      kinds: channelKinds,
      send,
      pace,
      onReleased: () => runner.kick(),
    }),
    kick: (): void => runner.kick(),
    stop: (): void => runner.stop(),
  }
}
