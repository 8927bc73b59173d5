import { CodedError } from '@vastrox/shared/errors.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { AppStore } from '#store/app-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'

interface Deps {
  apps: Pick<AppStore, 'findByIdForPlatform'>
  instances: Pick<InstanceStore, 'listForAppForPlatform'>
  deployments: Pick<DeploymentService, 'stop' | 'start'>
  clock: Clock
}

const LOOK_EVERY_MS = 500
/** The longest drain and the longest stop grace, and some. */
const MOST_MS = 1_200_000

/** Lets an app stand still for a backup of its volume, by the same acts as its people have. */
export function createHoldApp({ apps, instances, deployments, clock }: Deps) {
  return {
    /** Resolves once nothing of it runs. Throws DEPLOYMENT_DOES_NOT_END. */
    async hold(appId: string, signal: AbortSignal): Promise<void> {
      const app = apps.findByIdForPlatform(appId)
      if (!app) return
      if (app.wanted) await deployments.stop(systemActor(app.teamId), app.name)
      const begunAt = clock.elapsedMs()
      while (instances.listForAppForPlatform(appId).length > 0) {
        if (clock.elapsedMs() - begunAt > MOST_MS)
          throw new CodedError('BACKUP_TIMED_OUT', { reason: `${app.name} does not stop.` })
        await clock.sleep(LOOK_EVERY_MS, signal)
      }
    },

    /** One that runs is left alone. */
    async release(appId: string): Promise<void> {
      const app = apps.findByIdForPlatform(appId)
      if (app && !app.wanted && app.destroyedAt === null && app.liveReleaseId !== null)
        deployments.start(systemActor(app.teamId), app.name)
    },
  }
}
