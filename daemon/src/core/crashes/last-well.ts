import type { Clock } from '#ports/clock.ts'
import type { CrashStore } from '#store/crash-store.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceRecord } from '#store/instance-store.ts'

interface Deps {
  crashes: Pick<CrashStore, 'lastForPlatform' | 'lastOfProcessForPlatform'>
  deployments: Pick<DeploymentStore, 'findForPlatform'>
  clock: Clock
}

/** Who has run for so long was well. */
const WELL_MS = 60_000
/** Crashes so close to each other are one trouble. */
const SAME_TROUBLE_MS = 10 * 60_000
/** Instances that are gone are forgotten once there are so many. */
const MAX_STARTS = 2_000

/** When an instance that ends now was last known to be well: what changed since is worth a look. */
export function createLastWell({ crashes, deployments, clock }: Deps) {
  const startedAt = new Map<string, number>()

  return {
    noteStart(name: string): void {
      if (startedAt.size >= MAX_STARTS) startedAt.clear()
      startedAt.set(name, clock.now().getTime())
    },

    /** null where it never was. */
    of(row: InstanceRecord, at: Date): string | null {
      const before = crashes.lastForPlatform(row.name)
      const since =
        startedAt.get(row.name) ?? Date.parse(before === undefined ? row.createdAt : before.at)
      if (at.getTime() - since >= WELL_MS) return at.toISOString()
      const ofProcess = crashes.lastOfProcessForPlatform(row.appId, row.process)
      if (ofProcess && at.getTime() - Date.parse(ofProcess.at) < SAME_TROUBLE_MS)
        return ofProcess.healthyAt
      const deployment = deployments.findForPlatform(row.deploymentId)
      if (!deployment || deployment.previousReleaseId === null) return null
      return deployment.switchedAt ?? deployment.createdAt
    },
  }
}
export type LastWell = ReturnType<typeof createLastWell>
