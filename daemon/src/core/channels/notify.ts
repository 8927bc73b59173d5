import type { Severity } from '@vastrox/shared/alert.ts'
import type { Notification } from '@vastrox/shared/channel.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AppStore } from '#store/app-store.ts'
import type { ChannelDeliveryStore } from '#store/channel-delivery-store.ts'
import type { ChannelRecord, ChannelStore } from '#store/channel-store.ts'

interface Deps {
  channels: ChannelStore
  deliveries: ChannelDeliveryStore
  apps: Pick<AppStore, 'findByName'>
  clock: Clock
  newId: NewId
  /** Called once the rows are there. */
  onQueued: () => void
  onProblem: (what: string, error: unknown) => void
}

/** Beyond it nothing more is kept for a channel that takes nothing. */
const MAX_WAITING = 1_000
/** Deliveries of each channel that can be looked at afterwards. */
export const KEPT_DELIVERIES = 500
const RANKS: Record<Severity, number> = { info: 0, warning: 1, critical: 2 }
/** Of alerts: what a channel that is told of deployments hears from those. */
const OF_DEPLOYMENTS = /^deployment-(?:failed|reverted):/

/**
 * Writes a row for each channel of the team that wants to know. Called inside the transaction of what
 * it tells of: both are kept or neither. Never throws, and never waits.
 */
export function createNotify({
  channels,
  deliveries,
  apps,
  clock,
  newId,
  onQueued,
  onProblem,
}: Deps) {
  function queue({ id: channelId, heldUntil }: ChannelRecord, notification: Notification): void {
    const at = clock.now().toISOString()
    const hasRoom = deliveries.countWaitingForPlatform(channelId) < MAX_WAITING
    const due = heldUntil !== null && heldUntil > at ? heldUntil : at
    deliveries.insertForPlatform(
      {
        id: newId(),
        channelId,
        notification,
        state: hasRoom ? 'waiting' : 'failed',
        attempts: 0,
        lastAnswer: hasRoom ? null : `${MAX_WAITING} others were waiting already.`,
        nextAttemptAt: hasRoom ? due : null,
        summaryId: null,
        createdAt: at,
      },
      KEPT_DELIVERIES,
    )
  }

  /** `narrowed`: for channels that are of some apps alone, where it is of several. */
  return function notify(teamId: string, told: Notification, narrowed?: Narrowed): void {
    try {
      const all = channels.listOfTeamForPlatform(teamId)
      if (all.length === 0) return
      const appIdOf = ({ app }: Notification): string | null | undefined =>
        app === null ? null : apps.findByName(systemActor(teamId), app)?.id
      const wanting = all
        .filter(({ id, isOn }) => isOn && told.key !== failureKeyOf(id))
        .flatMap((channel) => {
          const { appIds } = channel
          const its = appIds === null || narrowed === undefined ? told : narrowed(new Set(appIds))
          return its && wants(channel, its, appIdOf(its)) ? [{ channel, its }] : []
        })
      if (wanting.length === 0) return
      for (const { channel, its } of wanting) queue(channel, within(its))
      // The transaction that this is part of ends before any microtask.
      queueMicrotask(onQueued)
    } catch (error) {
      onProblem('a notification could not be kept', error)
    }
  }
}
/** The part of what is told that is of these apps, or of none; undefined where nothing is. */
export type Narrowed = (appIds: ReadonlySet<string>) => Notification | undefined
export type Notify = ReturnType<typeof createNotify>

/** Of the alert that a channel takes nothing: the others are told of it. */
export const failureKeyOf = (channelId: string): string => `channel-failing:${channelId}`

function wants(
  { minSeverity, withDeployments, appIds }: ChannelRecord,
  { kind, severity, key }: Notification,
  appId: string | null | undefined,
): boolean {
  if (appIds !== null && appId !== null && (appId === undefined || !appIds.includes(appId)))
    return false
  if (kind === 'deployment') return withDeployments
  if (withDeployments && kind === 'alert' && OF_DEPLOYMENTS.test(key)) return false
  return RANKS[severity] >= RANKS[minSeverity]
}

export const worstOf = (severities: readonly Severity[]): Severity =>
  severities.reduce<Severity>((worst, one) => (RANKS[one] > RANKS[worst] ? one : worst), 'info')

/** As long as the schema lets it be: what it is read by later. */
const within = (told: Notification): Notification => ({
  ...told,
  key: told.key.slice(0, 200),
  title: told.title.replace(/\s+/g, ' ').slice(0, 200),
  text: told.text.slice(0, 4_000),
  fields: told.fields
    .slice(0, 12)
    .map(({ name, value }) => ({ name: name.slice(0, 60), value: value.slice(0, 300) })),
  url: told.url.slice(0, 500),
})
