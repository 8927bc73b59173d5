import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'

/** What a registry lets us in with. */
export interface RegistryRecord {
  id: string
  teamId: string
  host: string
  username: string
  /** Sealed with the context `registry_credentials|<id>|password_sealed`. */
  passwordSealed: Buffer
  createdAt: string
  changedAt: string
}

interface RegistryRow {
  id: string
  team_id: string
  host: string
  username: string
  password_sealed: Buffer
  created_at: string
  changed_at: string
}

export function createRegistryStore(db: Database) {
  const upsert = db.prepare<RegistryRow>(
    `INSERT INTO registry_credentials (id, team_id, host, username, password_sealed, created_at, changed_at)
     VALUES (@id, @team_id, @host, @username, @password_sealed, @created_at, @changed_at)
     ON CONFLICT (team_id, host) DO UPDATE SET id = @id, username = @username,
       password_sealed = @password_sealed, changed_at = @changed_at`,
  )
  const ofTeam = db.prepare<[teamId: string], RegistryRow>(
    'SELECT * FROM registry_credentials WHERE team_id = ? ORDER BY host',
  )
  const byHost = db.prepare<[teamId: string, host: string], RegistryRow>(
    'SELECT * FROM registry_credentials WHERE team_id = ? AND host = ?',
  )
  const remove = db.prepare<[teamId: string, host: string]>(
    'DELETE FROM registry_credentials WHERE team_id = ? AND host = ?',
  )

  return {
    list: (actor: Actor): RegistryRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    /** In place of what the team has for that host. */
    save: (actor: Actor, record: Omit<RegistryRecord, 'teamId'>): void => {
      upsert.run(toRow({ ...record, teamId: actor.teamId }))
    },
    /** False where there was nothing. */
    remove: (actor: Actor, host: string): boolean => remove.run(actor.teamId, host).changes > 0,

    findForPlatform: (teamId: string, host: string): RegistryRecord | undefined => {
      const row = byHost.get(teamId, host)
      return row && toRecord(row)
    },
  }
}
export type RegistryStore = ReturnType<typeof createRegistryStore>

const toRecord = (row: RegistryRow): RegistryRecord => ({
  id: row.id,
  teamId: row.team_id,
  host: row.host,
  username: row.username,
  passwordSealed: row.password_sealed,
  createdAt: row.created_at,
  changedAt: row.changed_at,
})

const toRow = (record: RegistryRecord): RegistryRow => ({
  id: record.id,
  team_id: record.teamId,
  host: record.host,
  username: record.username,
  password_sealed: record.passwordSealed,
  created_at: record.createdAt,
  changed_at: record.changedAt,
})
