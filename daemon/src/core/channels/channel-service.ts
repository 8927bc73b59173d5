import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import {
  AddChannel,
  type ChangeChannel,
  type Channel,
  type ChannelAnswer,
  type ChannelDelivery,
  type ChannelKindInfo,
  type Notification,
} from '@vastrox/shared/channel.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import { z } from 'zod'
import { systemActor } from '#core/access/system-actor.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { CHANNEL_CODES, changedSettings } from '#core/channels/channel-settings.ts'
import { kindNamed, readSettings } from '#core/secrets/kind-settings.ts'
import { KEPT_DELIVERIES } from '#core/channels/notify.ts'
import type { Pace } from '#core/channels/pace.ts'
import { secretsContext, secretsOf, type SendToChannel } from '#core/channels/send-to-channel.ts'
import { wellAgain } from '#core/channels/try-channel.ts'
import type { ChannelKind } from '#ports/channel-kind.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AppStore } from '#store/app-store.ts'
import type { ChannelDeliveryRecord, ChannelDeliveryStore } from '#store/channel-delivery-store.ts'
import type { ChannelRecord, ChannelSettings, ChannelStore } from '#store/channel-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  kinds: readonly ChannelKind[]
  channels: ChannelStore
  deliveries: ChannelDeliveryStore
  apps: Pick<AppStore, 'findByIdForPlatform'>
  finder: AppFinder
  send: SendToChannel
  pace: Pace
  /** What was held back may be sent now. */
  onReleased: () => void
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
  dashboardUrl: () => string
}

const MAX_CHANNELS = 30

/** Where a team's notifications are sent. */
export function createChannelService(deps: Deps) {
  const { kinds, channels, deliveries, audit, clock, transact, secretBox } = deps

  function find(actor: Actor, id: string): ChannelRecord {
    mustBeAble(actor, 'channel.manage')
    const found = channels.find(actor, id)
    if (!found) throw new CodedError('CHANNEL_NOT_FOUND')
    return found
  }

  function whereOf(kindName: string, settings: ChannelSettings): string {
    const kind = kinds.find((one) => one.kind === kindName)
    return kind?.where(settings) ?? ''
  }

  function show(record: ChannelRecord): Channel {
    const secret = secretsOf(secretBox, record)
    return {
      id: record.id,
      name: record.name,
      kind: record.kind,
      where: whereOf(record.kind, { ...record.settings, ...secret }),
      settings: record.settings,
      secretsSet: Object.keys(secret).filter((name) => secret[name] !== ''),
      minSeverity: record.minSeverity,
      withDeployments: record.withDeployments,
      apps: record.appIds?.flatMap((id) => deps.apps.findByIdForPlatform(id)?.name ?? []) ?? null,
      isOn: record.isOn,
      failingSince: record.failingSince,
      reason: record.reason,
      deliveredAt: record.deliveredAt,
      waiting: deliveries.countWaitingForPlatform(record.id),
      createdAt: record.createdAt,
    }
  }

  const appIdsOf = (actor: Actor, names: readonly string[] | null): string[] | null =>
    names && [...new Set(names.map((name) => deps.finder.find(actor, name).id))]

  const sealed = (id: string, secret: ChannelSettings): Buffer =>
    secretBox.seal(JSON.stringify(secret), secretsContext(id))

  function save(
    actor: Actor,
    action: string,
    record: ChannelRecord,
    details: Record<string, unknown>,
  ): void {
    channels.saveForPlatform(record)
    audit.append({
      actor,
      action,
      target: record.name,
      details: { id: record.id, kind: record.kind, ...details },
    })
  }

  const changed = ({ teamId, id }: ChannelRecord): void =>
    deps.events.emit({ teamId, type: 'channels.changed', app: null, subject: id })

  return {
    /** What can be set up: the dashboard draws its forms from it. */
    kinds(actor: Actor): ChannelKindInfo[] {
      mustBeAble(actor, 'channel.manage')
      return kinds.map(({ kind, title, settings, secrets }) => ({
        kind,
        title,
        neverShown: [...secrets],
        settings: z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }),
      }))
    },

    list(actor: Actor): Channel[] {
      mustBeAble(actor, 'channel.manage')
      return channels.list(actor).map(show)
    },

    get: (actor: Actor, id: string): Channel => show(find(actor, id)),

    /** By its id, or by its name where only one has it. */
    named(actor: Actor, idOrName: string): Channel {
      mustBeAble(actor, 'channel.manage')
      const all = channels.list(actor)
      const found = all.filter(({ id, name }) => id === idOrName || name === idOrName)
      if (found.length > 1)
        throw new CodedError('CHANNEL_NOT_FOUND', {
          reason: `${found.length} channels have that name: give the id of one.`,
        })
      const [record] = found
      if (!record) throw new CodedError('CHANNEL_NOT_FOUND')
      return show(record)
    },

    /** Throws CHANNEL_KIND_UNKNOWN, CHANNEL_SETTINGS_INVALID, CHANNELS_FULL and APP_NOT_FOUND. */
    add(actor: Actor, wish: AddChannel): Channel {
      mustBeAble(actor, 'channel.manage')
      const {
        name,
        kind: kindName,
        settings,
        minSeverity,
        withDeployments,
        apps,
      } = AddChannel.parse(wish)
      const kind = kindNamed(kinds, kindName, CHANNEL_CODES)
      const { shown, secret } = readSettings(kind, settings, CHANNEL_CODES)
      const id = deps.newId()
      const record: ChannelRecord = {
        id,
        teamId: actor.teamId,
        name: name ?? kind.title,
        kind: kindName,
        settings: shown,
        secretsSealed: sealed(id, secret),
        minSeverity,
        withDeployments,
        appIds: appIdsOf(actor, apps),
        isOn: true,
        heldUntil: null,
        failingSince: null,
        reason: null,
        isFailureTold: false,
        deliveredAt: null,
        createdAt: clock.now().toISOString(),
      }
      transact(() => {
        if (channels.list(actor).length >= MAX_CHANNELS)
          throw new CodedError('CHANNELS_FULL', { most: MAX_CHANNELS })
        save(actor, 'channel.add', record, {
          where: kind.where({ ...shown, ...secret }),
          minSeverity,
          apps,
        })
      })
      changed(record)
      return show(record)
    },

    /**
     * Settings that are left out stay as they are, secret ones too unless another address is to be told
     * them. What was held back is tried anew.
     */
    change(actor: Actor, id: string, wish: ChangeChannel): Channel {
      const record = transact(() => {
        const before = find(actor, id)
        const kind = kindNamed(kinds, before.kind, CHANNEL_CODES)
        const known = { shown: before.settings, secret: secretsOf(secretBox, before) }
        const { shown, secret } = wish.settings
          ? changedSettings(kind, known, wish.settings)
          : known
        const next: ChannelRecord = {
          ...before,
          name: wish.name ?? before.name,
          settings: shown,
          secretsSealed: sealed(id, secret),
          minSeverity: wish.minSeverity ?? before.minSeverity,
          withDeployments: wish.withDeployments ?? before.withDeployments,
          appIds: wish.apps === undefined ? before.appIds : appIdsOf(actor, wish.apps),
          isOn: wish.isOn ?? before.isOn,
          heldUntil: null,
          // Nobody waits for one that is off: the alert about it ends, and a new failure is told anew.
          ...(wish.isOn === false
            ? { failingSince: null, reason: null, isFailureTold: false }
            : {}),
        }
        const { settings, ...others } = wish
        save(actor, 'channel.change', next, {
          ...others,
          ...(settings ? { settings: Object.keys(settings) } : {}),
        })
        if (!next.isOn) deliveries.giveUpForPlatform(id, 'The channel was switched off.')
        else deliveries.releaseForPlatform(id, clock.now())
        return next
      })
      deps.onReleased()
      changed(record)
      return show(record)
    },

    /** What waits for it goes with it. */
    remove(actor: Actor, id: string): void {
      const record = find(actor, id)
      transact(() => {
        channels.remove(actor, id)
        const details = { id, kind: record.kind }
        audit.append({ actor, action: 'channel.remove', target: record.name, details })
      })
      changed(record)
    },

    /** Sends a test, whether it is on or off, and waits for what the other side says to it. */
    async test(actor: Actor, id: string, signal: AbortSignal): Promise<ChannelAnswer> {
      const before = find(actor, id)
      if (deps.pace.roomOf(id) === 0) throw new CodedError('CHANNEL_BUSY')
      const now = clock.now().toISOString()
      const notification = testOf(actor, before, deps.dashboardUrl(), now)
      deps.pace.note(id)
      const told = await deps.send(before, notification, signal)
      const { isTaken, answer, tookMs } = told
      transact(() => {
        // It may have gone, or been changed, while the other side thought about it.
        const channel = channels.find(actor, id)
        if (!channel) return
        deliveries.insertForPlatform(
          {
            id: deps.newId(),
            channelId: id,
            notification,
            state: isTaken ? 'delivered' : 'failed',
            attempts: 1,
            lastAnswer: answer,
            nextAttemptAt: null,
            summaryId: null,
            createdAt: now,
          },
          KEPT_DELIVERIES,
        )
        if (isTaken) {
          channels.saveForPlatform(wellAgain(channel, clock.now()))
          deliveries.releaseForPlatform(id, clock.now())
          // As a delivery does: whoever was told that it fails is told that it is over.
          if (channel.isFailureTold)
            audit.append({
              actor: systemActor(channel.teamId),
              action: 'channel.well',
              target: channel.name,
              details: { id, kind: channel.kind },
            })
        }
        audit.append({
          actor,
          action: 'channel.test',
          target: channel.name,
          result: isTaken ? 'ok' : 'failed',
          details: { id },
        })
      })
      if (isTaken) deps.onReleased()
      changed(before)
      return { isTaken, answer, tookMs }
    },

    /** Newest first; the cursor is the last id of the page before. */
    listDeliveries(actor: Actor, id: string, { cursor, limit }: PageQuery): Page<ChannelDelivery> {
      find(actor, id)
      const rows = deliveries.listOfForPlatform(id, cursor, limit + 1)
      const items = rows.slice(0, limit)
      const nextCursor = rows.length > limit ? (items.at(-1)?.id ?? null) : null
      return { items: items.map(showDelivery), nextCursor }
    },
  }
}
export type ChannelService = ReturnType<typeof createChannelService>

const showDelivery = (record: ChannelDeliveryRecord): ChannelDelivery => ({
  id: record.id,
  title: record.notification.title,
  kind: record.notification.kind,
  severity: record.notification.severity,
  state: record.state,
  attempts: record.attempts,
  lastAnswer: record.lastAnswer,
  createdAt: record.createdAt,
  nextAttemptAt: record.nextAttemptAt,
})

const testOf = (
  actor: Actor,
  { id, name, minSeverity }: ChannelRecord,
  dashboardUrl: string,
  at: string,
): Notification => ({
  key: `test:${id}`,
  kind: 'test',
  severity: 'info',
  title: `A test of ${name}`,
  text: `${actor.name} asked for it. Notifications of severity ${minSeverity} and above look like this.`,
  fields: [{ name: 'From', value: new URL(dashboardUrl).host }],
  url: `${dashboardUrl}/alerts/channels`,
  app: null,
  at,
})
