import type { AlertBefore } from '@vastrox/shared/alert.ts'
import type { AuditEvent } from '@vastrox/shared/audit-event.ts'
import { z } from 'zod'
import { systemActor } from '#core/access/system-actor.ts'
import type { AlertRecord } from '#store/alert-store.ts'
import type { AppStore } from '#store/app-store.ts'
import type { AuditStore } from '#store/audit-store.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'

interface Deps {
  apps: Pick<AppStore, 'findByIdForPlatform'>
  audit: Pick<AuditStore, 'newestIn'>
  deployments: Pick<DeploymentStore, 'listPage'>
}

const HOUR_MS = 3_600_000
/** An alert needs its time to begin: what came a little after is what came with it. */
const AFTER_MS = 5_000
const MOST_LOOKED_AT = 200
const MOST_DEPLOYMENTS = 20
const MAX_TITLE = 200

/** Acts that change what runs; whatever else people do breaks nothing. */
const KINDS: readonly (readonly [action: RegExp, kind: AlertBefore['kind']])[] = [
  [/^env(-group)?\.(change|attach)$/, 'env'],
  [/^process\.change$/, 'scale'],
  [/^addon\.(attach|detach|rotate|change|stop|restore|replace|destroy)$/, 'addon'],
  [/^(firewall\.apply|egress\.change|ban\.create|trusted-proxies\.set)$/, 'firewall'],
  [/^domain\.(add|remove|move|change)$/, 'domain'],
  [/^app\.(restart|stop|wake|change)$/, 'restart'],
  [/^(volume\.(create|change|destroy)|image\.change|platform\.restore|disk\.clean)/, 'other'],
]
const OfApp = z.object({ app: z.string().optional() })

/** The last deployment or act within an hour before an alert began: of its app, or of the machine. */
export function createBefore({ apps, audit, deployments }: Deps) {
  function lastDeployment(alert: AlertRecord, from: Date, to: Date): AlertBefore | undefined {
    if (alert.appId === null) return undefined
    const app = apps.findByIdForPlatform(alert.appId)
    const link = alert.link.includes('/deployments/') ? alert.link : undefined
    const found = deployments
      .listPage(systemActor(alert.teamId), alert.appId, Number.MAX_SAFE_INTEGER, MOST_DEPLOYMENTS)
      .filter(({ switchedAt }) => switchedAt !== null)
      .filter(({ number }) => link === undefined || !link.endsWith(`/${number}`))
      .map((one) => ({ ...one, at: one.switchedAt ?? '' }))
      .filter(({ at }) => at >= from.toISOString() && at <= to.toISOString())
      .toSorted((one, other) => other.at.localeCompare(one.at))
      .at(0)
    if (!app || !found) return undefined
    return {
      at: found.at,
      kind: 'deployment',
      title: `deployment ${found.number} of ${app.name} by ${found.actor}`.slice(0, MAX_TITLE),
      link: `/apps/${app.name}/deployments/${found.number}`,
    }
  }

  function lastAct(alert: AlertRecord, from: Date, to: Date): AlertBefore | undefined {
    const name = alert.appId === null ? undefined : apps.findByIdForPlatform(alert.appId)?.name
    const window = { after: 0, before: Number.MAX_SAFE_INTEGER, limit: MOST_LOOKED_AT }
    const filter = { since: from.toISOString(), until: to.toISOString(), result: 'ok' } as const
    for (const event of audit.newestIn(systemActor(alert.teamId), filter, window)) {
      const kind = KINDS.find(([action]) => action.test(event.action))?.[1]
      if (kind === undefined || !isOf(event, kind, name)) continue
      return {
        at: event.at,
        kind,
        title: `${event.action} ${event.target} by ${event.actor}`.slice(0, MAX_TITLE),
        link: linkOf(kind, name),
      }
    }
    return undefined
  }

  /** What is of the machine touches every app; what is of another app does not. */
  function isOf(event: AuditEvent, kind: AlertBefore['kind'], name: string | undefined): boolean {
    if (kind === 'firewall') return true
    if (name === undefined) return kind === 'other' || kind === 'scale'
    return event.target === name || OfApp.safeParse(event.details).data?.app === name
  }

  return (alert: AlertRecord): AlertBefore | null => {
    const since = Date.parse(alert.since)
    const [from, to] = [new Date(since - HOUR_MS), new Date(since + AFTER_MS)]
    const found = [lastDeployment(alert, from, to), lastAct(alert, from, to)].filter(
      (one) => one !== undefined,
    )
    return found.toSorted((one, other) => other.at.localeCompare(one.at))[0] ?? null
  }
}

function linkOf(kind: AlertBefore['kind'], app: string | undefined): string | null {
  if (kind === 'firewall') return '/firewall'
  if (app === undefined) return null
  if (kind === 'env') return `/apps/${app}/env`
  if (kind === 'scale') return `/apps/${app}/processes`
  if (kind === 'domain') return `/apps/${app}/domains`
  return kind === 'addon' ? `/apps/${app}/databases` : `/apps/${app}`
}
