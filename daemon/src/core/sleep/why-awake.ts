import { UNDER_WAY } from '#core/deployments/deployment.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { PortStore } from '#store/port-store.ts'
import type { RunStore } from '#store/run-store.ts'

interface Deps {
  deployments: DeploymentStore
  instances: InstanceStore
  runs: RunStore
  ports: Pick<PortStore, 'listForAppForPlatform'>
}

const ROUTED = 'web'

/** Why an app must not be put to sleep at the moment, for people; undefined where it may. */
export function createWhyAwake({ deployments, instances, runs, ports }: Deps) {
  return ({ id, wanted, destroyedAt, settings }: AppRecord): string | undefined => {
    if (!wanted || destroyedAt !== null) return 'it is stopped'
    // What comes to a port of the server goes by nobody who could wake it.
    if (ports.listForAppForPlatform(id).length > 0)
      return 'it has TCP or UDP ports of the server, and what comes there wakes nobody'
    const busy = deployments
      .listInStatesForPlatform(['queued', ...UNDER_WAY, 'watching'])
      .some(({ appId }) => appId === id)
    if (busy) return 'it is being deployed, or its new release is watched'
    const rows = instances.listForAppForPlatform(id)
    if (rows.some(({ state }) => state === 'asleep')) return 'it sleeps already'
    if (!rows.some(({ process }) => process === ROUTED)) return 'nothing of it serves visitors'
    if (rows.some(({ state }) => state !== 'live')) return 'not all of its instances run well'
    const worker = rows.find(({ process }) => process !== ROUTED)?.process
    if (worker !== undefined && !settings.sleepWorkers)
      return `its process ${worker} works without visitors (sleepWorkers=true lets it sleep too)`
    const inside = runs
      .listInStateForPlatform('running')
      .some(({ appId, kind }) => appId === id && kind === 'exec')
    return inside ? 'somebody works inside of it' : undefined
  }
}
export type WhyAwake = ReturnType<typeof createWhyAwake>
