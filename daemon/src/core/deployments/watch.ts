import type { ObservedInstance } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { DeploymentLogs } from '#core/deployments/deployment-log.ts'
import type { DeploymentStates } from '#core/deployments/deployment-states.ts'
import type { Drains } from '#core/deployments/drain.ts'
import { lastWords } from '#core/deployments/last-words.ts'
import type { Change } from '#core/deployments/roll-out.ts'
import type { SwitchOver } from '#core/deployments/switch-over.ts'
import { createRunningTraffic } from '#core/deployments/traffic.ts'
import type { TrafficMeter } from '#core/deployments/traffic-meter.ts'
import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { Clock } from '#ports/clock.ts'
import { LATENCY_BUCKETS_MS } from '#ports/latency-buckets.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { AppStore } from '#store/app-store.ts'
import type { DeploymentRecord, DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  agent: NodeAgent
  proxy: Proxy
  clock: Clock
  apps: AppStore
  deployments: DeploymentStore
  releases: ReleaseStore
  instances: InstanceStore
  states: DeploymentStates
  logs: DeploymentLogs
  switchOver: SwitchOver
  drains: Drains
  hints: InstanceHints
  meter: TrafficMeter
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

interface Watched {
  ending: AbortController
  done: Promise<void>
}

const LOOK_EVERY_MS = 5_000
/** A container that dies because its engine stops is not the release's fault: look once more before judging. */
const LOOK_AGAIN_MS = 1_000
const WRITE_AGAIN_MS = 10_000
/** A way back that the proxy takes is over in far less. */
const ENDS_WITHIN_MS = 30_000

/**
 * Watches a release after its switch (rule D9) while the instances before it are kept warm: where it
 * exits, fails or is slow against the release before, traffic goes back to them by itself.
 */
export function createWatches(deps: Deps) {
  const { clock, apps, deployments, releases, instances, states, switchOver, drains } = deps
  const watched = new Map<string, Watched>()
  const stopping = new AbortController()

  /** Takes over a deployment in state `watching`, also after a restart: what is left is watched. */
  function begin(deployment: DeploymentRecord): void {
    if (isOutdated(deployment)) {
      void untilWritten(() => settle(deployment))
      return
    }
    const ending = new AbortController()
    const done = watch(deployment, ending.signal)
      .catch((error: unknown) => deps.onProblem('the watch of a release broke off', error))
      .finally(() => {
        if (watched.get(deployment.appId)?.ending === ending) watched.delete(deployment.appId)
      })
    watched.set(deployment.appId, { ending, done })
  }

  async function watch(deployment: DeploymentRecord, ended: AbortSignal): Promise<void> {
    const app = apps.findByIdForPlatform(deployment.appId)
    if (!app) return
    const { fresh, replaced } = changeOf(deployment)
    deps.crashPoint('deploy.watching')
    const { watchMs, drainMs } = app.settings
    const untilMs = clock.elapsedMs() + leftSince(deployment, watchMs)
    const over = new AbortController()
    const cutting = cutAtLimit(replaced, leftSince(deployment, drainMs), over.signal).catch(
      (error: unknown) => deps.onProblem('connections to old instances were not cut', error),
    )

    const reason =
      replaced.length === 0
        ? undefined
        : await untilWorse(fresh, replaced, untilMs, AbortSignal.any([ended, stopping.signal]))
    over.abort()
    await cutting
    if (stopping.signal.aborted) return
    await untilWritten(() =>
      reason === undefined ? settle(deployment) : revert(deployment, reason),
    )
  }

  /** A full disk must not leave it watched for ever. */
  async function untilWritten(write: () => void | Promise<void>): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await write()
        return
      } catch (error) {
        if (stopping.signal.aborted) return
        deps.onProblem('the end of a watch could not be written; trying again', error)
        await clock.sleep(WRITE_AGAIN_MS, stopping.signal).catch(() => {
          // Stopping: the row says `watching`, and the next start goes on.
        })
      }
    }
  }

  /** What is still open to the old instances ends at the drain limit; they themselves stay warm. */
  async function cutAtLimit(
    warm: readonly InstanceRecord[],
    afterMs: number,
    over: AbortSignal,
  ): Promise<void> {
    if (warm.length === 0) return
    const signal = AbortSignal.any([over, stopping.signal])
    await clock.sleep(afterMs, signal).then(
      () => {
        const still = warm.filter((row) => isState(row, 'warm'))
        if (still.length > 0) deps.proxy.cut(still.map(({ name }) => name))
      },
      () => {
        // The watch has ended: drain decides from now on.
      },
    )
  }

  /** Resolves with the reason, or with undefined when the time is up or the watch was ended. */
  async function untilWorse(
    fresh: readonly InstanceRecord[],
    warm: readonly InstanceRecord[],
    untilMs: number,
    ended: AbortSignal,
  ): Promise<string | undefined> {
    const names = new Set(fresh.map(({ name }) => name))
    const before = deps.meter.recent(warm.map(({ name }) => name))
    const traffic = createRunningTraffic(() => clock.elapsedMs())
    const found = Promise.withResolvers<string | undefined>()
    const timeUp = new AbortController()

    const stopCounts = deps.proxy.onCounts((counts) => {
      const own = counts.filter(({ instance }) => names.has(instance))
      if (own.length === 0) return
      traffic.add(own)
      const reason = traffic.judge(before, LATENCY_BUCKETS_MS)
      if (reason !== undefined) found.resolve(reason)
    })
    /** The engine starts it again at once, and the code is gone by the time we look. */
    const codes = new Map<string, number>()
    const lookNow = (): void => {
      findExit(fresh, warm, codes).then(
        (reason) => reason !== undefined && found.resolve(reason),
        () => {
          // The agent is away: nothing is known, and nothing is reverted for that.
        },
      )
    }
    /** What ended the watch may have come between an exit and our second look at it. */
    const lookOnceMore = (): Promise<string | undefined> =>
      findExit(fresh, warm, codes).catch(() => undefined)
    const stopHints = deps.hints.on((hint) => {
      if (hint.type !== 'instance' || !names.has(hint.name) || hint.action === 'start') return
      if (hint.exitCode !== null) codes.set(hint.name, hint.exitCode)
      lookNow()
    })
    const ticking = tick(untilMs, AbortSignal.any([ended, timeUp.signal]), lookNow).then(() =>
      found.resolve(undefined),
    )
    try {
      return (await found.promise) ?? (await lookOnceMore())
    } finally {
      timeUp.abort()
      stopCounts()
      stopHints()
      await ticking
    }
  }

  async function tick(untilMs: number, signal: AbortSignal, look: () => void): Promise<void> {
    try {
      for (let left = leftOf(untilMs); left > 0; left = leftOf(untilMs)) {
        await clock.sleep(Math.min(LOOK_EVERY_MS, left), signal)
        look()
      }
    } catch {
      // Ended early.
    }
  }
  const leftOf = (untilMs: number): number => untilMs - clock.elapsedMs()

  /** Of a time that began at the switch, perhaps before a restart; never more than all of it. */
  function leftSince({ switchedAt, changedAt }: DeploymentRecord, ms: number): number {
    const passed = clock.now().getTime() - Date.parse(switchedAt ?? changedAt)
    return Math.min(ms, Math.max(0, ms - passed))
  }

  /** Says so where a new instance has exited while every old one goes on running. */
  async function findExit(
    fresh: readonly InstanceRecord[],
    warm: readonly InstanceRecord[],
    codes: ReadonlyMap<string, number>,
  ): Promise<string | undefined> {
    if (exitedOf(fresh, await observe()) === undefined) return undefined
    await clock.sleep(LOOK_AGAIN_MS, stopping.signal)
    const seen = await observe()
    const exited = exitedOf(fresh, seen)
    const isWayBackOpen = warm.every(({ name }) => seen.get(name)?.status === 'running')
    if (!exited || !isWayBackOpen || exitedOf(warm, seen) !== undefined) return undefined
    return describeExit(exited, seen.get(exited.name), codes.get(exited.name))
  }

  const observe = async () =>
    new Map((await deps.agent.listInstances()).map((one) => [one.name, one]))

  /** One that is gone altogether was removed by somebody: the reconciler starts it again. */
  const exitedOf = (
    rows: readonly InstanceRecord[],
    seen: ReadonlyMap<string, ObservedInstance>,
  ): InstanceRecord | undefined =>
    rows.find(({ name }) => {
      const one = seen.get(name)
      return one !== undefined && (one.status !== 'running' || one.restarts > 0)
    })

  async function describeExit(
    { name, process, ordinal }: InstanceRecord,
    seen: ObservedInstance | undefined,
    heardCode: number | undefined,
  ): Promise<string> {
    const code = heardCode ?? seen?.exitCode ?? undefined
    const how = seen?.oomKilled ? 'ran out of memory' : 'exited'
    const words = await lastWords(deps.agent, name)
    return [
      `${process}.${ordinal} ${how}`,
      seen?.oomKilled || code === undefined ? '' : ` with code ${code}`,
      words === undefined ? '' : `: ${words}`,
    ].join('')
  }

  /** All went well: the release is live, the one before is superseded and its instances go. */
  function settle(deployment: DeploymentRecord): void {
    if (!isStillWatched(deployment)) return
    if (isOutdated(deployment)) {
      states.move(deployment.id, 'live', {}, () => states.move(deployment.id, 'superseded'))
      return
    }
    const { replaced } = changeOf(deployment)
    const before = deployments
      .listInStatesForPlatform(['live'])
      .filter(({ appId }) => appId === deployment.appId)
    states.move(deployment.id, 'live', {}, () => {
      for (const row of replaced) instances.saveForPlatform({ ...row, state: 'draining' })
      for (const old of before) states.move(old.id, 'superseded')
    })
    retire(deployment.appId, replaced)
  }

  async function revert(deployment: DeploymentRecord, reason: string): Promise<void> {
    const log = deps.logs.open(deployment)
    if (isStillWatched(deployment)) {
      const app = apps.findByIdForPlatform(deployment.appId)
      const change = changeOf(deployment)
      const [oldest] = change.replaced
      const previous = oldest && releases.findForPlatform(oldest.releaseId)
      if (!app || !previous) {
        settle(deployment)
        return
      }
      const said = log.clean(`reverted to v${previous.number}: ${reason}`)
      switchOver.switchBack(app, deployment, previous, change, said)
      log.error(said)
    }
    await switchOver.publish(log, stopping.signal)
    log.flush()
    const leaving = instances
      .listForAppForPlatform(deployment.appId)
      .filter((row) => row.deploymentId === deployment.id && row.state === 'draining')
    retire(deployment.appId, leaving)
  }

  const isStillWatched = ({ id }: DeploymentRecord): boolean => states.get(id).state === 'watching'

  /** A later deployment has been switched to already: this one has no say in what is live any more. */
  const isOutdated = ({ appId, number, releaseId }: DeploymentRecord): boolean =>
    apps.findByIdForPlatform(appId)?.liveReleaseId !== releaseId ||
    deployments
      .listInStatesForPlatform(['watching', 'live'])
      .some((other) => other.appId === appId && other.number > number)

  function retire(appId: string, rows: readonly InstanceRecord[]): void {
    const app = apps.findByIdForPlatform(appId)
    void drains.retire(rows, { drainMs: app?.settings.drainMs ?? 0 })
  }

  /** The rows say what a deployment has put in the place of what. */
  function changeOf(deployment: DeploymentRecord): Change {
    const rows = instances.listForAppForPlatform(deployment.appId)
    return {
      fresh: rows.filter((row) => row.deploymentId === deployment.id && row.state === 'live'),
      replaced: rows.filter((row) => row.state === 'warm'),
    }
  }

  const isState = (row: InstanceRecord, state: InstanceRecord['state']): boolean =>
    instances
      .listForAppForPlatform(row.appId)
      .some((now) => now.name === row.name && now.state === state)

  return {
    begin,

    /**
     * Ends the watch of an app, as well as it has gone until now; waits for a way back that has begun.
     * Throws DEPLOYMENT_DOES_NOT_END where that does not come to its end: the proxy does not take it,
     * or its rows cannot be written.
     */
    async end(appId: string): Promise<void> {
      const current = watched.get(appId)
      if (!current) return
      current.ending.abort()
      const isOver = new AbortController()
      const tooLong = clock.sleep(ENDS_WITHIN_MS, isOver.signal).then(
        () => 'too-long' as const,
        () => 'over' as const,
      )
      const how = await Promise.race([current.done.then(() => 'over' as const), tooLong])
      isOver.abort()
      if (how === 'too-long') throw new CodedError('DEPLOYMENT_DOES_NOT_END')
    },

    isWatching: (appId: string): boolean => watched.has(appId),

    /** At the daemon's end: the rows say `watching`, and the next start goes on. */
    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all([...watched.values()].map(({ done }) => done))
    },
  }
}
export type Watches = ReturnType<typeof createWatches>
