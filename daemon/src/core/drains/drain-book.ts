import type { LogLine } from '@vastrox/shared/log.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Notify } from '#core/channels/notify.ts'
import { createDrainFlow, type DrainFlow, type FlowState } from '#core/drains/drain-flow.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { DrainTarget, LogDrainEnds } from '#ports/log-drain-end.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AppStore } from '#store/app-store.ts'
import type { LogDrainRecord, LogDrainStore } from '#store/log-drain-store.ts'

interface Deps {
  drains: LogDrainStore
  ends: LogDrainEnds
  apps: Pick<AppStore, 'findByIdForPlatform'>
  secretBox: SecretBox
  notify: Notify
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  dashboardUrl: () => string
  /** From 0 to 1. */
  random: () => number
}

/** What waits for all drains together, and for one of them. */
const MOST_BYTES = 16 * 2 ** 20
const MOST_BYTES_EACH = 4 * 2 ** 20
/** Apps come and go without this being told. */
const ROUTES_MS = 30_000

interface Route {
  app: string
  flows: DrainFlow[]
}

/** Where a sealed secret belongs: it opens nowhere else. */
export const drainSecretContext = (id: string): string => `log_drains|${id}|secret_sealed`

export const targetOf = (secretBox: SecretBox, record: LogDrainRecord): DrainTarget => ({
  kind: record.kind,
  target: record.target,
  format: record.format,
  secret:
    record.secretSealed === null
      ? null
      : secretBox.open(record.secretSealed, drainSecretContext(record.id)),
  caPem: record.caPem,
})

/** Every drain that is on, and which lines go to which. */
export function createDrainBook(deps: Deps) {
  const { drains, clock } = deps
  const flows = new Map<string, { record: LogDrainRecord; flow: DrainFlow }>()
  let routes = new Map<string, Route | null>()
  let routesUntilMs = 0

  function open(record: LogDrainRecord): void {
    const { id, teamId } = record
    const flow = createDrainFlow({
      ends: deps.ends,
      target: () => targetOf(deps.secretBox, drains.findForPlatform(id) ?? record),
      clock,
      random: deps.random,
      mostBytes: () => Math.min(MOST_BYTES_EACH, MOST_BYTES / Math.max(1, flows.size)),
      onState: () => deps.events.emit({ teamId, type: 'drains.changed', app: null, subject: id }),
      onLongFailure: (reason) => tell(record, reason),
      isToldLong: record.isToldFailing,
    })
    flows.set(id, { record, flow })
  }

  /** For those who look for their logs elsewhere, and would find none. */
  function tell({ id, teamId, target, kind }: LogDrainRecord, reason: string | null): void {
    const isWell = reason === null
    const where = hostOf(target)
    drains.setToldForPlatform(id, !isWell)
    deps.audit.append({
      actor: systemActor(teamId),
      action: isWell ? 'log-drain.well' : 'log-drain.failing',
      target: where,
      result: isWell ? 'ok' : 'failed',
      details: { id, kind, ...(isWell ? {} : { reason }) },
    })
    deps.notify(teamId, {
      key: `log-drain:${id}`,
      kind: isWell ? 'resolved' : 'alert',
      severity: 'warning',
      title: isWell ? `Logs are sent to ${where} again` : `No logs reach ${where}`,
      text: isWell
        ? 'What had waited was sent.'
        : `For five minutes it has taken nothing: ${reason}\nLines wait as long as there is room; what is too much is left out and counted.`,
      fields: [],
      url: `${deps.dashboardUrl()}/alerts/drains`,
      app: null,
      at: clock.now().toISOString(),
    })
  }

  function routeOf(owner: string): Route | null {
    const nowMs = clock.elapsedMs()
    if (nowMs >= routesUntilMs) {
      routes = new Map()
      routesUntilMs = nowMs + ROUTES_MS
    }
    const known = routes.get(owner)
    if (known !== undefined) return known
    const app = deps.apps.findByIdForPlatform(owner)
    const wanting = [...flows.values()]
      .filter(({ record }) => app !== undefined && record.teamId === app.teamId)
      .filter(({ record }) => record.appId === null || record.appId === owner)
      .map(({ flow }) => flow)
    const route = app && wanting.length > 0 ? { app: app.name, flows: wanting } : null
    routes.set(owner, route)
    return route
  }

  return {
    /** A line of an app: its log has it already. Never waits, and never throws. */
    take(owner: string, line: LogLine): void {
      const route = routeOf(owner)
      if (route) for (const flow of route.flows) flow.take({ app: route.app, line })
    },

    /** As the rows are now: opens what is new, renews what was changed, ends what is gone. */
    async sync(id: string): Promise<void> {
      routesUntilMs = 0
      const record = drains.findForPlatform(id)
      const known = flows.get(id)
      if (record?.isOn && known) {
        known.record = record
        known.flow.renew()
      } else if (record?.isOn) open(record)
      else if (known) {
        flows.delete(id)
        await known.flow.stop()
      }
    },

    openAll(): void {
      for (const record of drains.listForPlatform()) if (record.isOn) open(record)
    },

    stateOf: (id: string): FlowState | undefined => flows.get(id)?.flow.state(),

    async stop(): Promise<void> {
      await Promise.all([...flows.values()].map(({ flow }) => flow.stop()))
      flows.clear()
    },
  }
}
export type DrainBook = ReturnType<typeof createDrainBook>

/** Its path may be a secret. */
export const hostOf = (target: string): string => URL.parse(target)?.host || target
