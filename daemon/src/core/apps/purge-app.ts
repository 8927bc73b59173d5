import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { purgeableAt } from '@vastrox/shared/trash.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { EnvValues } from '#core/env/env-values.ts'
import type { Clock } from '#ports/clock.ts'
import type { LogArchive } from '#ports/log-archive.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { VolumeStore } from '#store/volume-store.ts'

interface Deps {
  apps: AppStore
  volumes: Pick<VolumeStore, 'listForAppForPlatform' | 'saveForPlatform'>
  agent: Pick<NodeAgent, 'removeApp'>
  sourceControl: Pick<SourceControl, 'removeRepository'>
  logs: Pick<LogArchive, 'remove'>
  values: Pick<EnvValues, 'forget'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/**
 * The end of an app in the trash, which somebody asks for by its name: an app is its repository,
 * uploads, env and domains, and those are data (promise 5, rule B10). No clock and no sweeper does it.
 */
export function createPurgeApp(deps: Deps) {
  const { apps, clock, transact } = deps

  /** The rows last, so that a failure on the way leaves something to begin with the next time. */
  async function finish(app: AppRecord): Promise<void> {
    await deps.agent.removeApp(app.id)
    await deps.sourceControl.removeRepository(app.id)
    await deps.logs.remove(app.id)
    transact(() => apps.removeForPlatform(app.id))
    deps.values.forget(app.id)
  }

  return {
    /**
     * Removes instances, images, repository, uploads, logs, env and every row. Its volumes stay: they
     * are in the trash on their own from then on, for 7 days and until each is purged by its name.
     * Throws APP_IN_TRASH before its 7 days are over, CONFIRMATION_WRONG unless its name is given
     * once more. The wish is written down first (rule K3).
     */
    async purge(actor: Actor, id: string, confirm: string): Promise<void> {
      const app = apps.listDestroyed(actor).find((one) => one.id === id)
      if (!app) throw new CodedError('APP_NOT_IN_TRASH', { id })
      mustBeAble(actor, 'app.destroy', app.id)
      if (confirm !== app.name) throw new CodedError('CONFIRMATION_WRONG')
      const until = purgeableAt(app.destroyedAt ?? app.createdAt)
      if (clock.now() < until)
        throw new CodedError('APP_IN_TRASH', { purgeableAt: until.toISOString() })
      const at = clock.now().toISOString()
      if (!apps.isPurgingForPlatform(id))
        transact(() => {
          apps.markPurging(actor, id, at)
          for (const volume of deps.volumes.listForAppForPlatform(id))
            deps.volumes.saveForPlatform({ ...volume, destroyedAt: at })
          deps.audit.append({ actor, action: 'app.purge', target: app.name, details: { id } })
        })
      deps.crashPoint('app.purging')
      await finish(app)
    },

    /** What broke off after somebody had asked for it; gives the names of those that are gone now. */
    async finishPurges(): Promise<string[]> {
      const gone: string[] = []
      for (const app of apps.listPurgingForPlatform()) {
        try {
          await finish(app)
          gone.push(app.name)
        } catch (error) {
          // The others must not wait for this one; the next round tries it again.
          deps.onProblem(`${app.name} could not be removed from the trash`, error)
        }
      }
      return gone
    },
  }
}
export type PurgeApp = ReturnType<typeof createPurgeApp>
