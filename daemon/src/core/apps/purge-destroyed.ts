import { systemActor } from '#core/access/system-actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { EnvValues } from '#core/env/env-values.ts'
import type { Clock } from '#ports/clock.ts'
import type { LogArchive } from '#ports/log-archive.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  apps: AppStore
  agent: Pick<NodeAgent, 'removeApp'>
  sourceControl: Pick<SourceControl, 'removeRepository'>
  logs: Pick<LogArchive, 'remove'>
  values: Pick<EnvValues, 'forget'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  onProblem: (what: string, error: unknown) => void
}

const TRASH_MS = 7 * 24 * 60 * 60 * 1_000

/**
 * Removes what has lain in the trash for 7 days: instances, network and images, the repository, the
 * logs, and the rows last, so that a failure on the way leaves something to begin with the next time.
 * Gives the names of the apps that are gone.
 */
export async function purgeDestroyed(deps: Deps): Promise<string[]> {
  const before = new Date(deps.clock.now().getTime() - TRASH_MS).toISOString()
  const purged: string[] = []
  for (const app of deps.apps.listDestroyedBeforeForPlatform(before)) {
    try {
      await purge(deps, app)
      purged.push(app.name)
    } catch (error) {
      // The others must not wait for this one; the next round tries it again.
      deps.onProblem(`${app.name} could not be removed from the trash`, error)
    }
  }
  return purged
}

async function purge(deps: Deps, app: AppRecord): Promise<void> {
  await deps.agent.removeApp(app.id)
  await deps.sourceControl.removeRepository(app.id)
  await deps.logs.remove(app.id)
  deps.transact(() => {
    deps.apps.removeForPlatform(app.id)
    const actor = systemActor(app.teamId)
    deps.audit.append({ actor, action: 'app.purge', target: app.name, details: { id: app.id } })
  })
  deps.values.forget(app.id)
}
