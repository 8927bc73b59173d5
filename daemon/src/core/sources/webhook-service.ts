import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { LookOutcome, WebhookDelivery } from '@vastrox/shared/external-source.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AppStore } from '#store/app-store.ts'
import type { ExternalSourceRecord, ExternalSourceStore } from '#store/external-source-store.ts'
import type { DeliveryRecord, WebhookStore } from '#store/webhook-store.ts'
import { isFollowed, sayFollow } from './external-follow.ts'
import type { ExternalLook } from './external-look.ts'
import { webhookContext } from './external-record.ts'
import { createRateWindow } from './rate-window.ts'
import {
  deliveryIdOf,
  digestOf,
  type HookEvent,
  type HookRequest,
  isNumbered,
  isSigned,
  kindOfHook,
  readHook,
} from './webhook-events.ts'

interface Deps {
  finder: AppFinder
  apps: Pick<AppStore, 'findByIdForPlatform'>
  sources: Pick<
    ExternalSourceStore,
    'findByWebhookForPlatform' | 'findForPlatform' | 'saveForPlatform'
  >
  webhooks: WebhookStore
  look: Pick<ExternalLook, 'look' | 'isStopping'>
  secretBox: SecretBox
  events: EventStream
  clock: Clock
  newId: NewId
  onProblem: (what: string, error: unknown) => void
}

const MINUTE_MS = 60_000
/** Rule C13, of each app: so many have a look of their own. Forged ones are counted by themselves. */
const MAX_LOOKS_A_MINUTE = 30
/** A host whose webhooks are refused switches them off, so those above share looks, up to this many. */
const MAX_A_MINUTE = 600
const REPLAY_WINDOW_MS = 72 * 3_600_000
/** Those that share a look are looked at together, this much after the first of them. */
const LOOK_AFTER_MS = 5_000
const KEPT_DELIVERIES = 1_000
/** Also of those that came lately: whoever knows the secret sends as many as the rate allows, day and night. */
const MOST_DELIVERIES = 5_000
const LISTED_DELIVERIES = 100

/** Webhooks of Git hosts: each is written down with what came of it and why. */
export function createWebhookService(deps: Deps) {
  const { sources, webhooks, clock } = deps
  const looked = createRateWindow(clock, { max: MAX_LOOKS_A_MINUTE, windowMs: MINUTE_MS })
  const signed = createRateWindow(clock, { max: MAX_A_MINUTE, windowMs: MINUTE_MS })
  const forged = createRateWindow(clock, { max: MAX_LOOKS_A_MINUTE, windowMs: MINUTE_MS })
  const looksSoon = new Map<string, Promise<LookOutcome>>()

  function write(
    source: ExternalSourceRecord,
    request: HookRequest,
    event: HookEvent,
    { state, reason }: Pick<DeliveryRecord, 'state' | 'reason'>,
  ): DeliveryRecord {
    const record: DeliveryRecord = {
      id: deps.newId(),
      appId: source.appId,
      teamId: source.teamId,
      deliveryId: deliveryIdOf(request),
      bodyDigest: digestOf(request.body),
      hostKind: kindOfHook(request.headers),
      event: event.name,
      ref: event.ref,
      sha: event.sha,
      state,
      reason,
      deployment: null,
      receivedAt: clock.now().toISOString(),
    }
    webhooks.insertForPlatform(record)
    tell(record)
    return record
  }

  function tell({ teamId, appId }: Pick<DeliveryRecord, 'teamId' | 'appId'>): void {
    const app = deps.apps.findByIdForPlatform(appId)?.name ?? null
    deps.events.emit({ teamId, type: 'app.changed', app, subject: null })
  }

  /** Looks, and writes beside the delivery what came of it. */
  async function follow(delivery: DeliveryRecord, look = deps.look.look): Promise<void> {
    const found = await look(delivery.appId)
    // Cut off, it stays waiting: the next start goes on with it.
    if (found.outcome === 'failed' && deps.look.isStopping()) return
    const { id } = delivery
    webhooks.finishForPlatform({ id, ...endOf(found) })
    tell(delivery)
  }

  const followLater = (delivery: DeliveryRecord, look = deps.look.look): void =>
    void follow(delivery, look).catch((error: unknown) =>
      deps.onProblem('a webhook could not be followed', error),
    )

  /** One look for all that come until it begins: it sees what each of them has told of. */
  function lookSoon(appId: string): Promise<LookOutcome> {
    const soon = looksSoon.get(appId)
    if (soon) return soon
    const shared = clock.sleep(LOOK_AFTER_MS).then(() => {
      looksSoon.delete(appId)
      return deps.look.look(appId)
    })
    looksSoon.set(appId, shared)
    return shared
  }

  /** The very message again: its number and its words. What could not be looked at then is not done. */
  function findDone(appId: string, request: HookRequest): DeliveryRecord | undefined {
    if (!isNumbered(request)) return undefined
    const since = new Date(clock.now().getTime() - REPLAY_WINDOW_MS).toISOString()
    return webhooks.findSameForPlatform(appId, deliveryIdOf(request), digestOf(request.body), since)
  }

  function noteHeard(source: ExternalSourceRecord): void {
    const now = sources.findForPlatform(source.appId)
    if (now) sources.saveForPlatform({ ...now, webhookAt: clock.now().toISOString() })
  }

  /** undefined: it is to be followed. */
  function whyNot(source: ExternalSourceRecord, event: HookEvent): string | undefined {
    const { kind, ref, name } = event
    if (kind === 'ping') return 'The webhook works.'
    if (kind === 'delete')
      return ref !== null && isFollowed(source.follow, ref)
        ? `${ref} was deleted: what is live stays live.`
        : `${ref ?? 'A branch'} was deleted, and is not what is deployed.`
    if (kind === 'other') return `Nothing is done on the event ${name}.`
    if (ref !== null && !isFollowed(source.follow, ref))
      return `${ref} is not what is deployed: ${sayFollow(source.follow)}.`
    return undefined
  }

  function find(webhookId: string): ExternalSourceRecord {
    const source = sources.findByWebhookForPlatform(webhookId)
    const app = source && deps.apps.findByIdForPlatform(source.appId)
    if (!source || !app || app.destroyedAt !== null) throw new CodedError('WEBHOOK_NOT_FOUND')
    return source
  }

  return {
    /** Throws WEBHOOK_NOT_FOUND: of a stranger who knows no webhook's address no body is read. */
    mustBeKnown: (webhookId: string): void => void find(webhookId),

    /**
     * One webhook, as it came. Throws WEBHOOK_NOT_FOUND, WEBHOOK_SIGNATURE_WRONG, WEBHOOK_INVALID or
     * RATE_LIMITED; what it asks for is done after the answer.
     */
    receive(webhookId: string, request: HookRequest): WebhookDelivery {
      const source = find(webhookId)
      const secret = deps.secretBox.open(source.sealedWebhookSecret, webhookContext(source.appId))
      if (!isSigned(request, secret)) {
        const seconds = forged(source.appId)
        if (seconds > 0) throw new CodedError('RATE_LIMITED', { retryAfterSeconds: seconds })
        write(source, request, UNREAD, {
          state: 'refused',
          reason: 'It is not signed with the secret of this app.',
        })
        throw new CodedError('WEBHOOK_SIGNATURE_WRONG')
      }
      const seconds = signed(source.appId)
      if (seconds > 0) throw new CodedError('RATE_LIMITED', { retryAfterSeconds: seconds })
      const before = findDone(source.appId, request)
      if (before) return show(before)

      const event = readHook(request)
      noteHeard(source)
      const reason = whyNot(source, event)
      if (reason !== undefined)
        return show(write(source, request, event, { state: 'nothing', reason }))
      const isAlone = looked(source.appId) === 0
      const delivery = write(source, request, event, {
        state: 'waiting',
        reason: isAlone ? 'The repository is looked at.' : SHARED,
      })
      followLater(delivery, isAlone ? deps.look.look : lookSoon)
      return show(delivery)
    },

    list(actor: Actor, appName: string): WebhookDelivery[] {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'app.read', app.id)
      return webhooks.list(actor, app.id, LISTED_DELIVERIES).map(show)
    },

    /** As if it came again just now: it is judged by what the app follows today. */
    async redeliver(actor: Actor, appName: string, id: string): Promise<WebhookDelivery> {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      const delivery = webhooks.find(actor, app.id, id)
      const source = sources.findForPlatform(app.id)
      if (!delivery || !source || delivery.state === 'refused')
        throw new CodedError('DELIVERY_NOT_FOUND', { id: id.slice(0, 60) })
      const { ref, sha, event: name } = delivery
      const kind = kindOfEvent(delivery)
      const reason = whyNot(source, { kind, name, ref, sha })
      if (reason === undefined) await follow(delivery)
      else webhooks.finishForPlatform({ id, state: 'nothing', reason, deployment: null })
      tell(delivery)
      return show(webhooks.find(actor, app.id, id) ?? delivery)
    },

    /** What a stop has left waiting; to be called at the start. */
    resume(): void {
      for (const delivery of webhooks.listWaitingForPlatform()) followLater(delivery)
    },

    forgetOld(): void {
      const before = new Date(clock.now().getTime() - REPLAY_WINDOW_MS).toISOString()
      webhooks.pruneForPlatform(before, KEPT_DELIVERIES, MOST_DELIVERIES)
    },
  }
}
export type WebhookService = ReturnType<typeof createWebhookService>

const SHARED =
  'More than 30 webhooks came in a minute: the repository is looked at once for all of them.'

/** Nobody knows what a forged one would say: it is not read. */
const UNREAD: HookEvent = { kind: 'other', name: 'unknown', ref: null, sha: null }

/** What it told is kept; a push that names no commit was one that deletes. */
function kindOfEvent({ event, sha, ref, hostKind }: DeliveryRecord): HookEvent['kind'] {
  if (event === 'ping') return 'ping'
  if (event === 'delete') return 'delete'
  if (!['push', 'Push Hook', 'Tag Push Hook'].includes(event)) return 'other'
  return sha === null && ref !== null && hostKind !== 'generic' ? 'delete' : 'push'
}

const endOf = ({ outcome, reason, deployment }: LookOutcome) => ({
  state: outcome,
  reason,
  deployment,
})

const show = ({
  appId: _app,
  teamId: _team,
  bodyDigest: _digest,
  ...delivery
}: DeliveryRecord): WebhookDelivery => delivery
