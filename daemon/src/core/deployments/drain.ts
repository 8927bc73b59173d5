import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { AppStore } from '#store/app-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'

interface Deps {
  agent: NodeAgent
  proxy: Proxy
  apps: AppStore
  instances: InstanceStore
  events: EventStream
  clock: Clock
  /** What goes on over raw ports, and who is told that an instance has gone. */
  ports: { underWay(names: readonly string[]): Promise<number>; publish(): Promise<void> }
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

export interface DrainLimits {
  drainMs: number
}

const ASK_TIMEOUT_MS = 1_000
const FIRST_WAIT_MS = 20
const MAX_WAIT_MS = 500

/** Takes instances that no route leads to any more out of the world: SIGTERM only after traffic has left (D1). */
export function createDrains(deps: Deps) {
  const { agent, proxy, instances, clock, crashPoint, onProblem } = deps
  const underWay = new Map<string, Promise<void>>()

  /** Waits until nothing is under way to them, then ends what is left after the limit. */
  async function untilQuiet(names: readonly string[], limitMs: number): Promise<void> {
    const endsAt = clock.elapsedMs() + limitMs
    for (let wait = FIRST_WAIT_MS; clock.elapsedMs() < endsAt; wait = later(wait)) {
      if ((await askUnderWay(names)) === 0) break
      await clock.sleep(Math.min(wait, Math.max(1, endsAt - clock.elapsedMs())))
    }
    proxy.cut(names)
  }

  /** A worker that does not answer may still be sending: that counts as under way. */
  async function askUnderWay(names: readonly string[]): Promise<number> {
    const requests = await proxy.underWay(names, ASK_TIMEOUT_MS).catch(() => 1)
    return requests > 0 ? requests : deps.ports.underWay(names)
  }

  async function retire(rows: readonly InstanceRecord[], limits: DrainLimits): Promise<void> {
    const names = rows.map(({ name }) => name)
    try {
      crashPoint('deploy.draining')
      await untilQuiet(names, limits.drainMs)
      const leaving = rows.filter(({ name }) => isDraining(name))
      const byGrace = Map.groupBy(leaving, ({ limits }) => limits.stopGraceMs)
      await Promise.all(
        [...byGrace].map(([graceMs, some]) =>
          agent.stopInstances(
            some.map(({ name }) => name),
            graceMs,
          ),
        ),
      )
      crashPoint('deploy.afterDrain')
      for (const { name } of leaving) instances.removeDrainedForPlatform(name)
      // What was kept for their sake is not led to them any more.
      await deps.ports.publish()
      tell(rows)
    } catch (error) {
      // The rows stay `draining`: the reconciler comes back to them.
      onProblem('instances could not be stopped', error)
    } finally {
      for (const name of names) underWay.delete(name)
    }
  }

  const isDraining = (name: string): boolean =>
    instances.findForPlatform(name)?.state === 'draining'

  function tell(rows: readonly InstanceRecord[]): void {
    for (const [appId, [first]] of Map.groupBy(rows, (row) => row.appId)) {
      const app = deps.apps.findByIdForPlatform(appId)?.name ?? null
      const teamId = first?.teamId ?? ''
      deps.events.emit({ teamId, type: 'instances.changed', app, subject: null })
    }
  }

  return {
    untilQuiet,

    /** Drains, stops and forgets instances whose rows say `draining`. Those under way already are left alone. */
    retire(rows: readonly InstanceRecord[], limits: DrainLimits): Promise<void> {
      const fresh = rows.filter(({ name }) => !underWay.has(name))
      const work = fresh.length === 0 ? Promise.resolve() : retire(fresh, limits)
      for (const { name } of fresh) underWay.set(name, work)
      const others = rows.flatMap(({ name }) => underWay.get(name) ?? [])
      return Promise.all([work, ...others]).then(() => undefined)
    },

    isRetiring: (name: string): boolean => underWay.has(name),

    /** Resolves when nothing is being drained. */
    async idle(): Promise<void> {
      await Promise.all(underWay.values())
    },
  }
}
export type Drains = ReturnType<typeof createDrains>

const later = (wait: number): number => Math.min(MAX_WAIT_MS, wait * 2)
