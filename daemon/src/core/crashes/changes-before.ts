import type { AuditEvent } from '@vastrox/shared/audit-event.ts'
import type { ChangeBefore } from '@vastrox/shared/process.ts'
import { z } from 'zod'
import { systemActor } from '#core/access/system-actor.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { AuditStore } from '#store/audit-store.ts'
import type { DeploymentRecord, DeploymentStore } from '#store/deployment-store.ts'

interface Deps {
  audit: Pick<AuditStore, 'newestIn' | 'headForPlatform'>
  deployments: Pick<DeploymentStore, 'listPage'>
  /** Names of the add-ons whose variables the app has. */
  addonsOf: (appId: string) => readonly string[]
  /** When the engine came back, newest last. */
  engineStarts: () => readonly Date[]
  /** When this machine was started; undefined where nobody knows. */
  bootedAt: () => Date | undefined
}

const MAX_CHANGES = 20
const MAX_TITLE = 200
const DEPLOYMENTS_LOOKED_AT = 20
/** Of the audit log, however much is in it. */
const EVENTS_LOOKED_AT = 5_000
const EVENTS_FOUND = 200

/** Acts that change what an app meets. Those that ask for a deployment are told by the deployment. */
const KINDS: readonly (readonly [RegExp, ChangeBefore['kind']])[] = [
  [/^env(-group)?\.(change|attach)$/, 'env'],
  [/^process\.change$/, 'limits'],
  [/^addon\.(attach|detach|rotate|change|stop|restart|restore|replace|destroy)$/, 'addon'],
  [/^volume\.(create|change|destroy|restore)$/, 'volume'],
  [/^(app\.change|egress\.change|port\.(add|change|remove)|image\.change)$/, 'other'],
]
const OfApp = z.object({ app: z.string().optional() })

/** What had changed for an app in a time: deployments, env, scale, limits, add-ons, the engine and the machine. */
export function createChangesBefore(deps: Deps) {
  function ofDeployments(app: AppRecord, from: string, to: string): ChangeBefore[] {
    return deps.deployments
      .listPage(systemActor(app.teamId), app.id, Number.MAX_SAFE_INTEGER, DEPLOYMENTS_LOOKED_AT)
      .flatMap((deployment) => {
        const at = deployment.switchedAt ?? deployment.createdAt
        if (at < from || at > to) return []
        return [
          {
            at,
            kind: deployment.trigger === 'scale' ? ('scale' as const) : ('deployment' as const),
            title: titleOf(deployment),
            link: `/apps/${app.name}/deployments/${deployment.number}`,
          },
        ]
      })
  }

  function ofActs(app: AppRecord, from: string, to: string): ChangeBefore[] {
    const head = deps.audit.headForPlatform()?.id ?? 0
    const window = {
      after: Math.max(0, head - EVENTS_LOOKED_AT),
      before: head + 1,
      limit: EVENTS_FOUND,
    }
    const filter = { since: from, until: to, result: 'ok' } as const
    const addons = deps.addonsOf(app.id)
    return deps.audit.newestIn(systemActor(app.teamId), filter, window).flatMap((event) => {
      const kind = KINDS.find(([action]) => action.test(event.action))?.[1]
      if (kind === undefined || !isOf(event, app.name, kind === 'addon' ? addons : [])) return []
      return [
        {
          at: event.at,
          kind,
          title: `${event.action} ${event.target} by ${event.actor}`.slice(0, MAX_TITLE),
          link: linkOf(kind, app.name),
        },
      ]
    })
  }

  function ofMachine(from: string, to: string): ChangeBefore[] {
    const boot = deps.bootedAt()
    return [
      ...(boot ? [{ at: boot, kind: 'node' as const, title: 'The server was started' }] : []),
      ...deps
        .engineStarts()
        .map((at) => ({ at, kind: 'engine' as const, title: 'Docker was started again' })),
    ]
      .map((one) => ({ ...one, at: one.at.toISOString(), link: null }))
      .filter(({ at }) => at >= from && at <= to)
  }

  /** Newest first. */
  return (app: AppRecord, since: Date, until: Date): ChangeBefore[] => {
    const [from, to] = [since.toISOString(), until.toISOString()]
    return [...ofDeployments(app, from, to), ...ofActs(app, from, to), ...ofMachine(from, to)]
      .toSorted((one, other) => other.at.localeCompare(one.at))
      .slice(0, MAX_CHANGES)
  }
}
export type ChangesBefore = ReturnType<typeof createChangesBefore>

const isOf = (event: AuditEvent, app: string, addons: readonly string[]): boolean =>
  event.target === app ||
  event.target.startsWith(`${app}/`) ||
  addons.includes(event.target) ||
  OfApp.safeParse(event.details).data?.app === app

const titleOf = ({ number, description, actor, state }: DeploymentRecord): string => {
  const what = description === '' ? '' : `: ${description}`
  const how =
    state === 'failed' || state === 'reverted' || state === 'cancelled' ? ` (${state})` : ''
  return `Deployment ${number}${how} by ${actor}${what}`.slice(0, MAX_TITLE)
}

function linkOf(kind: ChangeBefore['kind'], app: string): string {
  if (kind === 'env') return `/apps/${app}/env`
  if (kind === 'limits') return `/apps/${app}/processes`
  return kind === 'addon' ? `/apps/${app}/databases` : `/apps/${app}`
}
