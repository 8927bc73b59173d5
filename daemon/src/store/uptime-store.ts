import type { Actor } from '@vastrox/shared/actor.ts'
import { UptimeCheck, UptimeExpect, UptimeMethod } from '@vastrox/shared/uptime.ts'
import { type Database, fromJson } from '#store/database.ts'

export type UptimeState = UptimeCheck['state']

/** What is looked at; what the last look found beyond its state is in memory. */
export interface UptimeRecord {
  id: string
  teamId: string
  /** Of an app's own check. */
  appId: string | null
  name: string
  kind: UptimeCheck['kind']
  /** null: the app's health path. */
  target: string | null
  method: UptimeMethod
  everyMs: number
  timeoutMs: number
  expect: UptimeExpect
  followRedirects: boolean
  isOn: boolean
  state: UptimeState
  since: string | null
  reason: string | null
  createdAt: string
}

/** What a check shows of its app. */
export interface CheckedApp {
  name: string
  healthPath: string | null
}

interface Row {
  id: string
  team_id: string
  app_id: string | null
  name: string
  kind: string
  target: string | null
  method: string
  every_ms: number
  timeout_ms: number
  expect_json: string
  follow_redirects: number
  is_on: number
  state: string
  since: string | null
  reason: string | null
  created_at: string
}

export function createUptimeStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO uptime_checks (id, team_id, app_id, name, kind, target, method, every_ms, timeout_ms,
       expect_json, follow_redirects, is_on, state, since, reason, created_at)
     VALUES (@id, @team_id, @app_id, @name, @kind, @target, @method, @every_ms, @timeout_ms,
       @expect_json, @follow_redirects, @is_on, @state, @since, @reason, @created_at)
     ON CONFLICT (id) DO UPDATE SET name = @name, target = @target, method = @method,
       every_ms = @every_ms, timeout_ms = @timeout_ms, expect_json = @expect_json,
       follow_redirects = @follow_redirects, is_on = @is_on, state = @state, since = @since,
       reason = @reason`,
  )
  const ofTeam = db.prepare<[team: string], Row>(
    'SELECT * FROM uptime_checks WHERE team_id = ? ORDER BY app_id IS NULL, name, id',
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM uptime_checks WHERE id = ?')
  const byApp = db.prepare<[appId: string], Row>('SELECT * FROM uptime_checks WHERE app_id = ?')
  const all = db.prepare<[], Row>('SELECT * FROM uptime_checks ORDER BY id')
  const countOwn = db
    .prepare<[team: string], number>(
      'SELECT count(*) FROM uptime_checks WHERE team_id = ? AND app_id IS NULL',
    )
    .pluck()
  const remove = db.prepare<[id: string]>('DELETE FROM uptime_checks WHERE id = ?')
  const appsWithout = db.prepare<[], { id: string; team_id: string; name: string }>(
    `SELECT id, team_id, name FROM apps WHERE destroyed_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM uptime_checks WHERE app_id = apps.id)`,
  )

  const ofApps = db.prepare<
    [appIdsJson: string],
    { id: string; name: string; own_path: string | null; built_path: string | null }
  >(
    `SELECT apps.id, apps.name, settings_json ->> '$.healthPath' AS own_path,
       config_json ->> '$.healthPath' AS built_path
     FROM json_each(?) AS wanted CROSS JOIN apps ON apps.id = wanted.value
     LEFT JOIN releases ON releases.id = apps.live_release_id
     LEFT JOIN builds ON builds.id = releases.build_id`,
  )

  return {
    /** Of apps first, by name; those behind the one of that id. What is not on the page is not read whole. */
    listPage(actor: Actor, after: string | undefined, limit: number): UptimeRecord[] {
      const rows = ofTeam.all(actor.teamId).filter(visibleTo(actor))
      const from = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1
      return rows.slice(from, from + limit).map(toRecord)
    },
    find: (actor: Actor, id: string): UptimeRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId && visibleTo(actor)(row) ? toRecord(row) : undefined
    },
    /** Those that somebody has added, without those of apps. */
    countAdded: (actor: Actor): number => countOwn.get(actor.teamId) ?? 0,

    listForPlatform: (): UptimeRecord[] => all.all().map(toRecord),
    findForPlatform: (id: string): UptimeRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    findOfAppForPlatform: (appId: string): UptimeRecord | undefined => {
      const row = byApp.get(appId)
      return row && toRecord(row)
    },
    saveForPlatform: (record: UptimeRecord): void => {
      upsert.run(toRow(record))
    },
    /** With its incidents and counts. */
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
    /** By id, apps in the trash too: the name, and the health path of its settings or else of its source. */
    listOfAppsForPlatform: (appIds: readonly string[]): ReadonlyMap<string, CheckedApp> =>
      new Map(
        ofApps
          .all(JSON.stringify(appIds))
          .map(({ id, name, own_path, built_path }) => [
            id,
            { name, healthPath: own_path ?? built_path },
          ]),
      ),
    listAppsWithoutForPlatform: (): { id: string; teamId: string; name: string }[] =>
      appsWithout.all().map(({ id, team_id, name }) => ({ id, teamId: team_id, name })),
  }
}
export type UptimeStore = ReturnType<typeof createUptimeStore>

/** Those that are of no app are for people who see all of the team. */
const visibleTo =
  ({ appIds }: Actor) =>
  ({ app_id }: Row): boolean =>
    appIds === null || (app_id !== null && appIds.has(app_id))

const toRecord = (row: Row): UptimeRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  name: row.name,
  kind: UptimeCheck.shape.kind.parse(row.kind),
  target: row.target,
  method: UptimeMethod.parse(row.method),
  everyMs: row.every_ms,
  timeoutMs: row.timeout_ms,
  expect: row.expect_json === '{}' ? {} : fromJson(UptimeExpect, row.expect_json),
  followRedirects: row.follow_redirects === 1,
  isOn: row.is_on === 1,
  state: UptimeCheck.shape.state.parse(row.state),
  since: row.since,
  reason: row.reason,
  createdAt: row.created_at,
})

const toRow = (record: UptimeRecord): Row => ({
  id: record.id,
  team_id: record.teamId,
  app_id: record.appId,
  name: record.name,
  kind: record.kind,
  target: record.target,
  method: record.method,
  every_ms: record.everyMs,
  timeout_ms: record.timeoutMs,
  expect_json: JSON.stringify(record.expect),
  follow_redirects: record.followRedirects ? 1 : 0,
  is_on: record.isOn ? 1 : 0,
  state: record.state,
  since: record.since,
  reason: record.reason,
  created_at: record.createdAt,
})
