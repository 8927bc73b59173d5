import type { Actor } from '@vastrox/shared/actor.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import { checkTotal } from '#core/env/env-rules.ts'
import type { EnvValues } from '#core/env/env-values.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { BuildStore } from '#store/build-store.ts'

interface Deps {
  values: Pick<EnvValues, 'effectiveForPlatform' | 'forget'>
  deployments: Pick<DeploymentService, 'request' | 'get'>
  builds: Pick<BuildStore, 'findLatestForPlatform'>
  events: EventStream
}

/** What follows for an app when its env is another: one place for its own variables and for groups. */
export function createEnvDeployments({ values, deployments, builds, events }: Deps) {
  /** An image that was taken as it is has no build that could read anything. */
  const isBuilt = ({ id }: AppRecord): boolean => builds.findLatestForPlatform(id)?.image === null

  function tell({ id, teamId, name }: AppRecord): void {
    values.forget(id)
    events.emit({ teamId, type: 'env.changed', app: name, subject: null })
  }

  return {
    /** Tells of it alone: somebody deploys it along with something else. */
    noted(app: AppRecord): null {
      tell(app)
      return null
    },

    /** Throws ENV_REFERENCE_INVALID, or ENV_TOO_LARGE for all that the app gets together. */
    check({ id, name }: AppRecord): void {
      try {
        const effective = [...values.effectiveForPlatform(id)]
        checkTotal(new Map(effective.map(([key, { value }]) => [key, value])), [])
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
        throw new CodedError(error.code, { ...error.details, app: name })
      }
    },

    /** Tells of it, and deploys what is live: built anew where a build may read what was changed. */
    changed(
      actor: Actor,
      app: AppRecord,
      description: string,
      touchesBuild: boolean,
    ): Deployment | null {
      tell(app)
      if (app.liveReleaseId === null) return null
      const trigger = touchesBuild && isBuilt(app) ? 'redeploy' : 'env'
      const { number } = deployments.request(actor, app, { trigger, description })
      return deployments.get(actor, app.name, number)
    },
  }
}
export type EnvDeployments = ReturnType<typeof createEnvDeployments>
