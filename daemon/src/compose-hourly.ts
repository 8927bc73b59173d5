import type { AccessService } from '#core/access/access-service.ts'
import type { PurgeApp } from '#core/apps/purge-app.ts'
import type { LogArchive } from '#ports/log-archive.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { AddonStore } from '#store/addon-store.ts'
import type { AppStore } from '#store/app-store.ts'

interface Deps {
  purgeApp: Pick<PurgeApp, 'finishPurges'>
  takeDownDestroyed: () => Promise<unknown>
  uploads: { tidy: () => Promise<unknown> }
  apps: Pick<AppStore, 'listForPlatform'>
  sourceControl: Pick<SourceControl, 'tidy'>
  logs: Pick<LogArchive, 'keepWithinLimits'>
  addons: Pick<AddonStore, 'listForPlatform'>
  anchors: { add: () => Promise<unknown> }
  tokens: Pick<AccessService['tokens'], 'remind'>
  baseDomain: { tend: () => Promise<unknown> }
  renewCertificates: () => Promise<unknown>
  backups: { hourly: () => Promise<unknown> }
  drills: { queueWeekly: () => Promise<unknown> }
  stackImages: { refreshWhenDue: () => Promise<unknown> }
  keyRing: { ids: () => readonly unknown[] }
  keyRotation: { start: () => unknown }
  onProblem: (what: string, error: unknown) => void
}

/**
 * What the daemon does every hour besides what deployments need. Nothing here takes away what somebody
 * has not asked to be gone: core/nodes/thirty-days.test.ts lets a month of it pass (rule B10).
 */
export const hourlyTasks = (
  deps: Deps,
): readonly { name: string; run: () => Promise<unknown> }[] => [
  { name: 'finishing to purge apps', run: () => deps.purgeApp.finishPurges() },
  { name: 'finishing to destroy', run: () => deps.takeDownDestroyed() },
  { name: 'removing uploads of apps that are gone', run: () => deps.uploads.tidy() },
  {
    name: 'packing repositories',
    run: async () => {
      for (const { id, name } of deps.apps.listForPlatform())
        await deps.sourceControl
          .tidy(id)
          .catch((error: unknown) =>
            deps.onProblem(`packing the repository of ${name} failed`, error),
          )
    },
  },
  {
    // Of those that print no more; of the others they go as new ones come.
    name: 'letting go of log lines that are older than they are kept',
    run: async () => {
      const addons = deps.addons.listForPlatform().filter(({ destroyedAt }) => destroyedAt === null)
      for (const { id, name } of [...deps.apps.listForPlatform(), ...addons])
        await deps.logs
          .keepWithinLimits(id)
          .catch((error: unknown) => deps.onProblem(`the log of ${name} is kept too long`, error))
    },
  },
  { name: 'signing the end of the audit log', run: () => deps.anchors.add() },
  { name: 'reminding of tokens that end', run: async () => deps.tokens.remind() },
  { name: 'letting names from before end', run: () => deps.baseDomain.tend() },
  { name: 'renewing certificates', run: () => deps.renewCertificates() },
  { name: 'checking where backups are', run: () => deps.backups.hourly() },
  { name: 'asking for weekly drills', run: () => deps.drills.queueWeekly() },
  { name: 'refreshing the stack images', run: () => deps.stackImages.refreshWhenDue() },
  // Where a full disk or the like has ended it, it goes on.
  {
    name: 'sealing with the newest master key',
    run: async () => {
      if (deps.keyRing.ids().length > 1) deps.keyRotation.start()
    },
  },
]
