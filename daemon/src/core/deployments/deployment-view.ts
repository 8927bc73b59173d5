import type { Deployment } from '@vastrox/shared/deployment.ts'
import type { AppStore } from '#store/app-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppStore
  releases: ReleaseStore
}

/** A deployment as the API shows it: releases by number, the app by name. */
export function showDeployment({ apps, releases }: Deps, record: DeploymentRecord): Deployment {
  const numberOf = (id: string | null): number | null =>
    id === null ? null : (releases.findForPlatform(id)?.number ?? null)
  return {
    id: record.id,
    app: apps.findByIdForPlatform(record.appId)?.name ?? record.appId,
    number: record.number,
    state: record.state,
    trigger: record.trigger,
    actor: record.actor,
    commit: record.commit,
    release: numberOf(record.releaseId),
    previousRelease: numberOf(record.previousReleaseId),
    reason: record.reason,
    hint: record.hint,
    phases: record.phases,
    createdAt: record.createdAt,
    changedAt: record.changedAt,
  }
}
