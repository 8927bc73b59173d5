import { CodedError } from '@vastrox/shared/errors.ts'
import { endingOf } from '#core/crashes/ending.ts'
import type { RollOut } from '#core/deployments/roll-out.ts'
import type { BlackBox } from '#core/reconcile/black-box.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppStore } from '#store/app-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  agent: Pick<NodeAgent, 'stopInstances'>
  apps: AppStore
  instances: InstanceStore
  releases: ReleaseStore
  rollOut: RollOut
  routing: RoutingService
  blackBox: BlackBox
  clock: Clock
  /** A deployment stops what is in its way, and must not meet it again: a volume may have one instance only. */
  isDeploying: (appId: string) => boolean
  onChange: (row: InstanceRecord) => void
  /** It serves again: what its container does from now on is counted anew. */
  onBack: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** Rule K8. */
const FIRST_WAIT_MS = 1_000
const MAX_WAIT_MS = 5 * 60_000
/** One that has lived so long begins with the first wait again. */
const FORGIVEN_MS = 10 * 60_000
const STOP_GRACE_MS = 2_000

interface Trial {
  waitMs: number
  /** Of the wall clock; null while it is being tried. */
  nextTryAt: Date | null
  ending: AbortController
  done: Promise<void>
}

/**
 * Instances that have used up their budget (rule K8) are tried again, later and later, with no route
 * to them until they are healthy: a database that was away for an hour must not take an app down for
 * ever. The row says `crashed` until then.
 */
export function createComeBacks(deps: Deps) {
  const { agent, apps, instances, releases, rollOut, clock } = deps
  const trials = new Map<string, Trial>()
  const back = new Map<string, { waitMs: number; atMs: number }>()
  let stopped = false

  const isStill = (name: string): boolean => instances.findForPlatform(name)?.state === 'crashed'

  async function untilBack(row: InstanceRecord, trial: Trial): Promise<void> {
    const { signal } = trial.ending
    for (;;) {
      trial.nextTryAt = new Date(clock.now().getTime() + trial.waitMs)
      await clock.sleep(trial.waitMs, signal)
      if (!isStill(row.name)) return
      if (deps.isDeploying(row.appId)) continue
      trial.nextTryAt = null
      if (await tryOnce(row, signal)) {
        back.set(row.name, { waitMs: trial.waitMs, atMs: clock.elapsedMs() })
        return
      }
      trial.waitMs = Math.min(MAX_WAIT_MS, trial.waitMs * 2)
    }
  }

  /** True when there is nothing more to try. */
  async function tryOnce(row: InstanceRecord, signal: AbortSignal): Promise<boolean> {
    const app = apps.findByIdForPlatform(row.appId)
    const release = releases.findForPlatform(row.releaseId)
    if (!app || !release) return true
    let started: InstanceRecord | undefined
    try {
      ;[started] = await rollOut.startContainers(app, release, [row])
      if (!started) return false
      // A deployment has begun meanwhile, and has stopped what it found: this came after (rule D5).
      if (deps.isDeploying(row.appId)) {
        await agent.stopInstances([row.name], STOP_GRACE_MS)
        return !isStill(row.name)
      }
      const port = await rollOut.untilHealthy(app, release, started, signal)
      const healthy = { ...started, port, state: 'live' } as const
      if (!isStill(row.name)) return await leave(row)
      await rollOut.keep([row])
      deps.onBack(row.name)
      await deps.routing.publishChange(() => {
        if (isStill(row.name)) instances.saveForPlatform(healthy)
      })
      deps.onChange(row)
      return true
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof CodedError && error.code === 'INSTANCE_EXITED')
        await deps.blackBox.record(started ?? row, endingOf(error))
      else if (!(error instanceof CodedError))
        deps.onProblem(`${row.name} could not be tried again`, error)
      if (started) await agent.stopInstances([row.name], STOP_GRACE_MS)
      return !isStill(row.name)
    }
  }

  /** It was replaced meanwhile, and nobody else knows of the new container. */
  async function leave(row: InstanceRecord): Promise<true> {
    await agent.stopInstances([row.name], STOP_GRACE_MS)
    return true
  }

  function firstWait(name: string): number {
    const before = back.get(name)
    if (!before || clock.elapsedMs() - before.atMs >= FORGIVEN_MS) return FIRST_WAIT_MS
    return Math.min(MAX_WAIT_MS, before.waitMs * 2)
  }

  return {
    /** For an instance whose row says `crashed`; one that is on trial already stays so. */
    begin(row: InstanceRecord): void {
      if (stopped || trials.has(row.name)) return
      const ending = new AbortController()
      const trial: Trial = {
        waitMs: firstWait(row.name),
        nextTryAt: null,
        ending,
        done: Promise.resolve(),
      }
      trials.set(row.name, trial)
      trial.done = untilBack(row, trial)
        .catch((error: unknown) => {
          // The next round of the reconciler begins anew.
          if (!ending.signal.aborted) deps.onProblem(`${row.name} could not be tried again`, error)
        })
        .finally(() => trials.delete(row.name))
    },

    /** Forgets the others: they are replaced, or gone. */
    keepOnly(names: ReadonlySet<string>): void {
      for (const [name, { ending }] of trials) if (!names.has(name)) ending.abort()
      for (const name of back.keys()) if (!names.has(name)) back.delete(name)
    },

    nextTryAt: (name: string): Date | null => trials.get(name)?.nextTryAt ?? null,

    async stop(): Promise<void> {
      stopped = true
      for (const { ending } of trials.values()) ending.abort()
      await Promise.all([...trials.values()].map(({ done }) => done))
    },
  }
}
export type ComeBacks = ReturnType<typeof createComeBacks>
