import { systemActor } from '#core/access/system-actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { KEPT_DELIVERIES } from '#core/channels/notify.ts'
import type { Pace } from '#core/channels/pace.ts'
import type { SendToChannel, Told } from '#core/channels/send-to-channel.ts'
import { summaryOf } from '#core/channels/summary.ts'
import { pauseAfter } from '#core/outgoing-webhooks/back-off.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { ChannelDeliveryRecord, ChannelDeliveryStore } from '#store/channel-delivery-store.ts'
import type { ChannelRecord, ChannelStore } from '#store/channel-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  channels: ChannelStore
  deliveries: ChannelDeliveryStore
  send: SendToChannel
  pace: Pace
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
  dashboardUrl: () => string
  /** From 0 to 1. */
  random: () => number
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
/** Between tries: what an alert says is old after half a day. */
export const PAUSES_MS: readonly number[] = [
  5 * SECOND_MS,
  20 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
]
/** After so many in a row others are told that a channel takes nothing. */
const TOLD_AFTER = 3
const MOST_IN_SUMMARY = 500

/** One turn of a delivery: it is sent, or waits, or is told together with others. */
export function createTryChannel(deps: Deps) {
  const { channels, deliveries, pace, clock, transact } = deps

  /** True where it is told by a summary from now on. */
  function isSummedUp(delivery: ChannelDeliveryRecord): boolean {
    if (delivery.notification.kind === 'summary' || delivery.attempts > 0) return false
    const { channelId } = delivery
    const others = deliveries
      .listInLineForPlatform(channelId, MOST_IN_SUMMARY)
      .filter(({ attempts, notification }) => attempts === 0 && notification.kind !== 'summary')
    if (others.length < 2) return false
    const id = deps.newId()
    const now = clock.now()
    transact(() => {
      deliveries.insertForPlatform(
        {
          id,
          channelId,
          notification: summaryOf(
            others.map(({ notification }) => notification),
            now,
            `${deps.dashboardUrl()}/alerts`,
          ),
          state: 'waiting',
          attempts: 0,
          lastAnswer: null,
          nextAttemptAt: now.toISOString(),
          summaryId: null,
          createdAt: now.toISOString(),
        },
        KEPT_DELIVERIES,
      )
      deliveries.tellInForPlatform(
        id,
        others.map((one) => one.id),
      )
    })
    return true
  }

  function note(channel: ChannelRecord, delivery: ChannelDeliveryRecord, told: Told): void {
    if (told.isTaken) noteTaken(channel, delivery, told)
    else noteRefused(channel, delivery, told)
  }

  function noteTaken(channel: ChannelRecord, delivery: ChannelDeliveryRecord, told: Told): void {
    const now = clock.now()
    deliveries.saveForPlatform({
      ...delivery,
      attempts: delivery.attempts + 1,
      state: 'delivered',
      lastAnswer: told.answer,
      nextAttemptAt: null,
    })
    deliveries.settleOfForPlatform(delivery.id, 'delivered', 'Told in a summary.')
    deliveries.releaseForPlatform(channel.id, now)
    channels.saveForPlatform(wellAgain(channel, now))
    if (channel.isFailureTold) tellOthers(channel, null)
  }

  function noteRefused(channel: ChannelRecord, delivery: ChannelDeliveryRecord, told: Told): void {
    const now = clock.now()
    const attempts = delivery.attempts + 1
    const pause = told.isFinal
      ? undefined
      : pauseAfter(attempts, {
          retryAfterMs: told.retryAfterMs,
          random: deps.random,
          pausesMs: PAUSES_MS,
        })
    const until = pause === undefined ? undefined : new Date(now.getTime() + pause)
    deliveries.saveForPlatform({
      ...delivery,
      attempts,
      state: until && channel.isOn ? 'waiting' : 'failed',
      lastAnswer: told.answer,
      nextAttemptAt: until && channel.isOn ? until.toISOString() : null,
    })
    if (until === undefined)
      deliveries.settleOfForPlatform(delivery.id, 'failed', 'The summary was not taken.')
    else deliveries.holdForPlatform(channel.id, until)
    const isTold = channel.isFailureTold || until === undefined || attempts >= TOLD_AFTER
    channels.saveForPlatform({
      ...channel,
      heldUntil: until?.toISOString() ?? null,
      failingSince: channel.failingSince ?? now.toISOString(),
      reason: told.answer,
      isFailureTold: isTold,
    })
    if (isTold && !channel.isFailureTold) tellOthers(channel, told.answer)
  }

  /** Alerts hear of it, and tell the other channels: whoever relies on this one hears nothing by it. */
  function tellOthers({ id, teamId, name, kind }: ChannelRecord, reason: string | null): void {
    const isWell = reason === null
    deps.audit.append({
      actor: systemActor(teamId),
      action: isWell ? 'channel.well' : 'channel.failing',
      target: name,
      result: isWell ? 'ok' : 'failed',
      details: { id, kind, ...(isWell ? {} : { reason }) },
    })
  }

  return async function tryChannel(
    delivery: ChannelDeliveryRecord,
    signal: AbortSignal,
  ): Promise<void> {
    const { id, channelId } = delivery
    const before = channels.findForPlatform(channelId)
    if (!before) return
    const room = pace.roomOf(channelId)
    if (room === 0) {
      const opens = clock.now().getTime() + pace.opensInMs(channelId)
      deliveries.holdForPlatform(channelId, new Date(opens))
      return
    }
    if (room === 1 && isSummedUp(delivery)) return
    pace.note(channelId)
    const told = await deps.send(before, delivery.notification, signal)
    if (signal.aborted) return
    transact(() => {
      // As they are now: either may have gone, or been changed, while the other side thought about it.
      const channel = channels.findForPlatform(channelId)
      const found = deliveries.findForPlatform(id)
      if (channel && found?.state === 'waiting') note(channel, found, told)
    })
    const { teamId } = before
    deps.events.emit({ teamId, type: 'channels.changed', app: null, subject: channelId })
  }
}

/** Something was taken: what it failed of is over. */
export const wellAgain = (channel: ChannelRecord, now: Date): ChannelRecord => ({
  ...channel,
  heldUntil: null,
  failingSince: null,
  reason: null,
  isFailureTold: false,
  deliveredAt: now.toISOString(),
})
