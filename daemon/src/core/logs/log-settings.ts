import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { ChangeLogSettings, LogSettings, LogSettingsView } from '@vastrox/shared/log.ts'
import type { Permission } from '@vastrox/shared/permissions.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import type { Clock } from '#ports/clock.ts'
import type { LogArchive } from '#ports/log-archive.ts'
import type { Transact } from '#store/database.ts'
import type { LogSettingsStore } from '#store/log-settings-store.ts'

interface Owner {
  id: string
  teamId: string
  name: string
}

/** Whose logs they are, and who may see and say how they are kept. */
export interface LogOwners {
  /** Throws where there is none of that name that the actor sees, or it may not be read. */
  read: (actor: Actor, name: string) => Owner
  /** The same, where it may be changed. */
  change: (actor: Actor, name: string) => Owner
  /** Throws where the actor does not look after the node. */
  mustGrow: (actor: Actor, owner: Owner) => void
  action: string
}

interface Deps {
  owners: LogOwners
  store: LogSettingsStore
  archive: Pick<LogArchive, 'use' | 'keepWithinLimits'>
  logs: Pick<AppLogs, 'droppedOf' | 'settle'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  onChange?: (id: string) => void
}

/** Of an app that nothing else was said of. 100 MB compressed are about a gigabyte as it was printed. */
export const DEFAULT_LOG_SETTINGS: LogSettings = {
  keepDays: 30,
  keepBytes: 100 * 2 ** 20,
  linesPerSecond: 10_000,
}

/** The logs of apps. */
const ofApps = (finder: AppFinder): LogOwners => {
  const found = (actor: Actor, name: string, permission: Permission): Owner => {
    const app = finder.find(actor, name)
    mustBeAble(actor, permission, app.id)
    return app
  }
  return {
    read: (actor, name) => found(actor, name, 'logs.read'),
    change: (actor, name) => found(actor, name, 'app.change'),
    mustGrow: (actor, { id }) => mustBeAble(actor, 'node.change', id),
    action: 'log.keep',
  }
}

/** How long lines of an app are kept, how many, and how fast it may print them. */
export const createLogSettings = ({
  finder,
  ...deps
}: Omit<Deps, 'owners'> & { finder: AppFinder }) =>
  createKeptSettings({ ...deps, owners: ofApps(finder) })

/** The same of whoever prints. */
export function createKeptSettings({
  owners,
  store,
  archive,
  logs,
  audit,
  clock,
  transact,
  onChange = () => {},
}: Deps) {
  const settingsOf = (id: string): LogSettings => store.findForPlatform(id) ?? DEFAULT_LOG_SETTINGS

  async function view(id: string): Promise<LogSettingsView> {
    await logs.settle(id)
    return {
      ...settingsOf(id),
      ...(await archive.use(id)),
      droppedLines: logs.droppedOf(id),
    }
  }

  return {
    settingsOf,

    async get(actor: Actor, name: string): Promise<LogSettingsView> {
      return view(owners.read(actor, name).id)
    },

    /**
     * Holds at once, also for what is there: what is more or older goes. What takes more of the node than
     * everybody has is said by those who look after the node.
     */
    async change(actor: Actor, name: string, change: ChangeLogSettings): Promise<LogSettingsView> {
      const owner = owners.change(actor, name)
      const before = settingsOf(owner.id)
      const settings = {
        keepDays: change.keepDays ?? before.keepDays,
        keepBytes: change.keepBytes ?? before.keepBytes,
        linesPerSecond: change.linesPerSecond ?? before.linesPerSecond,
      }
      if (grows(before, settings)) owners.mustGrow(actor, owner)
      transact(() => {
        store.saveForPlatform(owner, settings, clock.now().toISOString())
        audit.append({ actor, action: owners.action, target: owner.name, details: settings })
      })
      onChange(owner.id)
      await archive.keepWithinLimits(owner.id)
      return view(owner.id)
    },
  }
}
export type LogSettingsService = ReturnType<typeof createKeptSettings>

const grows = (before: LogSettings, after: LogSettings): boolean =>
  after.keepBytes > Math.max(before.keepBytes, DEFAULT_LOG_SETTINGS.keepBytes) ||
  after.linesPerSecond > Math.max(before.linesPerSecond, DEFAULT_LOG_SETTINGS.linesPerSecond)
