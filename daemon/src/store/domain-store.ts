import type { Actor } from '@vastrox/shared/actor.ts'
import { DomainCheck } from '@vastrox/shared/domain.ts'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** A host name that an app has claimed. */
export interface DomainRecord {
  id: string
  teamId: string
  appId: string
  host: string
  /** The part that can be bought: `example.co.uk`. */
  registrable: string
  /** Another domain of the same app. */
  redirectTo: string | null
  isPrimary: boolean
  /** null: its proof is waited for, and the proxy does not know it. */
  servedSince: string | null
  provenAt: string | null
  /** What its TXT record must say; null where no proof is asked for. */
  proof: string | null
  check: DomainCheck | null
  nextCheckAt: string | null
  /** It does not lead here, since then. */
  waitingSince: string | null
  createdAt: string
}

interface DomainRow {
  id: string
  team_id: string
  app_id: string
  host: string
  registrable: string
  redirect_to: string | null
  is_primary: number
  served_since: string | null
  proven_at: string | null
  proof: string | null
  check_json: string | null
  next_check_at: string | null
  waiting_since: string | null
  created_at: string
}

/** A domain is looked at once a day or so. */
const LONGEST_WAIT_MS = 2 * 86_400_000
/** Whoever does not lead here for so long is looked at no more by itself. */
export const GIVEN_UP_AFTER_MS = 30 * 86_400_000
/** Clocks are set by seconds all the time. */
const SKEW_MS = 60_000

interface Due {
  at: string
  never: string
  ahead: string
  young: string
  most: number
}

export function createDomainStore(db: Database) {
  const upsert = db.prepare<DomainRow>(
    `INSERT INTO domains (id, team_id, app_id, host, registrable, redirect_to, is_primary, served_since,
       proven_at, proof, check_json, next_check_at, waiting_since, created_at)
     VALUES (@id, @team_id, @app_id, @host, @registrable, @redirect_to, @is_primary, @served_since,
       @proven_at, @proof, @check_json, @next_check_at, @waiting_since, @created_at)
     ON CONFLICT (id) DO UPDATE SET app_id = @app_id, redirect_to = @redirect_to,
       is_primary = @is_primary, served_since = @served_since, proven_at = @proven_at, proof = @proof,
       check_json = @check_json, next_check_at = @next_check_at, waiting_since = @waiting_since
     WHERE team_id = @team_id`,
  )
  const ofApp = db.prepare<[appId: string], DomainRow>(
    'SELECT * FROM domains WHERE app_id = ? ORDER BY is_primary DESC, host',
  )
  const ofAppsNamed = db.prepare<[namesJson: string], DomainRow & { app_name: string }>(
    `SELECT domains.*, apps.name AS app_name FROM json_each(?) AS wanted
     CROSS JOIN apps ON apps.name = wanted.value AND apps.destroyed_at IS NULL
     CROSS JOIN domains ON domains.app_id = apps.id ORDER BY is_primary DESC, host`,
  )
  const byId = db.prepare<[id: string], DomainRow>('SELECT * FROM domains WHERE id = ?')
  const rivals = db.prepare<[registrable: string], DomainRow & { app_gone: string | null }>(
    `SELECT domains.*, apps.destroyed_at AS app_gone FROM domains JOIN apps ON apps.id = domains.app_id
     WHERE registrable = ?`,
  )
  const due = db.prepare<Due, DomainRow>(
    `SELECT domains.*,
       row_number() OVER (PARTITION BY domains.team_id ORDER BY next_check_at) AS turn
     FROM domains JOIN apps ON apps.id = domains.app_id
     WHERE (next_check_at <= @at OR next_check_at > @never 
         OR json_extract(check_json, '$.at') > @ahead
         OR (next_check_at IS NULL AND waiting_since > @young)) AND apps.destroyed_at IS NULL
     ORDER BY turn, next_check_at LIMIT @most`,
  )
  const nextDue = db
    .prepare<[], string | null>(
      `SELECT MIN(next_check_at) FROM domains JOIN apps ON apps.id = domains.app_id
       WHERE apps.destroyed_at IS NULL`,
    )
    .pluck()
  const givenUp = db
    .prepare<[], number>(
      `SELECT count(*) FROM domains JOIN apps ON apps.id = domains.app_id
       WHERE next_check_at IS NULL AND waiting_since IS NOT NULL AND apps.destroyed_at IS NULL`,
    )
    .pluck()
  const registrable = db
    .prepare<[host: string], string>('SELECT registrable FROM domains WHERE host = ? LIMIT 1')
    .pluck()
  const remove = db.prepare<[id: string]>('DELETE FROM domains WHERE id = ?')

  return {
    save: (_actor: Actor, domain: DomainRecord): void => {
      upsert.run(toRow(domain))
    },
    listForApp: (actor: Actor, appId: string): DomainRecord[] =>
      ofApp
        .all(appId)
        .filter((row) => isVisible(actor, row))
        .map(toDomain),
    remove: (actor: Actor, id: string): void => {
      const row = byId.get(id)
      if (row && isVisible(actor, row)) remove.run(id)
    },

    saveForPlatform: (domain: DomainRecord): void => {
      upsert.run(toRow(domain))
    },
    findForPlatform: (id: string): DomainRecord | undefined => {
      const row = byId.get(id)
      return row && toDomain(row)
    },
    listForAppForPlatform: (appId: string): DomainRecord[] => ofApp.all(appId).map(toDomain),
    /** By name of the app, of apps that are not in the trash; the primary one first. */
    listForAppsNamedForPlatform(
      names: readonly string[],
    ): ReadonlyMap<string, readonly DomainRecord[]> {
      const found = new Map<string, DomainRecord[]>()
      for (const row of ofAppsNamed.all(JSON.stringify(names))) {
        const own = found.get(row.app_name) ?? []
        found.set(row.app_name, own)
        own.push(toDomain(row))
      }
      return found
    },
    /** Everybody’s beneath one name that can be bought; those of apps in the trash are marked. */
    listBeneathForPlatform: (registrable: string): (DomainRecord & { isAppGone: boolean })[] =>
      rivals
        .all(registrable)
        .map((row) => ({ ...toDomain(row), isAppGone: row.app_gone !== null })),
    /**
     * Whose time to be looked at has come, one of each team in turn, longest waiting first; and those
     * that were looked at, or given up, while the machine's clock was ahead (rule R11).
     */
    listDueForPlatform(at: string, most: number): DomainRecord[] {
      const after = (ms: number): string => new Date(Date.parse(at) + ms).toISOString()
      const never = after(LONGEST_WAIT_MS)
      return due
        .all({ at, never, ahead: after(SKEW_MS), young: after(-GIVEN_UP_AFTER_MS), most })
        .map(toDomain)
    },
    /** Whether some are looked at no more because they have led elsewhere for so long. */
    hasGivenUpForPlatform: (): boolean => (givenUp.get() ?? 0) > 0,
    registrableForPlatform: (host: string): string | undefined => registrable.get(host),
    nextDueForPlatform: (): string | null => nextDue.get() ?? null,
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
  }
}
export type DomainStore = ReturnType<typeof createDomainStore>

const toDomain = (row: DomainRow): DomainRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  host: row.host,
  registrable: row.registrable,
  redirectTo: row.redirect_to,
  isPrimary: row.is_primary === 1,
  servedSince: row.served_since,
  provenAt: row.proven_at,
  proof: row.proof,
  check: row.check_json === null ? null : fromJson(DomainCheck, row.check_json),
  nextCheckAt: row.next_check_at,
  waitingSince: row.waiting_since,
  createdAt: row.created_at,
})

const toRow = (domain: DomainRecord): DomainRow => ({
  id: domain.id,
  team_id: domain.teamId,
  app_id: domain.appId,
  host: domain.host,
  registrable: domain.registrable,
  redirect_to: domain.redirectTo,
  is_primary: domain.isPrimary ? 1 : 0,
  served_since: domain.servedSince,
  proven_at: domain.provenAt,
  proof: domain.proof,
  check_json: domain.check === null ? null : JSON.stringify(domain.check),
  next_check_at: domain.nextCheckAt,
  waiting_since: domain.waitingSince,
  created_at: domain.createdAt,
})
