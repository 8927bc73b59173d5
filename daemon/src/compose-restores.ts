import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { EnvService } from '#core/env/env-service.ts'
import type { BuildContext } from '#ports/build-context.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import { createDrillStore } from '#store/drill-store.ts'
import { createRestoreStore } from '#store/restore-store.ts'
import type { BackupParts } from './compose-backup-parts.ts'
import type { WayBackDeps, WayBackParts } from './compose-way-back.ts'

type Elsewhere =
  | 'servers'
  | 'backups'
  | 'addons'
  | 'deployments'
  | 'contents'
  | 'turns'
  | 'noteDrill'

export interface RestoresDeps extends Omit<WayBackDeps, Elsewhere> {
  addons: OpenAddons
  backups: () => Promise<BackupParts>
  nodeAddons: WayBackDeps['addons']
  node: Pick<NodeBackups, 'restore' | 'importContent' | 'read'>
  deployments: Pick<
    DeploymentService,
    'request' | 'requestUpload' | 'requestImage' | 'untilSwitched'
  >
  env: Pick<EnvService, 'putBack'>
  sourceArchive: Pick<SourceArchive, 'put' | 'remove'>
  buildContext: BuildContext
}

/** The door to drills, restores and imports: what lies behind it is loaded when it is first needed. */
export function composeRestores(given: RestoresDeps) {
  const drills = createDrillStore(given.db)
  const restores = createRestoreStore(given.db)
  let loading: Promise<WayBackParts> | undefined

  async function loadParts(): Promise<WayBackParts> {
    const [{ composeWayBackParts }, addons, backups] = await Promise.all([
      import('./compose-way-back-parts.ts'),
      given.addons(),
      given.backups(),
    ])
    const parts = composeWayBackParts(given, addons, backups)
    parts.start()
    return parts
  }
  const load = (): Promise<WayBackParts> => (loading ??= loadParts())

  return {
    load,

    /** Takes up what the daemon before left; where there is nothing, nothing is loaded. */
    start(): void {
      if (!drills.isAnyOpenForPlatform() && !restores.isAnyOpenForPlatform()) return
      load().catch((error: unknown) =>
        given.onProblem('drills and restores could not be taken up', error),
      )
    },

    /** A backup is done: it is to be proven. */
    afterBackup(backupId: string): void {
      load()
        .then((parts) => parts.drills.afterBackup(backupId))
        .catch((error: unknown) => given.onProblem('a drill could not be asked for', error))
    },

    /** Each week, where there are backups. */
    queueWeekly: async (): Promise<number> => (await load()).queueWeekly(),

    async stop(): Promise<void> {
      await (await loading)?.stop()
    },
  }
}
export type RestoresDoor = ReturnType<typeof composeRestores>
