import type { RollOut } from '#core/deployments/roll-out.ts'
import { healthOf } from '#core/processes/health-of.ts'
import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { ReleaseMaker } from '#core/releases/release-maker.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import { untilAwake } from '#core/sleep/until-awake.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { HttpProbe } from '#ports/http-probe.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'
import type { SleepStore } from '#store/sleep-store.ts'

interface Deps {
  agent: NodeAgent
  proxy: Proxy
  probe: HttpProbe
  hints: InstanceHints
  apps: AppStore
  instances: InstanceStore
  releases: ReleaseStore
  sleeps: SleepStore
  makeRelease: ReleaseMaker
  rollOut: RollOut
  routing: RoutingService
  events: EventStream
  clock: Clock
  transact: Transact
  /** Why it must not be put to sleep now; undefined where it may. */
  whyAwake: (app: AppRecord) => string | undefined
  sayToApp: (appId: string, text: string) => void
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

interface Turn {
  done: Promise<void>
  /** Somebody came while it fell asleep. */
  isWanted: boolean
}

/** Requests that slipped in before every worker knew that they are to wait. */
const QUIET_WITHIN_MS = 5_000
const ASK_TIMEOUT_MS = 1_000
const FIRST_WAIT_MS = 5
const MAX_WAIT_MS = 200
/** Once one instance answers, the others get so long before visitors are let in. */
const OTHERS_MS = 500
/** A wake that failed is not tried again with every word of every worker. */
const AGAIN_AFTER_MS = 2_000

/**
 * Puts apps to sleep and wakes them, one turn of an app after the other. Falling asleep: the rows and
 * the routes first, so that from then on visitors wait in the proxy; then, when nothing is under way any
 * more, the containers are stopped and kept. Waking: the containers, a quick look whether they answer,
 * then rows and routes, which lets the visitors in. Whatever dies in between, the rows say `asleep`, and
 * the next visitor wakes the app.
 */
export function createSleeping(deps: Deps) {
  const { agent, proxy, apps, instances, routing, sleeps, clock, transact } = deps
  const turns = new Map<string, Turn>()
  const failedAt = new Map<string, number>()
  const stopping = new AbortController()

  const asleepOf = (appId: string): InstanceRecord[] =>
    instances.listForAppForPlatform(appId).filter(({ state }) => state === 'asleep')

  function take(appId: string, work: (turn: Turn) => Promise<void>): Turn {
    const turn: Turn = { done: Promise.resolve(), isWanted: false }
    turns.set(appId, turn)
    turn.done = work(turn).finally(() => turns.delete(appId))
    return turn
  }

  async function settled(appId: string): Promise<void> {
    for (let turn = turns.get(appId); turn; turn = turns.get(appId)) await turn.done.catch(() => {})
  }

  /** In one transaction; false where it is not so any more. */
  function markAsleep(app: AppRecord, memoryBytes: number): boolean {
    return transact(() => {
      if (deps.whyAwake(app) !== undefined) return false
      for (const row of instances.listForAppForPlatform(app.id))
        instances.saveForPlatform({ ...row, state: 'asleep' })
      routing.writeRoutes(app, 'asleep')
      const { id: appId, teamId } = app
      sleeps.beginForPlatform({ teamId, appId, beganAt: clock.now().toISOString(), memoryBytes })
      return true
    })
  }

  /** Those that sleep by now serve again; false where none does, because somebody has replaced them. */
  function markAwake(app: AppRecord, wakeMs: number | null): boolean {
    return transact(() => {
      const rows = asleepOf(app.id)
      if (rows.length === 0) return false
      for (const row of rows) instances.saveForPlatform({ ...row, state: 'live' })
      routing.writeRoutes(app, 'serving')
      sleeps.endForPlatform(app.id, clock.now().toISOString(), wakeMs)
      return true
    })
  }

  async function fallAsleep(app: AppRecord, why: string, turn: Turn): Promise<boolean> {
    const memoryBytes = await memoryOf(instances.listForAppForPlatform(app.id))
    if (!markAsleep(app, memoryBytes)) return false
    deps.crashPoint('sleep.rows')
    try {
      await routing.publish()
      await stopQuietly(app, turn)
    } catch (error) {
      // Workers that know nothing of it still send visitors there.
      deps.onProblem(`${app.name} could not be put to sleep`, error)
      turn.isWanted = true
    }
    // It was hardly gone: containers that run go on, and those that were stopped start again.
    if (turn.isWanted) await rouse(app)
    else deps.sayToApp(app.id, `asleep: ${why}; the next visitor wakes it`)
    changed(app)
    return !turn.isWanted
  }

  /** Containers end only where nothing is under way to them; else it is not idle after all. */
  async function stopQuietly(app: AppRecord, turn: Turn): Promise<void> {
    const rows = asleepOf(app.id)
    const names = rows.map(({ name }) => name)
    if (!(await isQuiet(names, turn))) turn.isWanted = true
    if (turn.isWanted) return
    deps.crashPoint('sleep.quiet')
    const byGrace = Map.groupBy(rows, ({ limits }) => limits.stopGraceMs)
    await Promise.all(
      [...byGrace].map(([graceMs, some]) =>
        agent.sleepInstances(
          some.map(({ name }) => name),
          graceMs,
        ),
      ),
    )
    deps.crashPoint('sleep.stopped')
  }

  async function isQuiet(names: readonly string[], turn: Turn): Promise<boolean> {
    const endsAt = clock.elapsedMs() + QUIET_WITHIN_MS
    for (let wait = FIRST_WAIT_MS; !turn.isWanted; wait = Math.min(MAX_WAIT_MS, wait * 2)) {
      const left = await proxy.underWay(names, ASK_TIMEOUT_MS).catch(() => 1)
      if (left === 0) return true
      if (clock.elapsedMs() >= endsAt) return false
      await clock.sleep(wait, stopping.signal)
    }
    return false
  }

  /** Starts the containers, waits until they answer, lets the visitors in. */
  async function rouse(app: AppRecord): Promise<void> {
    const since = clock.elapsedMs()
    const rows = asleepOf(app.id)
    if (rows.length === 0) return
    const names = rows.map(({ name }) => name)
    const missing = await agent.wakeInstances(names)
    deps.crashPoint('wake.started')
    const started = missing.length === 0 ? rows : await replace(app, rows, missing)
    const keeping = agent.keepInstances(names).catch((error: unknown) => {
      // The reconciler comes back to what does not run.
      deps.onProblem(`${app.name} woke, but the engine was not told to keep it`, error)
    })
    const answered = await anyAnswers(app, started)
    stopping.signal.throwIfAborted()
    if (!markAwake(app, Math.round(clock.elapsedMs() - since))) {
      await keeping
      await leaveToOthers(names)
      return
    }
    if (!answered) deps.sayToApp(app.id, 'woke, but does not answer')
    await routing.publish()
    await keeping
    changed(app)
  }

  /** Containers that somebody has removed meanwhile are made again, as a reconciler would. */
  async function replace(
    app: AppRecord,
    rows: readonly InstanceRecord[],
    missing: readonly string[],
  ): Promise<InstanceRecord[]> {
    const lost = rows.filter(({ name }) => missing.includes(name) && isAsleep(name))
    const made: InstanceRecord[] = []
    for (const [releaseId, some] of Map.groupBy(lost, (row) => row.releaseId)) {
      const release = deps.releases.findForPlatform(releaseId)
      if (release) made.push(...(await deps.rollOut.startContainers(app, release, some)))
    }
    transact(() => {
      for (const row of made) if (isAsleep(row.name)) instances.saveForPlatform(row)
    })
    return [...rows.filter(({ name }) => !missing.includes(name)), ...made]
  }

  const isAsleep = (name: string): boolean => instances.findForPlatform(name)?.state === 'asleep'

  /** A deployment or a stop came meanwhile: what we started again is in nobody's rows, or on its way out. */
  async function leaveToOthers(names: readonly string[]): Promise<void> {
    const left = names.filter((name) => {
      const state = instances.findForPlatform(name)?.state
      return state === undefined || state === 'held'
    })
    await agent.stopInstances(left, 0)
  }

  async function anyAnswers(app: AppRecord, rows: readonly InstanceRecord[]): Promise<boolean> {
    const routed = rows.flatMap((row) =>
      row.host !== null && row.port !== null ? [{ ...row, host: row.host, port: row.port }] : [],
    )
    if (routed.length === 0) return true
    const enough = new AbortController()
    const signal = AbortSignal.any([stopping.signal, enough.signal])
    const looks = routed.map(async ({ name, host, port, releaseId }) => {
      const release = deps.releases.findForPlatform(releaseId)
      const build = release && deps.makeRelease.buildOf(release)
      const { healthPath, healthTimeoutMs } = build
        ? healthOf(app.settings, build)
        : { healthPath: null, healthTimeoutMs: QUIET_WITHIN_MS }
      const hostHeader = routing.hostsOf(app)[0] ?? app.name
      const target = { name, host, port, path: healthPath, hostHeader, timeoutMs: healthTimeoutMs }
      return untilAwake(deps, target, signal)
    })
    const all = Promise.all(looks)
    const first = Promise.any(
      looks.map(async (look) => {
        if (!(await look)) throw new Error('it does not answer')
      }),
    )
    const isUp = await first.then(
      () => true,
      () => false,
    )
    if (isUp && looks.length > 1) {
      await Promise.race([all, clock.sleep(OTHERS_MS, signal).catch(() => undefined)])
      enough.abort()
    }
    return isUp
  }

  async function memoryOf(rows: readonly InstanceRecord[]): Promise<number> {
    const names = new Set(rows.map(({ name }) => name))
    const measured = await agent.measureInstances().catch(() => [])
    return measured
      .filter(({ name }) => names.has(name))
      .reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  }

  function changed(app: AppRecord): void {
    for (const type of ['app.changed', 'instances.changed'] as const)
      deps.events.emit({ teamId: app.teamId, type, app: app.name, subject: null })
  }

  /** Resolves when it serves again. Nothing happens to an app that does not sleep. */
  async function wake(appId: string): Promise<void> {
    const current = turns.get(appId)
    if (current) {
      current.isWanted = true
      await current.done
    }
    if (stopping.signal.aborted || turns.has(appId)) return turns.get(appId)?.done
    const app = apps.findByIdForPlatform(appId)
    if (!app || asleepOf(appId).length === 0) return undefined
    await take(appId, () => rouse(app)).done
  }

  return {
    /** Resolves when nobody puts the app to sleep or wakes it any more. */
    settled,

    isAsleep: (appId: string): boolean => asleepOf(appId).length > 0,

    /** False where it stays awake: somebody came, or it must not sleep. */
    async sleep(app: AppRecord, why: string): Promise<boolean> {
      if (turns.has(app.id) || stopping.signal.aborted) return false
      let isDone = false
      const turn = take(app.id, async (own) => {
        isDone = await fallAsleep(app, why, own)
      })
      await turn.done
      return isDone
    },

    wake,

    /** By the word of the proxy: it says so again while somebody waits. Never rejects. */
    async wakeForVisitors(name: string): Promise<void> {
      const failed = failedAt.get(name)
      if (failed !== undefined && clock.elapsedMs() - failed < AGAIN_AFTER_MS) return
      try {
        const app = apps.findByNameForPlatform(name)
        if (app) await wake(app.id)
        failedAt.delete(name)
      } catch (error) {
        if (stopping.signal.aborted) return
        failedAt.set(name, clock.elapsedMs())
        deps.onProblem(`${name} could not be woken`, error)
      }
    },

    /** For one that runs though its row says `asleep`: a crash came between the two. */
    async putBack(row: InstanceRecord): Promise<void> {
      if (turns.has(row.appId)) return
      const turn = take(row.appId, async (own) => {
        if (!(await isQuiet([row.name], own)) || own.isWanted) return
        if (isAsleep(row.name)) await agent.sleepInstances([row.name], row.limits.stopGraceMs)
      })
      await turn.done
    },

    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all([...turns.values()].map(({ done }) => done.catch(() => {})))
    },
  }
}
export type Sleeping = ReturnType<typeof createSleeping>
