import type { Sleeping } from '#core/sleep/sleeping.ts'
import type { Clock } from '#ports/clock.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'

interface Deps {
  proxy: Proxy
  apps: AppStore
  instances: InstanceStore
  sleeping: Sleeping
  clock: Clock
  whyAwake: (app: AppRecord) => string | undefined
  /** The proxy's workers are told which apps may sleep. */
  publish: () => Promise<void>
  onProblem: (what: string, error: unknown) => void
}

const EVERY_MS = 5_000
const ASK_TIMEOUT_MS = 2_000

/** Finds the apps that nobody visits any more, and wakes those that somebody does. */
export function createIdleApps(deps: Deps) {
  const { proxy, apps, instances, sleeping, clock } = deps
  /** When each app was visited last, by name. */
  const visitedAt = new Map<string, number>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let told: string | undefined
  let stopListening = (): void => {}

  function note(names: readonly string[]): void {
    for (const name of names) visitedAt.set(name, clock.elapsedMs())
  }

  async function look(): Promise<void> {
    const mayingSleep = apps.listMayingSleepForPlatform()
    await tellWorkers(mayingSleep)
    const names = new Set(mayingSleep.map(({ name }) => name))
    for (const name of visitedAt.keys()) if (!names.has(name)) visitedAt.delete(name)
    for (const app of mayingSleep) await lookAt(app)
  }

  /** One that has just begun to sleep, or that we never saw a visitor of, has its whole time before it. */
  async function lookAt(app: AppRecord): Promise<void> {
    const { sleepAfterMs } = app.settings
    const since = visitedAt.get(app.name)
    if (since === undefined || deps.whyAwake(app) !== undefined) {
      note([app.name])
      return
    }
    if (sleepAfterMs === null || clock.elapsedMs() - since < sleepAfterMs) return
    const live = instances.listForAppForPlatform(app.id).map(({ name }) => name)
    // A WebSocket or a stream that is open is a visitor, however quiet.
    if ((await proxy.underWay(live, ASK_TIMEOUT_MS).catch(() => 1)) > 0) {
      note([app.name])
      return
    }
    if (clock.elapsedMs() - (visitedAt.get(app.name) ?? 0) < sleepAfterMs) return
    if (await sleeping.sleep(app, `no visitors for ${sayTime(sleepAfterMs)}`)) return
    note([app.name])
  }

  async function tellWorkers(mayingSleep: readonly AppRecord[]): Promise<void> {
    const now = JSON.stringify(
      mayingSleep.map(({ id, settings }) => [id, settings.sleepIgnoresMonitors]),
    )
    // What was published at the start said it already.
    if (told !== undefined && now !== told) await deps.publish()
    told = now
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(EVERY_MS, stopping.signal).catch(() => {
        // Stopping.
      })
      if (stopping.signal.aborted) return
      await look().catch((error: unknown) => deps.onProblem('looking for idle apps failed', error))
    }
  }

  return {
    start(): void {
      const stopVisits = proxy.onVisits(note)
      const stopWakes = proxy.onWake((names) => {
        note(names)
        for (const name of names) void sleeping.wakeForVisitors(name)
      })
      stopListening = () => {
        stopVisits()
        stopWakes()
      }
      void tellWorkers(apps.listMayingSleepForPlatform())
      running ??= loop()
    },
    async stop(): Promise<void> {
      stopListening()
      stopping.abort()
      await running
    },
  }
}

function sayTime(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return minutes < 1 ? `${Math.round(ms / 1_000)} s` : `${minutes} min`
}
