import { UNDER_WAY } from '#core/deployments/deployment.ts'
import type { DeploymentLogs } from '#core/deployments/deployment-log.ts'
import type { Drains } from '#core/deployments/drain.ts'
import type { Watches } from '#core/deployments/watch.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeploymentRecord, DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppStore
  deployments: DeploymentStore
  instances: InstanceStore
  releases: ReleaseStore
  logs: DeploymentLogs
  publicUrlOf: (appName: string) => string
  routing: RoutingService
  watches: Watches
  drains: Drains
  transact: Transact
  proxy: Proxy
  /** How many workers there are when all is well. */
  proxyWorkers: number
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

/** They dial every 200 ms at first, and every second later; one that takes longer is not there. */
const WORKERS_BACK_MS = 2_500
const LOOK_EVERY_MS = 20

/** What the queue is made of: what waits and what is under way, in the order it was asked for. */
export const openDeployments = ({ deployments }: Pick<Deps, 'deployments'>) =>
  deployments
    .listInStatesForPlatform(['queued', ...UNDER_WAY])
    .map((record) => ({
      id: record.id,
      appId: record.appId,
      builds: needsBuilder(record),
      underWay: record.state !== 'queued',
    }))
    .toSorted((one, other) => Number(other.underWay) - Number(one.underWay))

const needsBuilder = ({ sourceId, releaseId, state }: DeploymentRecord): boolean =>
  sourceId !== null && releaseId === null && (state === 'queued' || state === 'building')

/**
 * What a daemon does first, by the table of decision 1: the proxies get what the rows say, watches
 * go on for what is left of them, instances on their way out are helped out. Deployments that were
 * under way are taken up by the queue, which is started after this.
 */
export async function resumeAfterRestart(deps: Deps): Promise<void> {
  const { apps, deployments, instances, watches, drains, transact } = deps
  // From before the first publish, which may itself have waited for them.
  const workersBackBy = deps.clock.elapsedMs() + WORKERS_BACK_MS
  await publish(deps)
  if (isWorkLeft(deps)) {
    // Workers that have not dialled yet still send visitors where the snapshot before this one said.
    await untilWorkersAreBack(deps, workersBackBy)
    await publish(deps)
  }

  const watching = deployments.listInStatesForPlatform(['watching'])
  const open = deployments.listInStatesForPlatform(UNDER_WAY)
  const left = instances.listForPlatform().filter((row) => isLeft(row, watching, open))
  transact(() => {
    for (const row of left) instances.saveForPlatform({ ...row, state: 'draining' })
  })
  for (const deployment of watching) {
    try {
      sayItIsLive(deps, deployment)
    } catch (error) {
      deps.onProblem('the last line of a deployment log could not be written', error)
    }
    watches.begin(deployment)
  }
  for (const [appId, rows] of Map.groupBy(left, (row) => row.appId)) {
    void drains.retire(rows, { drainMs: apps.findByIdForPlatform(appId)?.settings.drainMs ?? 0 })
  }
}

/** Readers of its log wait for this line, which comes right after the state. */
function sayItIsLive(deps: Deps, { id, appId, releaseId }: DeploymentRecord): void {
  const app = deps.apps.findByIdForPlatform(appId)
  const release = releaseId === null ? undefined : deps.releases.findForPlatform(releaseId)
  if (!app || !release || deps.logs.isDone(id)) return
  deps.logs.open({ id, appId }).done(`v${release.number} is live at ${deps.publicUrlOf(app.name)}`)
}

const publish = (deps: Deps): Promise<void> =>
  deps.routing.publish().catch((error: unknown) => {
    // The workers get it when they dial; what they have meanwhile is the last good one.
    deps.onProblem('the proxies have not taken the routes yet', error)
  })

const isWorkLeft = ({ deployments, instances }: Deps): boolean =>
  deployments.listInStatesForPlatform([...UNDER_WAY, 'watching']).length > 0 ||
  instances.listForPlatform().some(({ state }) => state !== 'live' && state !== 'asleep')

async function untilWorkersAreBack(
  { proxy, proxyWorkers, clock }: Deps,
  endsAt: number,
): Promise<void> {
  while (proxy.workers().length < proxyWorkers && clock.elapsedMs() < endsAt)
    await clock.sleep(LOOK_EVERY_MS)
}

/** Nobody will come back to it: its deployment is over, or its watch is. */
function isLeft(
  row: InstanceRecord,
  watching: readonly DeploymentRecord[],
  open: readonly DeploymentRecord[],
): boolean {
  if (row.state === 'draining') return true
  if (row.state === 'warm') return !isOf(row, watching) && !isSwitching(row, open)
  if (row.state === 'starting') return !open.some(({ id }) => id === row.deploymentId)
  return false
}

const isOf = (row: InstanceRecord, of: readonly DeploymentRecord[]): boolean =>
  of.some(({ appId }) => appId === row.appId)

/** Switched, but not yet acknowledged: it will be watched. */
const isSwitching = (row: InstanceRecord, open: readonly DeploymentRecord[]): boolean =>
  open.some(({ appId, switchedAt }) => appId === row.appId && switchedAt !== null)
