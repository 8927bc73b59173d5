import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  AddOutgoingWebhook,
  isOfTeam,
  type ChangeOutgoingWebhook,
  type CreatedOutgoingWebhook,
  type OutgoingDelivery,
  type OutgoingDeliveryDetails,
  type OutgoingWebhook,
} from '@vastrox/shared/outgoing-webhook.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Announce } from '#core/outgoing-webhooks/announce.ts'
import { deliveryHeaders } from '#core/outgoing-webhooks/deliver.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type {
  OutgoingDeliveryRecord,
  OutgoingDeliveryStore,
} from '#store/outgoing-delivery-store.ts'
import type { OutgoingWebhookRecord, OutgoingWebhookStore } from '#store/outgoing-webhook-store.ts'

interface Deps {
  webhooks: OutgoingWebhookStore
  deliveries: OutgoingDeliveryStore
  apps: Pick<AppStore, 'findByIdForPlatform'>
  finder: AppFinder
  announce: Pick<Announce, 'sendTest' | 'sendAgain'>
  /** Looked at when an address is given, so that whoever gives it hears at once; and before each try. */
  addresses: GuardedAddresses
  secretBox: SecretBox
  newSecret: () => string
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
  version: string
}

const MAX_WEBHOOKS = 50
/** So long the secret before signs as well. */
const OLD_SECRET_MS = 86_400_000
const HTTPS_PORT = 443

/** Where a sealed secret belongs: it opens nowhere else. */
export const secretContext = (id: string): string => `outgoing_webhooks|${id}|sealed_secret`
export const oldSecretContext = (id: string): string => `outgoing_webhooks|${id}|sealed_old_secret`

/** Addresses elsewhere that are told what happens to a team's apps. */
export function createOutgoingWebhookService(deps: Deps) {
  const { webhooks, deliveries, audit, clock, transact, secretBox } = deps

  function find(actor: Actor, id: string): OutgoingWebhookRecord {
    mustBeAble(actor, 'webhook.manage')
    const found = webhooks.find(actor, id)
    if (!found) throw new CodedError('OUTGOING_WEBHOOK_NOT_FOUND')
    return found
  }

  function findDelivery(actor: Actor, id: string, deliveryId: string) {
    const webhook = find(actor, id)
    const delivery = deliveries.findForPlatform(deliveryId)
    if (delivery?.webhookId !== id) throw new CodedError('OUTGOING_DELIVERY_NOT_FOUND')
    return { webhook, delivery }
  }

  const describe = (record: OutgoingWebhookRecord): OutgoingWebhook => ({
    id: record.id,
    name: record.name,
    url: record.url,
    events: record.events,
    app: record.appId === null ? null : (deps.apps.findByIdForPlatform(record.appId)?.name ?? null),
    state: record.isOn ? 'on' : record.stoppedReason === null ? 'off' : 'stopped',
    reason: record.stoppedReason,
    waiting: deliveries.countWaitingForPlatform(record.id),
    createdAt: record.createdAt,
    deliveredAt: record.deliveredAt,
    failingSince: record.failingSince,
    oldSignatureUntil:
      record.oldSecretUntil !== null && Date.parse(record.oldSecretUntil) > clock.now().getTime()
        ? record.oldSecretUntil
        : null,
  })

  const describeDelivery = (record: OutgoingDeliveryRecord): OutgoingDelivery => ({
    id: record.id,
    eventId: record.eventId,
    event: record.event,
    state: record.state,
    attempts: record.attempts,
    lastAttempt: deliveries.lastAttemptForPlatform(record.id) ?? null,
    nextAttemptAt: record.nextAttemptAt,
    createdAt: record.createdAt,
  })

  /** Refuses what the guard would refuse; that a name is not there yet is no reason. */
  async function mustBeReachable(text: string): Promise<void> {
    const url = new URL(text)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    try {
      await deps.addresses.resolve(host, Number(url.port || HTTPS_PORT))
    } catch (error) {
      if (error instanceof CodedError && error.code === 'HOST_NOT_FOUND') return
      throw error
    }
  }

  function save(
    actor: Actor,
    action: string,
    record: OutgoingWebhookRecord,
    details: Record<string, unknown> = {},
  ): OutgoingWebhook {
    transact(() => {
      webhooks.saveForPlatform(record)
      // The path of an address is often its secret.
      const { host } = new URL(record.url)
      audit.append({
        actor,
        action,
        target: record.name,
        details: { id: record.id, host, ...details },
      })
    })
    changed(record.teamId)
    return describe(record)
  }

  const changed = (teamId: string): void =>
    deps.events.emit({ teamId, type: 'outgoing-webhooks.changed', app: null, subject: null })

  return {
    list(actor: Actor): OutgoingWebhook[] {
      mustBeAble(actor, 'webhook.manage')
      return webhooks.list(actor).map(describe)
    },

    /** Throws ADDRESS_REFUSED where the address is one that may not be reached. */
    async add(actor: Actor, wish: AddOutgoingWebhook): Promise<CreatedOutgoingWebhook> {
      mustBeAble(actor, 'webhook.manage')
      const { url, name, events, app: appName } = AddOutgoingWebhook.parse(wish)
      const app = appName === null ? undefined : deps.finder.find(actor, appName)
      const ofTeam = events.find(isOfTeam)
      if (app && ofTeam)
        throw new CodedError('REQUEST_INVALID', {
          reason: `${ofTeam} is of the whole team: leave the app out, or the event.`,
        })
      await mustBeReachable(url)
      if (webhooks.listOfTeamForPlatform(actor.teamId).length >= MAX_WEBHOOKS)
        throw new CodedError('OUTGOING_WEBHOOKS_FULL', { most: MAX_WEBHOOKS })
      const id = deps.newId()
      const webhookSecret = deps.newSecret()
      const record: OutgoingWebhookRecord = {
        id,
        teamId: actor.teamId,
        appId: app?.id ?? null,
        name: name ?? new URL(url).host.slice(0, 80),
        url,
        events,
        isOn: true,
        sealedSecret: secretBox.seal(webhookSecret, secretContext(id)),
        sealedOldSecret: null,
        oldSecretUntil: null,
        createdAt: clock.now().toISOString(),
        deliveredAt: null,
        failingSince: null,
        stoppedReason: null,
      }
      const webhook = save(actor, 'webhook.add', record, { events, app: app?.name ?? null })
      return { webhook, webhookSecret }
    },

    /** Switching one on again forgives what failed. */
    async change(actor: Actor, id: string, wish: ChangeOutgoingWebhook): Promise<OutgoingWebhook> {
      find(actor, id)
      if (wish.url !== undefined) await mustBeReachable(wish.url)
      // As it is now: it may have been changed, or sealed anew, meanwhile.
      const before = find(actor, id)
      const isSwitchedOn = wish.isOn === true && !before.isOn
      const record: OutgoingWebhookRecord = {
        ...before,
        name: wish.name ?? before.name,
        url: wish.url ?? before.url,
        events: wish.events ?? before.events,
        isOn: wish.isOn ?? before.isOn,
        ...(wish.isOn === undefined ? {} : { stoppedReason: null }),
        ...(isSwitchedOn ? { failingSince: null } : {}),
      }
      const { url: _, ...told } = wish
      return transact(() => {
        if (!record.isOn) deliveries.giveUpForPlatform(id)
        return save(actor, 'webhook.change', record, told)
      })
    },

    /** Its deliveries go with it, those that wait included. */
    remove(actor: Actor, id: string): void {
      const { name, teamId } = find(actor, id)
      transact(() => {
        webhooks.remove(actor, id)
        audit.append({ actor, action: 'webhook.remove', target: name, details: { id } })
      })
      changed(teamId)
    },

    /** Another secret; for a day deliveries carry signatures of both. */
    renewSecret(actor: Actor, id: string): CreatedOutgoingWebhook {
      const before = find(actor, id)
      const webhookSecret = deps.newSecret()
      const old = secretBox.open(before.sealedSecret, secretContext(id))
      const webhook = save(actor, 'webhook.renew-secret', {
        ...before,
        sealedSecret: secretBox.seal(webhookSecret, secretContext(id)),
        sealedOldSecret: secretBox.seal(old, oldSecretContext(id)),
        oldSecretUntil: new Date(clock.now().getTime() + OLD_SECRET_MS).toISOString(),
      })
      return { webhook, webhookSecret }
    },

    /** Sends a test, once, whether it is on or off. */
    test(actor: Actor, id: string): OutgoingDelivery {
      const webhook = find(actor, id)
      const text = `A test that ${actor.name} asked for.`
      return transact(() => shown(deps.announce.sendTest(webhook, { text, by: actor.name })))
    },

    /** Newest first; the cursor is the last id of the page before. */
    listDeliveries(actor: Actor, id: string, { cursor, limit }: PageQuery): Page<OutgoingDelivery> {
      find(actor, id)
      const rows = deliveries.listOfForPlatform(id, cursor, limit + 1)
      const items = rows.slice(0, limit)
      const nextCursor = rows.length > limit ? (items.at(-1)?.id ?? null) : null
      return { items: items.map(describeDelivery), nextCursor }
    },

    getDelivery(actor: Actor, id: string, deliveryId: string): OutgoingDeliveryDetails {
      const { webhook, delivery } = findDelivery(actor, id, deliveryId)
      return {
        ...describeDelivery(delivery),
        request: {
          url: webhook.url,
          headers: deliveryHeaders(delivery.eventId, deps.version),
          body: delivery.body,
        },
        tries: deliveries.attemptsForPlatform(deliveryId),
      }
    },

    /** The same event once more, under its own id, as a delivery of its own. */
    redeliver(actor: Actor, id: string, deliveryId: string): OutgoingDelivery {
      const { webhook, delivery } = findDelivery(actor, id, deliveryId)
      if (!webhook.isOn) throw new CodedError('OUTGOING_WEBHOOK_OFF')
      return transact(() => {
        audit.append({
          actor,
          action: 'webhook.redeliver',
          target: webhook.name,
          details: { id, event: delivery.event },
        })
        return shown(deps.announce.sendAgain(webhook, delivery))
      })
    },
  }

  function shown(id: string): OutgoingDelivery {
    const delivery = deliveries.findForPlatform(id)
    if (!delivery) throw new CodedError('OUTGOING_DELIVERY_NOT_FOUND')
    return describeDelivery(delivery)
  }
}
export type OutgoingWebhookService = ReturnType<typeof createOutgoingWebhookService>
