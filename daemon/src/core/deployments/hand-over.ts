import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { Drains } from '#core/deployments/drain.ts'
import type { RollOut } from '#core/deployments/roll-out.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import type { Sleeping } from '#core/sleep/sleeping.ts'
import type { AppVolumes } from '#core/volumes/app-volumes.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'

interface Deps {
  agent: NodeAgent
  instances: InstanceStore
  releases: ReleaseStore
  volumes: AppVolumes
  routing: RoutingService
  rollOut: RollOut
  drains: Drains
  sleeping: Pick<Sleeping, 'settled'>
  transact: Transact
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** Requests wait meanwhile: what is under way to the old instance gets less time than in a drain. */
const QUIET_WITHIN_MS = 5_000
const ROUTED = 'web'
/** Where the deployment fails: an app that slept is awake then. */
const COMES_BACK: readonly InstanceRecord['state'][] = ['live', 'held', 'asleep']

/**
 * "Recreate with hold" (rule D5), for processes whose volume only one instance may have: the proxy
 * keeps requests waiting (at most 30 s, then 503 with Retry-After), the old instance is stopped, and
 * only then may the new one start. The rows of the old ones say `held`, so that after a crash the next
 * start goes on or brings them back.
 */
export function createHandOver(deps: Deps) {
  const { agent, instances, volumes, routing, rollOut, drains, transact } = deps

  const heldOf = (appId: string): InstanceRecord[] =>
    instances.listForAppForPlatform(appId).filter(({ state }) => state === 'held')

  /** Everything of the app's that runs with an exclusive volume and is not this deployment's own. */
  const inTheWay = (app: AppRecord, deployment: DeploymentRecord): InstanceRecord[] =>
    instances
      .listForAppForPlatform(app.id)
      .filter(
        ({ deploymentId, process, state }) =>
          deploymentId !== deployment.id &&
          state !== 'starting' &&
          volumes.isExclusive(app.id, process),
      )

  return {
    /** Afterwards no instance has an exclusive volume. A repeat finds nothing left to do. */
    async take(
      app: AppRecord,
      deployment: DeploymentRecord,
      release: ReleaseRecord,
      log: DeploymentLog,
    ): Promise<void> {
      const isNeeded = Object.keys(release.processes).some((name) =>
        volumes.isExclusive(app.id, name),
      )
      if (isNeeded) await deps.sleeping.settled(app.id)
      const rows = isNeeded ? inTheWay(app, deployment) : []
      if (rows.length === 0) return
      const held = rows.filter(({ state }) => COMES_BACK.includes(state))
      if (held.length > 0) {
        log.step('Holding requests: the volume can have one instance only')
        const isRouted = held.some(({ process }) => process === ROUTED)
        transact(() => {
          for (const row of held) instances.saveForPlatform({ ...row, state: 'held' })
          if (isRouted) routing.writeRoutes(app, 'held')
        })
        deps.crashPoint('deploy.held')
        await routing.publish()
        await drains.untilQuiet(
          held.map(({ name }) => name),
          Math.min(app.settings.drainMs, QUIET_WITHIN_MS),
        )
      }
      const names = rows.map(({ name }) => name)
      const graceMs = Math.max(...rows.map(({ limits }) => limits.stopGraceMs))
      await agent.stopInstances(names, graceMs)
      deps.crashPoint('deploy.handedOver')
    },

    /** The old instances once more, healthy before requests reach them. For a deployment that came to nothing. */
    async giveBack(app: AppRecord, log: DeploymentLog, signal: AbortSignal): Promise<void> {
      const rows = heldOf(app.id)
      if (rows.length === 0) return
      let back: InstanceRecord[] = rows
      try {
        back = []
        for (const [releaseId, ofRelease] of Map.groupBy(rows, (row) => row.releaseId)) {
          const release = deps.releases.findForPlatform(releaseId)
          if (!release) throw new Error(`the release ${releaseId} is not known any more`)
          const started = await rollOut.startContainers(app, release, ofRelease)
          back.push(...(await rollOut.check(app, release, started, log, signal)))
        }
        await rollOut.keep(back)
        log.line('The release before serves again')
      } catch (error) {
        // As they were: the reconciler goes on trying to bring them up.
        deps.onProblem('the instances before could not be brought back at once', error)
        back = rows
      }
      transact(() => {
        for (const row of back) instances.saveForPlatform({ ...row, state: 'live' })
        routing.writeRoutes(app, app.wanted ? 'serving' : 'stopped')
      })
      await routing.publish()
    },
  }
}
export type HandOver = ReturnType<typeof createHandOver>
