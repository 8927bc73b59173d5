import type { Actor } from '@vastrox/shared/actor.ts'
import type { CleanUpPlan, CleanUpResult } from '@vastrox/shared/clean-up.ts'
import type { Ledger } from '@vastrox/shared/ledger.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { OwnerDeps } from '#core/nodes/ledger-owners.ts'
import type { OldImages } from '#core/releases/old-images.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppStore } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { DiskDayStore } from '#store/disk-day-store.ts'

interface Deps extends Pick<OwnerDeps, 'volumes' | 'addons' | 'backups'> {
  agent: Pick<NodeAgent, 'removeImages' | 'disk'>
  apps: AppStore
  builds: BuildStore
  deployments: DeploymentStore
  days: DiskDayStore
  oldImages: OldImages
  audit: Pick<AuditLog, 'append'>
  system: () => Actor
  node: string
  clock: Clock
  transact: Transact
}

/** The ledger of the disk and the clean-up by it, loaded when they are first needed. */
export function createDiskLedger(deps: Deps) {
  let parts: ReturnType<typeof load> | undefined
  const open = (): ReturnType<typeof load> => {
    parts ??= load(deps)
    return parts
  }
  return {
    get: async (actor: Actor): Promise<Ledger> => (await open()).ledger.get(actor),
    plan: async (actor: Actor): Promise<CleanUpPlan> => (await open()).cleanUp.plan(actor),
    run: async (actor: Actor, planId: string): Promise<CleanUpResult> =>
      (await open()).cleanUp.run(actor, planId),
    /** Images that no row needs, hour by hour. Gives what is gone. */
    removeOldImages: async (): Promise<string[]> => (await open()).cleanUp.removeOldImages(),
    /** For a disk that is nearly full; true where something went. */
    makeRoom: async (): Promise<boolean> => (await open()).cleanUp.makeRoom(),
    /** One look a day at least, so that the forecast has days. */
    keepToday: async (): Promise<boolean> => (await open()).ledger.keepToday(),
    /** `app:<id>`, by the last look; null where there was none. */
    bytesOf: async (owner: string): Promise<number | null> =>
      parts ? (await parts).ledger.bytesOf(owner) : null,
  }
}
export type DiskLedger = ReturnType<typeof createDiskLedger>

async function load(deps: Deps) {
  const [{ createLedgerService }, { createCleanUp }] = await Promise.all([
    import('#core/nodes/ledger-service.ts'),
    import('#core/nodes/clean-up.ts'),
  ])
  const { disk } = deps.agent
  const ledger = createLedgerService({ ...deps, disk })
  return { ledger, cleanUp: createCleanUp({ ...deps, disk, ledger }) }
}
