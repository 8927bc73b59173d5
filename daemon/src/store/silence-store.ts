import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'

export interface SilenceRecord {
  id: string
  teamId: string
  /** null: every rule. */
  rule: string | null
  /** null: every app, and what is of none. */
  appId: string | null
  reason: string
  by: string
  createdAt: string
  until: string
}

interface Row {
  id: string
  team_id: string
  rule: string | null
  app_id: string | null
  reason: string
  by_name: string
  created_at: string
  until: string
}

/** What nobody is told of for a while. */
export function createSilenceStore(db: Database) {
  const insert = db.prepare<Row>(
    `INSERT INTO silences (id, team_id, rule, app_id, reason, by_name, created_at, until)
     VALUES (@id, @team_id, @rule, @app_id, @reason, @by_name, @created_at, @until)`,
  )
  const removeEnded = db.prepare<[at: string]>('DELETE FROM silences WHERE until <= ?')
  const ofTeam = db.prepare<[team: string, at: string], Row>(
    'SELECT * FROM silences WHERE team_id = ? AND until > ? ORDER BY id',
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM silences WHERE id = ?')
  const remove = db.prepare<[id: string, team: string]>(
    'DELETE FROM silences WHERE id = ? AND team_id = ?',
  )

  return {
    /** Those that hold at that time. */
    list: (actor: Actor, at: string): SilenceRecord[] =>
      ofTeam.all(actor.teamId, at).filter(visibleTo(actor)).map(toRecord),
    find: (actor: Actor, id: string): SilenceRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId && visibleTo(actor)(row) ? toRecord(row) : undefined
    },
    remove: (actor: Actor, id: string): void => {
      remove.run(id, actor.teamId)
    },

    listOfTeamForPlatform: (teamId: string, at: string): SilenceRecord[] =>
      ofTeam.all(teamId, at).map(toRecord),
    /** Those that have ended go. */
    insertForPlatform: (record: SilenceRecord): void => {
      removeEnded.run(record.createdAt)
      insert.run(toRow(record))
    },
  }
}
export type SilenceStore = ReturnType<typeof createSilenceStore>

const visibleTo =
  ({ appIds }: Actor) =>
  ({ app_id }: Row): boolean =>
    appIds === null || (app_id !== null && appIds.has(app_id))

const toRecord = ({ team_id, app_id, by_name, created_at, ...row }: Row): SilenceRecord => ({
  ...row,
  teamId: team_id,
  appId: app_id,
  by: by_name,
  createdAt: created_at,
})

const toRow = ({ teamId, appId, by, createdAt, ...record }: SilenceRecord): Row => ({
  ...record,
  team_id: teamId,
  app_id: appId,
  by_name: by,
  created_at: createdAt,
})
