import type { ObservedInstance } from '@vastrox/shared/agent-api.ts'
import { isUnderWay, UNDER_WAY } from '#core/deployments/deployment.ts'
import type { Drains } from '#core/deployments/drain.ts'
import type { RollOut } from '#core/deployments/roll-out.ts'
import type { Watches } from '#core/deployments/watch.ts'
import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { BlackBox } from '#core/reconcile/black-box.ts'
import { createComeBacks } from '#core/reconcile/come-backs.ts'
import { createCrashLoops } from '#core/reconcile/crash-loops.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import type { Sleeping } from '#core/sleep/sleeping.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppStore } from '#store/app-store.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  agent: NodeAgent
  apps: AppStore
  blackBox: BlackBox
  deployments: DeploymentStore
  instances: InstanceStore
  releases: ReleaseStore
  rollOut: RollOut
  routing: RoutingService
  watches: Watches
  sleeping: Pick<Sleeping, 'putBack'>
  drains: Drains
  hints: InstanceHints
  events: EventStream
  /** A line of Vastrox's own in the app's log. */
  sayToApp: (appId: string, text: string) => void
  clock: Clock
  onProblem: (what: string, error: unknown) => void
  /** Told that an instance is over its budget, with the row that says so. */
  noteCrashLoop?: (row: InstanceRecord) => void
}

const EVERY_MS = 30_000
/** After a hint: the engine restarts what has died by itself, and hints come in swarms. */
const AFTER_HINT_MS = 1_000
const AFTER_FAILURE_MS = 3_000
/** A container without a row may belong to a start that is just being written. */
const STRAY_AGE_MS = 60_000
const STRAY_GRACE_MS = 10_000
const FIRST_BACK_OFF_MS = 1_000
const MAX_BACK_OFF_MS = 5 * 60_000
const APPS_AT_ONCE = 4
const RUNS: readonly ObservedInstance['status'][] = ['running', 'restarting']
/** A container that was only created is left by an engine that died before it started it. */
const DOES_NOT_RUN: readonly ObservedInstance['status'][] = ['created', 'exited', 'dead']

/**
 * Brings what runs and what the rows say together (K1): level-triggered, every 30 s and on hints
 * (K6), at most one idempotent step for each instance. Only containers with our label are seen (K7).
 */
export function createReconciler(deps: Deps) {
  const { agent, apps, deployments, instances, releases, rollOut, routing, drains, clock } = deps
  const { blackBox } = deps
  const loops = createCrashLoops(() => clock.elapsedMs())
  const comeBacks = createComeBacks({
    ...deps,
    onChange: changed,
    onBack: (name) => loops.isNew(name),
    isDeploying: (appId) =>
      deployments.listInStatesForPlatform(UNDER_WAY).some((one) => one.appId === appId),
  })
  const strays = new Map<string, number>()
  const backOff = new Map<string, { nextAt: number; waitMs: number }>()
  const stopping = new AbortController()
  /** Wanted instances that did not run when we looked last. */
  let down: ReadonlySet<string> = new Set()
  let soon = new AbortController()
  let running: Promise<void> | undefined

  async function reconcile(): Promise<void> {
    const observed = new Map((await agent.listInstances()).map((one) => [one.name, one]))
    const rows = instances.listForPlatform()
    noteDown(rows, observed)
    loops.keepOnly(new Set(rows.map(({ name }) => name)))
    comeBacks.keepOnly(
      new Set(rows.filter(({ state }) => state !== 'draining').map(({ name }) => name)),
    )
    await eachApp(rows, (row) => attempt(row.name, () => settle(row, observed.get(row.name))))
    await removeStrays(observed, new Set(rows.map(({ name }) => name)))
  }

  /** The instances of an app one after the other; one app that takes long does not hold up the rest. */
  async function eachApp(
    rows: readonly InstanceRecord[],
    work: (row: InstanceRecord) => Promise<void>,
  ): Promise<void> {
    const waiting = Map.groupBy(rows, ({ appId }) => appId).values()
    const next = async (): Promise<void> => {
      for (const ofApp of waiting) for (const row of ofApp) await work(row)
    }
    await Promise.all(Array.from({ length: APPS_AT_ONCE }, next))
  }

  /** The dashboard is told of those that went down or came back since we looked last. */
  function noteDown(
    rows: readonly InstanceRecord[],
    observed: ReadonlyMap<string, ObservedInstance>,
  ): void {
    const before = down
    const now = rows.filter(({ name }) => observed.get(name)?.status !== 'running')
    down = new Set(now.map(({ name }) => name))
    for (const row of rows) if (down.has(row.name) !== before.has(row.name)) changed(row)
  }

  /** A round takes long: what has changed since it began is for the next one. */
  async function settle(
    { name, state }: InstanceRecord,
    seen: ObservedInstance | undefined,
  ): Promise<void> {
    const row = instances.findForPlatform(name)
    if (row?.state !== state) return undefined
    switch (state) {
      case 'live':
        return settleLive(row, seen)
      case 'draining':
        return retire(row)
      case 'warm':
        return isStillWanted(row) ? undefined : retire(row)
      case 'starting':
        return isStillWanted(row) ? undefined : retire(row)
      case 'held':
        return isStillWanted(row) ? undefined : bringBack(row)
      case 'crashed':
        return comeBacks.begin(row)
      case 'asleep':
        return seen && RUNS.includes(seen.status) ? deps.sleeping.putBack(row) : undefined
    }
  }

  async function settleLive(
    row: InstanceRecord,
    seen: ObservedInstance | undefined,
  ): Promise<void> {
    if (seen) {
      const { ended, isLooping } = loops.look(seen)
      // Nobody has told us of it: that it happened is known at least, and its lines are there.
      if (ended > 0 && !blackBox.hasHeardOf(row.name)) await blackBox.record(row, endingOf(seen))
      // A watch looks at the container itself, and has a release to go back to.
      if (isLooping && !deps.watches.isWatching(row.appId)) return giveUpOn(row)
    }
    if (!seen || DOES_NOT_RUN.includes(seen.status)) return startAgain(row)
    if (seen.host !== null && seen.host !== row.host) await moveTo(row, seen.host)
  }

  /** Its deployment is over and has not brought it back: it serves again as soon as it runs. */
  async function bringBack(row: InstanceRecord): Promise<void> {
    const app = apps.findByIdForPlatform(row.appId)
    if (!app) return
    await routing.publishChange(() => {
      instances.saveForPlatform({ ...row, state: 'live' })
      routing.writeRoutes(app, app.wanted ? 'serving' : 'stopped')
    })
    changed(row)
  }

  /** The same instance once more: same generation, same name (K2). */
  async function startAgain(row: InstanceRecord): Promise<void> {
    const app = apps.findByIdForPlatform(row.appId)
    const release = releases.findForPlatform(row.releaseId)
    if (!app || !release || !isLive(row)) return
    if (loops.isUsedUp(row.name)) return giveUpOn(row)
    const [started] = await rollOut.startContainers(app, release, [row])
    // Only now: that the engine could not start it says nothing about the app.
    loops.countOwn(row.name)
    const now = instances.findForPlatform(row.name)?.state
    if (now !== 'live' && now !== 'warm') {
      // It was replaced meanwhile, and nobody else knows of the new container.
      await agent.stopInstances([row.name], STRAY_GRACE_MS)
      return
    }
    await rollOut.keep([row])
    changed(row)
    if (started?.host && started.host !== row.host) await moveTo(row, started.host)
  }

  async function moveTo(row: InstanceRecord, host: string): Promise<void> {
    const now = instances.findForPlatform(row.name)
    if (now?.state !== 'live') return
    await routing.publishChange(() => instances.saveForPlatform({ ...now, host }))
    changed(row)
  }

  /** Rule K8: over its budget it is stopped, gets no visitors, and is tried again later and later. */
  async function giveUpOn(row: InstanceRecord): Promise<void> {
    if (!isLive(row)) return
    await routing.publishChange(() => {
      instances.saveForPlatform({ ...row, state: 'crashed' })
      deps.noteCrashLoop?.(row)
    })
    changed(row)
    deps.onProblem(`${row.name} has exited too often and was stopped`, undefined)
    deps.sayToApp(
      row.appId,
      `${row.process}.${row.ordinal} is crash-looping: it has ended 5 times in 10 minutes; it is tried again, later and later`,
    )
    await agent.stopInstances([row.name], STRAY_GRACE_MS)
    comeBacks.begin({ ...row, state: 'crashed' })
  }

  async function retire(row: InstanceRecord): Promise<void> {
    if (drains.isRetiring(row.name)) return
    instances.saveForPlatform({ ...row, state: 'draining' })
    const drainMs = apps.findByIdForPlatform(row.appId)?.settings.drainMs ?? 0
    void drains.retire([row], { drainMs })
  }

  async function removeStrays(
    observed: ReadonlyMap<string, ObservedInstance>,
    known: ReadonlySet<string>,
  ): Promise<void> {
    const nowMs = clock.elapsedMs()
    for (const name of strays.keys()) if (!observed.has(name)) strays.delete(name)
    for (const one of observed.values()) {
      if (known.has(one.name) || isBeingStarted(one) || instances.findForPlatform(one.name))
        continue
      const since = strays.get(one.name) ?? nowMs
      strays.set(one.name, since)
      if (nowMs - since < STRAY_AGE_MS) continue
      await attempt(one.name, () => agent.stopInstances([one.name], STRAY_GRACE_MS))
      strays.delete(one.name)
    }
  }

  const isBeingStarted = (one: ObservedInstance): boolean =>
    deployments
      .listInStatesForPlatform([
        'queued',
        'building',
        'releasing',
        'starting',
        'checking',
        'switching',
      ])
      .some(({ appId, number }) => appId === one.appId && number === one.generation)

  const isLive = (row: InstanceRecord): boolean =>
    instances.findForPlatform(row.name)?.state === 'live'

  /** A starting instance belongs to a deployment under way, a warm one to a watch or to a switch. */
  function isStillWanted(row: InstanceRecord): boolean {
    if (row.state === 'warm' && deps.watches.isWatching(row.appId)) return true
    if (row.state === 'held')
      return deployments.listInStatesForPlatform(UNDER_WAY).some(({ appId }) => appId === row.appId)
    const id = row.state === 'warm' ? undefined : row.deploymentId
    const under = id === undefined ? undefined : deployments.findForPlatform(id)
    if (under) return isUnderWay(under.state)
    return deployments
      .listInStatesForPlatform(['switching', 'watching'])
      .some(({ appId }) => appId === row.appId)
  }

  /** One object's trouble is not the others'; it is tried again later and later (K8). */
  async function attempt(name: string, work: () => Promise<void>): Promise<void> {
    const nowMs = clock.elapsedMs()
    const held = backOff.get(name)
    if (held && held.nextAt > nowMs) return
    try {
      await work()
      backOff.delete(name)
    } catch (error) {
      const waitMs = Math.min(MAX_BACK_OFF_MS, held ? held.waitMs * 2 : FIRST_BACK_OFF_MS)
      backOff.set(name, { nextAt: nowMs + waitMs, waitMs })
      deps.onProblem(`${name} could not be brought in order`, error)
    }
  }

  function changed(row: InstanceRecord): void {
    const app = apps.findByIdForPlatform(row.appId)?.name ?? null
    const { teamId } = row
    deps.events.emit({ teamId, type: 'instances.changed', app, subject: row.name })
    deps.events.emit({ teamId, type: 'app.changed', app, subject: null })
  }

  /** Hints that come while a round is under way are for the next one. */
  async function loop(): Promise<void> {
    const stopHints = deps.hints.on((hint) => {
      blackBox.hear(hint)
      if (hint.type === 'engine-restarted' || hint.action !== 'start') soon.abort()
    })
    while (!stopping.signal.aborted) {
      soon = new AbortController()
      const waitMs = await reconcile().then(
        () => EVERY_MS,
        () => AFTER_FAILURE_MS,
      )
      await sleep(waitMs, soon.signal)
      if (soon.signal.aborted) await sleep(AFTER_HINT_MS, stopping.signal)
    }
    stopHints()
  }

  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    clock.sleep(ms, AbortSignal.any([signal, stopping.signal])).catch(() => {
      // Something has happened, or we are stopping.
    })

  return {
    /** One round; what fails for one instance is reported and tried again. */
    reconcile,
    /** True for an instance that the engine did not run when we looked last. */
    isDown: (name: string): boolean => down.has(name),
    /** When a crash-looping instance is tried again; null while it is, and for the others. */
    nextTryAt: (name: string): Date | null => comeBacks.nextTryAt(name),
    start(): void {
      running ??= loop()
    },
    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all([running, comeBacks.stop()])
    },
  }
}
export type Reconciler = ReturnType<typeof createReconciler>

/** Of one that runs again by now the code is gone. */
const endingOf = ({ status, exitCode, oomKilled }: ObservedInstance) => ({
  exitCode: status === 'running' ? undefined : (exitCode ?? undefined),
  oomKilled,
})
