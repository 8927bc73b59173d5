import type { Actor } from '@vastrox/shared/actor.ts'
import { type Backup, CreateBackup, CreateDestination } from '@vastrox/shared/backup.ts'
import { buildContext } from '#adapters/system/build-context.ts'
import type { BackupNews } from '#core/backups/backup-news.ts'
import type { AddonSubject, SubjectContent } from '#core/backups/subjects.ts'
import { cronTimes } from '#jobs/cron-times.ts'
import type { Database } from '#store/database.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'
import { createFakeNodeBackups, type FakeNodeBackups } from '#test/fakes/node-backups.ts'
import { composeBackupParts } from '../src/compose-backup-parts.ts'

interface World {
  app: AppHarness
  node: FakeNodeBackups
  news: BackupNews[]
  /** Attached to every app. */
  addons: AddonSubject[]
}

/** That something is well again is told to alerts alone. */
export const isTrouble = ({ event }: BackupNews): boolean => /\.(failed|overdue)$/.test(event)

interface Options {
  /** What the daemon before left: the same database, the same repositories. */
  world?: World
  crashAt?: string
  /** What a backup of the platform consists of; without it that cannot be backed up. */
  platform?: (backupId: string) => Promise<SubjectContent>
  /** Told of every problem, as alerts are. */
  onProblem?: (what: string, error: unknown) => void
}

/** Backups over the harness of apps and repositories in memory; another one over its world is the next daemon. */
export function createBackupHarness({
  world,
  crashAt,
  platform,
  onProblem = () => {},
}: Options = {}) {
  const app = world?.app ?? createAppHarness()
  const node = world?.node ?? createFakeNodeBackups(() => app.clock.now())
  const news = world?.news ?? []
  const addons = world?.addons ?? []
  const { db, actor, clock, newId, events } = app
  let isDead = false
  const held: string[] = []
  const listeners = new Set<(one: BackupNews) => void>()

  const parts = composeBackupParts({
    db: dyingDatabase(db, () => isDead),
    node: dying(node.node, () => isDead),
    nodeName: 'local',
    host: 'abc123',
    addons: {
      list: ({ teamId }) => addons.filter((addon) => addon.teamId === teamId),
      findForPlatform: (id) => addons.find((addon) => addon.id === id),
      attachedTo: () => addons,
      contentOf: async (id) => ({
        content: {
          type: 'addon',
          addonId: id,
          argv: ['pg_dump', '-Fc'],
          env: {},
          fileName: 'dump.pgc',
          minBytes: 1,
          trailer: 'END$',
        },
        fileName: 'dump.pgc',
        origin: { kind: 'postgresql', version: '15' },
      }),
      countsOf: async (id) => ({ 'public.orders': node.addons.get(id)?.length ?? 0 }),
    },
    platform,
    finder: app.finder,
    sourceArchive: app.sourceArchive,
    buildContext,
    values: app.values,
    hold: async (appId) => {
      if (isDead) return
      held.push(`hold ${appId}`)
      for (const { name } of createInstanceStore(db).listForAppForPlatform(appId))
        db.prepare('DELETE FROM instances WHERE name = ?').run(name)
    },
    release: async (appId) => {
      if (!isDead) held.push(`release ${appId}`)
    },
    times: cronTimes,
    lookEveryMs: 86_400_000,
    secretBox: app.box,
    noteNews(one) {
      if (isTrouble(one)) news.push(one)
      for (const listener of listeners) listener(one)
    },
    onGood: () => {},
    audit: app.audit,
    events,
    clock,
    newId,
    crashPoint(name) {
      if (name !== crashAt) return
      isDead = true
      throw new Error('the daemon was killed')
    },
    onProblem: (what, error) => {
      if (isDead) return
      app.problems.push(`${what}: ${String(error)}`)
      onProblem(what, error)
    },
  })
  parts.start()

  const vault = (name = 'vault', settings: Record<string, string> = { rootId: 'root00000001' }) =>
    CreateDestination.parse({ name, kind: 'local', settings })

  return {
    ...app,
    ...parts,
    node,
    /** Of what went wrong. */
    news,
    /** Of all, that something is well again too. */
    onNews: (listener: (one: BackupNews) => void): void => void listeners.add(listener),
    addons,
    held,
    world: { app, node, news, addons },
    isDead: () => isDead,

    addDestination: (name = 'vault') => parts.destinations.create(actor, vault(name)),

    addAddon(name = 'shop-db', dump = 'rows rows rows END', of: Actor = actor): AddonSubject {
      const addon = { id: newId(), name, teamId: of.teamId, node: 'local' }
      addons.push(addon)
      node.addons.set(addon.id, Buffer.from(dump))
      return addon
    },

    addVolume(appName: string, name: string, files: Record<string, string>): string {
      const of = app.app(appName)
      const id = newId()
      const at = clock.now().toISOString()
      const row = {
        id,
        teamId: of.teamId,
        appId: of.id,
        appName,
        node: 'local',
        name,
        mountPath: `/${name}`,
        processes: null,
        exclusive: false,
        createdAt: at,
        madeAt: at,
        destroyedAt: null,
        purgingAt: null,
      }
      createVolumeStore(db).saveForPlatform(row)
      createVolumeStore(db).setMadeForPlatform(id, at)
      node.volumes.set(
        id,
        new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
      )
      return id
    },

    /** Until nothing is done to it any more. */
    end: (id: string): Promise<Backup> => clock.until(parts.backups.until(actor, id)),

    async backUp(subject: string, wish: Partial<CreateBackup> = {}): Promise<Backup> {
      const { id } = parts.backups.create(actor, subject, CreateBackup.parse(wish))
      return clock.until(parts.backups.until(actor, id))
    },

    list: (subject?: string): Backup[] =>
      parts.backups.list(actor, { limit: 200, cursor: undefined, subject }).items,
  }
}
export type BackupHarness = ReturnType<typeof createBackupHarness>

/** Its writes fail once the daemon is dead, as they would without a process. */
const dyingDatabase = (db: Database, isDead: () => boolean): Database =>
  new Proxy(db, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const given: unknown = Reflect.apply(value, target, args)
        return key === 'prepare' && typeof given === 'object' && given !== null
          ? failing(given, isDead)
          : given
      }
    },
  })

const failing = <Statement extends object>(
  statement: Statement,
  isDead: () => boolean,
): Statement =>
  new Proxy(statement, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (isDead() && key === 'run') throw new Error('the daemon is dead')
        const given: unknown = Reflect.apply(value, target, args)
        return given === target ? failing(target, isDead) : given
      }
    },
  })

/** A port as a daemon that may die sees it. */
function dying<Port extends object>(port: Port, isDead: () => boolean): Port {
  return new Proxy(port, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) =>
        isDead() ? new Promise(() => {}) : Reflect.apply(value, target, args)
    },
  })
}
