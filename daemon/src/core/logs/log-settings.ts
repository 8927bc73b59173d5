import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { ChangeLogSettings, LogSettings, LogSettingsView } from '@vastrox/shared/log.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import type { Clock } from '#ports/clock.ts'
import type { LogArchive } from '#ports/log-archive.ts'
import type { Transact } from '#store/database.ts'
import type { LogSettingsStore } from '#store/log-settings-store.ts'

interface Deps {
  finder: AppFinder
  store: LogSettingsStore
  archive: Pick<LogArchive, 'use' | 'keepWithinLimits'>
  logs: Pick<AppLogs, 'droppedOf' | 'settle'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  onChange?: (appId: string) => void
}

/** Of an app that nothing else was said of. 100 MB compressed are about a gigabyte as it was printed. */
export const DEFAULT_LOG_SETTINGS: LogSettings = {
  keepDays: 30,
  keepBytes: 100 * 2 ** 20,
  linesPerSecond: 10_000,
}

/** How long lines of an app are kept, how many, and how fast it may print them. */
export function createLogSettings({
  finder,
  store,
  archive,
  logs,
  audit,
  clock,
  transact,
  onChange = () => {},
}: Deps) {
  const settingsOf = (appId: string): LogSettings =>
    store.findForPlatform(appId) ?? DEFAULT_LOG_SETTINGS

  async function view(appId: string): Promise<LogSettingsView> {
    await logs.settle(appId)
    return {
      ...settingsOf(appId),
      ...(await archive.use(appId)),
      droppedLines: logs.droppedOf(appId),
    }
  }

  return {
    settingsOf,

    async get(actor: Actor, name: string): Promise<LogSettingsView> {
      const app = finder.find(actor, name)
      mustBeAble(actor, 'logs.read', app.id)
      return view(app.id)
    },

    /**
     * Holds at once, also for what is there: that is more or older goes. What takes more of the node than
     * every app has is said by those who look after the node.
     */
    async change(actor: Actor, name: string, change: ChangeLogSettings): Promise<LogSettingsView> {
      const app = finder.find(actor, name)
      mustBeAble(actor, 'app.change', app.id)
      const before = settingsOf(app.id)
      const settings = {
        keepDays: change.keepDays ?? before.keepDays,
        keepBytes: change.keepBytes ?? before.keepBytes,
        linesPerSecond: change.linesPerSecond ?? before.linesPerSecond,
      }
      if (grows(before, settings)) mustBeAble(actor, 'node.change', app.id)
      transact(() => {
        const { id: appId, teamId } = app
        store.saveForPlatform({ appId, teamId }, settings, clock.now().toISOString())
        audit.append({ actor, action: 'log.keep', target: app.name, details: settings })
      })
      onChange(app.id)
      await archive.keepWithinLimits(app.id)
      return view(app.id)
    },
  }
}
export type LogSettingsService = ReturnType<typeof createLogSettings>

const grows = (before: LogSettings, after: LogSettings): boolean =>
  after.keepBytes > Math.max(before.keepBytes, DEFAULT_LOG_SETTINGS.keepBytes) ||
  after.linesPerSecond > Math.max(before.linesPerSecond, DEFAULT_LOG_SETTINGS.linesPerSecond)
