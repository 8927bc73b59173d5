import type { Actor } from '@vastrox/shared/actor.ts'
import { AppSettings, DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { OwnLimits, Scale } from '@vastrox/shared/process.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

/** An app as its row says; what it is doing is worked out in core/apps/app-state.ts. */
export interface AppRecord {
  id: string
  teamId: string
  name: string
  /** null until the first build detects one. */
  stack: string | null
  settings: AppSettings
  /** Instances of each process; a process that is not named runs as its kind says. */
  scale: Record<string, number>
  /** Limits that are said for one process alone. */
  processLimits: Record<string, OwnLimits>
  /** False once the user has stopped it. */
  wanted: boolean
  liveReleaseId: string | null
  createdAt: string
  /** In the trash since. */
  destroyedAt: string | null
}

interface AppRow {
  id: string
  team_id: string
  name: string
  stack: string | null
  settings_json: string
  scale_json: string
  process_settings_json: string
  wanted: number
  live_release_id: string | null
  created_at: string
  destroyed_at: string | null
}

type Counter = 'next_deployment' | 'next_release' | 'next_run'

/** Methods that take an actor see only the apps of its team that it is not kept from. */
export function createAppStore(db: Database) {
  const insert = db.prepare<AppRow>(
    `INSERT INTO apps (id, team_id, name, stack, settings_json, scale_json, process_settings_json, wanted, live_release_id, created_at, destroyed_at)
     VALUES (@id, @team_id, @name, @stack, @settings_json, @scale_json, @process_settings_json, @wanted, @live_release_id, @created_at, @destroyed_at)`,
  )
  const byName = db.prepare<[name: string, team: string], AppRow>(
    'SELECT * FROM apps WHERE name = ? AND team_id = ? AND destroyed_at IS NULL',
  )
  const byId = db.prepare<[id: string], AppRow>('SELECT * FROM apps WHERE id = ?')
  const nameTaken = db
    .prepare<[name: string]>('SELECT 1 FROM apps WHERE name = ? AND destroyed_at IS NULL')
    .pluck()
  const ofTeam = db.prepare<[team: string], AppRow>(
    'SELECT * FROM apps WHERE team_id = ? AND destroyed_at IS NULL ORDER BY name',
  )
  const trashOfTeam = db.prepare<[team: string], AppRow>(
    'SELECT * FROM apps WHERE team_id = ? AND destroyed_at IS NOT NULL ORDER BY destroyed_at DESC',
  )
  const all = db.prepare<[], AppRow>('SELECT * FROM apps WHERE destroyed_at IS NULL ORDER BY name')
  const namesOfTeam = db.prepare<[team: string], { id: string; name: string }>(
    'SELECT id, name FROM apps WHERE team_id = ? AND destroyed_at IS NULL ORDER BY name',
  )
  const names = db.prepare<[], { id: string; name: string }>(
    'SELECT id, name FROM apps WHERE destroyed_at IS NULL ORDER BY name',
  )
  const owners = db.prepare<[], Pick<AppRow, 'id' | 'team_id' | 'name' | 'destroyed_at'>>(
    'SELECT id, team_id, name, destroyed_at FROM apps ORDER BY name',
  )
  const mayingSleep = db.prepare<[], AppRow>(
    `SELECT * FROM apps WHERE destroyed_at IS NULL
       AND json_extract(settings_json, '$.sleepAfterMs') IS NOT NULL ORDER BY name`,
  )
  const byNameAlone = db.prepare<[name: string], AppRow>(
    'SELECT * FROM apps WHERE name = ? AND destroyed_at IS NULL',
  )
  const destroyedBefore = db.prepare<[at: string], AppRow>(
    'SELECT * FROM apps WHERE destroyed_at < ? ORDER BY destroyed_at',
  )
  const update = {
    settings: db.prepare('UPDATE apps SET settings_json = ? WHERE id = ? AND team_id = ?'),
    scale: db.prepare('UPDATE apps SET scale_json = ?, scale_of_source_json = ? WHERE id = ?'),
    processes: db.prepare('UPDATE apps SET process_settings_json = ? WHERE id = ? AND team_id = ?'),
    wanted: db.prepare('UPDATE apps SET wanted = ? WHERE id = ?'),
    stack: db.prepare('UPDATE apps SET stack = ? WHERE id = ?'),
    live: db.prepare('UPDATE apps SET live_release_id = ? WHERE id = ?'),
    destroyed: db.prepare('UPDATE apps SET destroyed_at = ? WHERE id = ? AND team_id = ?'),
  }
  const scaleOfSource = db
    .prepare<[id: string], string>('SELECT scale_of_source_json FROM apps WHERE id = ?')
    .pluck()
  const purging = {
    mark: db.prepare(
      'UPDATE apps SET purging_at = ? WHERE id = ? AND team_id = ? AND destroyed_at IS NOT NULL',
    ),
    of: db.prepare<[id: string], string | null>('SELECT purging_at FROM apps WHERE id = ?').pluck(),
    all: db.prepare<[], AppRow>(
      `SELECT * FROM apps WHERE purging_at IS NOT NULL AND destroyed_at IS NOT NULL
         ORDER BY purging_at LIMIT 1000`,
    ),
  }
  const remove = db.prepare('DELETE FROM apps WHERE id = ? AND destroyed_at IS NOT NULL')
  const take = {
    next_deployment: db
      .prepare<[id: string], number>(
        'UPDATE apps SET next_deployment = next_deployment + 1 WHERE id = ? RETURNING next_deployment - 1',
      )
      .pluck(),
    next_release: db
      .prepare<[id: string], number>(
        'UPDATE apps SET next_release = next_release + 1 WHERE id = ? RETURNING next_release - 1',
      )
      .pluck(),
    next_run: db
      .prepare<[id: string], number>(
        'UPDATE apps SET next_run = next_run + 1 WHERE id = ? RETURNING next_run - 1',
      )
      .pluck(),
  }
  const takeNumber = (counter: Counter, appId: string): number => {
    const taken = take[counter].get(appId)
    if (taken === undefined) throw new Error(`there is no app ${appId}`)
    return taken
  }

  return {
    insert: (app: AppRecord): void => {
      insert.run(toRow(app))
    },
    findByName: (actor: Actor, name: string): AppRecord | undefined =>
      visible(actor, byName.get(name, actor.teamId)),
    /** Apps in the trash are found by id too. */
    findById: (actor: Actor, id: string): AppRecord | undefined => visible(actor, byId.get(id)),
    list: (actor: Actor): AppRecord[] =>
      ofTeam.all(actor.teamId).flatMap((row) => visible(actor, row) ?? []),
    /** By name, where nothing more of them is asked. */
    listNames: (actor: Actor): { id: string; name: string }[] =>
      namesOfTeam.all(actor.teamId).filter(({ id }) => isGranted(actor, id)),
    /** By name, those behind `after`. What is not on the page is not read whole. */
    listPage: (actor: Actor, after: string | undefined, limit: number): AppRecord[] =>
      ofTeam
        .all(actor.teamId)
        .filter(({ id, name }) => (after === undefined || name > after) && isGranted(actor, id))
        .slice(0, limit)
        .map(toApp),
    listDestroyed: (actor: Actor): AppRecord[] =>
      trashOfTeam.all(actor.teamId).flatMap((row) => visible(actor, row) ?? []),
    saveSettings: (actor: Actor, id: string, settings: AppSettings): void => {
      update.settings.run(JSON.stringify(settings), id, actor.teamId)
    },
    saveProcessLimits: (actor: Actor, id: string, limits: AppRecord['processLimits']): void => {
      update.processes.run(JSON.stringify(limits), id, actor.teamId)
    },
    /** null takes it out of the trash again. */
    markDestroyed: (actor: Actor, id: string, at: string | null): void => {
      update.destroyed.run(at, id, actor.teamId)
    },

    /** From then on nothing brings it back. Only of one in the trash. */
    markPurging: (actor: Actor, id: string, at: string): void => {
      purging.mark.run(at, id, actor.teamId)
    },

    isPurgingForPlatform: (id: string): boolean => (purging.of.get(id) ?? null) !== null,
    /** Those whose end was asked for, by whom the audit log tells. */
    listPurgingForPlatform: (): AppRecord[] => purging.all.all().map(toApp),
    /** Names are unique over all teams: they are host names. */
    isNameTakenForPlatform: (name: string): boolean => nameTaken.get(name) !== undefined,
    /** `ofSource` names the processes whose scale nobody but the source has said. */
    saveScaleForPlatform: (
      id: string,
      scale: Record<string, number>,
      ofSource: readonly string[],
    ): void => {
      update.scale.run(JSON.stringify(scale), JSON.stringify(ofSource), id)
    },
    scaleOfSourceForPlatform: (id: string): string[] =>
      fromJson(ProcessNames, scaleOfSource.get(id) ?? '[]'),
    saveWantedForPlatform: (id: string, wanted: boolean): void => {
      update.wanted.run(wanted ? 1 : 0, id)
    },
    saveStackForPlatform: (id: string, stack: string): void => {
      update.stack.run(stack, id)
    },
    setLiveReleaseForPlatform: (appId: string, releaseId: string | null): void => {
      update.live.run(releaseId, appId)
    },
    takeDeploymentNumberForPlatform: (appId: string): number =>
      takeNumber('next_deployment', appId),
    takeReleaseNumberForPlatform: (appId: string): number => takeNumber('next_release', appId),
    takeRunNumberForPlatform: (appId: string): number => takeNumber('next_run', appId),
    /** Apps in the trash too. */
    findByIdForPlatform: (id: string): AppRecord | undefined => {
      const row = byId.get(id)
      return row && toApp(row)
    },
    /** Without those in the trash. */
    /** Cheap: for what looks every few seconds. */
    /** Those in the trash too. */
    listOwnersForPlatform: (): Pick<AppRecord, 'id' | 'teamId' | 'name' | 'destroyedAt'>[] =>
      owners.all().map(({ id, team_id, name, destroyed_at }) => ({
        id,
        teamId: team_id,
        name,
        destroyedAt: destroyed_at,
      })),
    listNamesForPlatform: (): { id: string; name: string }[] => names.all(),
    listForPlatform: (): AppRecord[] => all.all().map(toApp),
    /** Those that are put to sleep after a while without visitors. */
    listMayingSleepForPlatform: (): AppRecord[] => mayingSleep.all().map(toApp),
    /** Names are unique over all teams. */
    findByNameForPlatform: (name: string): AppRecord | undefined => {
      const row = byNameAlone.get(name)
      return row && toApp(row)
    },
    listDestroyedBeforeForPlatform: (at: string): AppRecord[] => destroyedBefore.all(at).map(toApp),
    /** The row and, by cascade, every row of the app's. Only for one in the trash. */
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
  }
}
export type AppStore = ReturnType<typeof createAppStore>

function visible(actor: Actor, row: AppRow | undefined): AppRecord | undefined {
  if (row === undefined || row.team_id !== actor.teamId) return undefined
  if (!isGranted(actor, row.id)) return undefined
  return toApp(row)
}

const isGranted = ({ appIds }: Actor, id: string): boolean => appIds === null || appIds.has(id)

const ProcessNames = z.array(z.string())
const ProcessSettings = z.record(z.string(), OwnLimits)

/** Settings that were added since the row was written get their defaults. */
const Settings = { parse: (value: unknown) => AppSettings.parse(withDefaults(value)) }
const Stored = z.looseObject({ build: z.looseObject({}).optional() })
const withDefaults = (value: unknown): unknown => {
  const stored = Stored.parse(value)
  const build = { ...DEFAULT_APP_SETTINGS.build, ...stored.build }
  return { ...DEFAULT_APP_SETTINGS, ...stored, build }
}

const toApp = (row: AppRow): AppRecord => ({
  id: row.id,
  teamId: row.team_id,
  name: row.name,
  stack: row.stack,
  settings: fromJson(Settings, row.settings_json),
  scale: fromJson(Scale, row.scale_json),
  processLimits: fromJson(ProcessSettings, row.process_settings_json),
  wanted: row.wanted === 1,
  liveReleaseId: row.live_release_id,
  createdAt: row.created_at,
  destroyedAt: row.destroyed_at,
})

const toRow = (app: AppRecord): AppRow => ({
  id: app.id,
  team_id: app.teamId,
  name: app.name,
  stack: app.stack,
  settings_json: JSON.stringify(app.settings),
  scale_json: JSON.stringify(app.scale),
  process_settings_json: JSON.stringify(app.processLimits),
  wanted: app.wanted ? 1 : 0,
  live_release_id: app.liveReleaseId,
  created_at: app.createdAt,
  destroyed_at: app.destroyedAt,
})
