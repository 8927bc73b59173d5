import type { Actor } from '@vastrox/shared/actor.ts'
import { AppRole } from '@vastrox/shared/permissions.ts'
import type { Database } from '#store/database.ts'

/** What a user may be on one app, besides their role in its team. */
export interface GrantRecord {
  userId: string
  appId: string
  appName: string
  role: AppRole
}

interface GrantRow {
  user_id: string
  app_id: string
  app_name: string
  role: string
}

const SELECT = `SELECT g.user_id, g.app_id, a.name AS app_name, g.role
 FROM app_grants g JOIN apps a ON a.id = g.app_id`

export function createGrantStore(db: Database) {
  const ofMember = db.prepare<[user: string, team: string], GrantRow>(
    `${SELECT} WHERE g.user_id = ? AND g.team_id = ? ORDER BY a.name`,
  )
  const ofTeam = db.prepare<[team: string], GrantRow>(
    `${SELECT} WHERE g.team_id = ? ORDER BY a.name`,
  )
  const save = db.prepare<[user: string, app: string, team: string, role: AppRole, at: string]>(
    `INSERT INTO app_grants (user_id, app_id, team_id, role, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (user_id, app_id) DO UPDATE SET role = excluded.role`,
  )
  const remove = db.prepare<[user: string, app: string, team: string]>(
    'DELETE FROM app_grants WHERE user_id = ? AND app_id = ? AND team_id = ?',
  )

  return {
    /** Those on apps in the trash too: it is theirs again when the app is. */
    listOfMemberForPlatform: (userId: string, teamId: string): GrantRecord[] =>
      ofMember.all(userId, teamId).map(toRecord),
    list: (actor: Actor): GrantRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    save: (actor: Actor, userId: string, appId: string, role: AppRole, at: string): void => {
      save.run(userId, appId, actor.teamId, role, at)
    },
    remove: (actor: Actor, userId: string, appId: string): void => {
      remove.run(userId, appId, actor.teamId)
    },
  }
}
export type GrantStore = ReturnType<typeof createGrantStore>

const toRecord = (row: GrantRow): GrantRecord => ({
  userId: row.user_id,
  appId: row.app_id,
  appName: row.app_name,
  role: AppRole.parse(row.role),
})
