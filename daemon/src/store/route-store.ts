import { z } from 'zod'
import type { Database } from '#store/database.ts'

export const RouteRecordState = z.enum(['serving', 'starting', 'stopped', 'held', 'asleep'])
export type RouteRecordState = z.infer<typeof RouteRecordState>

/** host + path prefix → a process's instances. */
export interface RouteRecord {
  id: string
  teamId: string
  appId: string
  host: string
  pathPrefix: string
  process: string
  state: RouteRecordState
}

interface RouteRow {
  id: string
  team_id: string
  app_id: string
  host: string
  path_prefix: string
  process: string
  state: string
}

/**
 * The rows that the proxy's snapshot is made of; only the platform reads them. A place that goes to
 * another app gets a new id: what the proxy keeps by the old one is the former app's (decision 137).
 */
export function createRouteStore(db: Database) {
  const upsert = db.prepare<RouteRow>(
    `INSERT INTO routes (id, team_id, app_id, host, path_prefix, process, state)
     VALUES (@id, @team_id, @app_id, @host, @path_prefix, @process, @state)
     ON CONFLICT (host, path_prefix) DO UPDATE SET
       id = CASE WHEN app_id = @app_id THEN id ELSE @id END,
       app_id = @app_id, team_id = @team_id, process = @process, state = @state`,
  )
  const all = db.prepare<[], RouteRow>('SELECT * FROM routes ORDER BY host, path_prefix')
  const ofApp = db.prepare<[appId: string], RouteRow>(
    'SELECT * FROM routes WHERE app_id = ? ORDER BY host, path_prefix',
  )
  const setState = db.prepare<[state: string, appId: string]>(
    'UPDATE routes SET state = ? WHERE app_id = ?',
  )
  const remove = db.prepare<[id: string]>('DELETE FROM routes WHERE id = ?')
  const removeOfApp = db.prepare<[appId: string]>('DELETE FROM routes WHERE app_id = ?')
  const domains = db
    .prepare<[appId: string], string>(
      'SELECT host FROM domains WHERE app_id = ? AND served_since IS NOT NULL ORDER BY host',
    )
    .pluck()
  const claimedByOther = db
    .prepare<[host: string, appId: string], number>(
      `SELECT count(*) FROM domains JOIN apps ON apps.id = domains.app_id
       WHERE host = ? AND app_id <> ? AND served_since IS NOT NULL AND apps.destroyed_at IS NULL`,
    )
    .pluck()
  const redirects = db.prepare<[], { host: string; redirect_to: string }>(
    `SELECT host, redirect_to FROM domains
     WHERE redirect_to IS NOT NULL AND served_since IS NOT NULL`,
  )

  return {
    saveForPlatform: (route: RouteRecord): void => {
      upsert.run(toRow(route))
    },
    listForPlatform: (): RouteRecord[] => all.all().map(toRoute),
    listForAppForPlatform: (appId: string): RouteRecord[] => ofApp.all(appId).map(toRoute),
    setStateForPlatform: (appId: string, state: RouteRecordState): void => {
      setState.run(state, appId)
    },
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
    removeForAppForPlatform: (appId: string): void => {
      removeOfApp.run(appId)
    },
    /** Hosts that the app has claimed besides its own. */
    listDomainsForPlatform: (appId: string): string[] => domains.all(appId),
    isClaimedByOtherForPlatform: (host: string, appId: string): boolean =>
      (claimedByOther.get(host, appId) ?? 0) > 0,
    /** host → the domain that its visitors are sent on to. */
    listRedirectsForPlatform: (): ReadonlyMap<string, string> =>
      new Map(redirects.all().map((row) => [row.host, row.redirect_to])),
  }
}
export type RouteStore = ReturnType<typeof createRouteStore>

const toRoute = (row: RouteRow): RouteRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  host: row.host,
  pathPrefix: row.path_prefix,
  process: row.process,
  state: RouteRecordState.parse(row.state),
})

const toRow = (route: RouteRecord): RouteRow => ({
  id: route.id,
  team_id: route.teamId,
  app_id: route.appId,
  host: route.host,
  path_prefix: route.pathPrefix,
  process: route.process,
  state: route.state,
})
