import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import { createEnvDeployments } from '#core/env/env-deployments.ts'
import { createEnvGroupService } from '#core/env/env-group-service.ts'
import { createEnvHistory } from '#core/env/env-history.ts'
import { createEnvService } from '#core/env/env-service.ts'
import { createEnvValues } from '#core/env/env-values.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import { createAddonAttachmentStore } from '#store/addon-attachment-store.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { createAppSecretStore } from '#store/app-secret-store.ts'
import { createAppStore } from '#store/app-store.ts'
import { createBuildStore } from '#store/build-store.ts'
import type { Database, Transact } from '#store/database.ts'
import { createEnvChangeStore } from '#store/env-change-store.ts'
import { createEnvGroupStore } from '#store/env-group-store.ts'
import { createEnvStore } from '#store/env-store.ts'
import { createReleaseStore } from '#store/release-store.ts'

interface Deps {
  db: Database
  box: SecretBox
  clock: Clock
  newId: NewId
  /** What `${{ platform.NAME }}` stands for in an app's env. */
  platformOf: (appId: string) => Readonly<Record<string, string>>
}

interface ServiceDeps {
  finder: AppFinder
  deployments: DeploymentService
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  transact: Transact
}

/** Env variables: their values come before what deploys them, their services after it. */
export function composeEnv({ db, box, clock, newId, platformOf }: Deps) {
  const env = createEnvStore(db)
  const groups = createEnvGroupStore(db)
  const releases = createReleaseStore(db)
  const attachments = createAddonAttachmentStore(db)
  const values = createEnvValues({
    env,
    groups,
    attachments,
    appSecrets: createAppSecretStore(db),
    box,
    sourcesOf: (appId) => ({
      platform: ([name = '', ...more]) => {
        const known = platformOf(appId)
        return more.length === 0 && Object.hasOwn(known, name) ? known[name] : undefined
      },
    }),
  })
  const history = createEnvHistory({ changes: createEnvChangeStore(db), box, clock, newId })

  return {
    values,
    history,

    services(given: ServiceDeps) {
      const deploying = createEnvDeployments({
        values,
        deployments: given.deployments,
        builds: createBuildStore(db),
        events: given.events,
      })
      const shared = { ...given, groups, values, history, deploying, clock, newId }
      return {
        env: createEnvService({
          ...shared,
          apps: given.finder,
          env,
          releases,
          box,
          attachments,
          addons: createAddonStore(db),
        }),
        /** For add-ons: what follows where an app's env is another. */
        deploying,
        groups: createEnvGroupService({ ...shared, apps: createAppStore(db) }),
      }
    },
  }
}
