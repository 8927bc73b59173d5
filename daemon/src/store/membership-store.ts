import type { Actor } from '@vastrox/shared/actor.ts'
import { Role } from '@vastrox/shared/permissions.ts'
import type { Database } from '#store/database.ts'

/** That a user is in a team, and as what. */
export interface MembershipRecord {
  userId: string
  userName: string
  teamId: string
  teamName: string
  role: Role
  isOperators: boolean
  isDisabled: boolean
  createdAt: string
}

interface MembershipRow {
  user_id: string
  user_name: string
  team_id: string
  team_name: string
  role: string
  is_operators: number
  disabled_at: string | null
  created_at: string
}

const SELECT = `SELECT m.user_id, u.name AS user_name, m.team_id, t.name AS team_name, m.role,
   t.is_operators, u.disabled_at, m.created_at
 FROM memberships m JOIN users u ON u.id = m.user_id JOIN teams t ON t.id = m.team_id`

export function createMembershipStore(db: Database) {
  const insert = db.prepare<[user: string, team: string, role: Role, at: string]>(
    'INSERT INTO memberships (user_id, team_id, role, created_at) VALUES (?, ?, ?, ?)',
  )
  const one = db.prepare<[user: string, team: string], MembershipRow>(
    `${SELECT} WHERE m.user_id = ? AND m.team_id = ?`,
  )
  const ofUser = db.prepare<[user: string], MembershipRow>(
    `${SELECT} WHERE m.user_id = ? ORDER BY m.created_at, t.rowid`,
  )
  const ofTeam = db.prepare<[team: string], MembershipRow>(
    `${SELECT} WHERE m.team_id = ? ORDER BY u.name`,
  )
  const ownerOfOperators = db.prepare<[], MembershipRow>(
    `${SELECT} WHERE t.is_operators = 1 AND m.role = 'owner' AND u.disabled_at IS NULL
     ORDER BY m.created_at, m.user_id LIMIT 1`,
  )
  const countOwners = db
    .prepare<[team: string], number>(
      `SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE m.team_id = ? AND m.role = 'owner' AND u.disabled_at IS NULL`,
    )
    .pluck()
  const saveRole = db.prepare<[role: Role, user: string, team: string]>(
    'UPDATE memberships SET role = ? WHERE user_id = ? AND team_id = ?',
  )
  const remove = db.prepare<[user: string, team: string]>(
    'DELETE FROM memberships WHERE user_id = ? AND team_id = ?',
  )
  /** With a membership goes what gives its user a way into that team. */
  const waysIn = ['tokens', 'ssh_keys'].map((table) =>
    db.prepare<[user: string, team: string]>(
      `DELETE FROM ${table} WHERE user_id = ? AND team_id = ?`,
    ),
  )
  const removeInvitations = db.prepare<[by: string, team: string]>(
    'DELETE FROM invitations WHERE invited_by = ? AND team_id = ?',
  )
  const moveSessions = db.prepare<[to: string, user: string, from: string]>(
    'UPDATE sessions SET team_id = ? WHERE user_id = ? AND team_id = ?',
  )

  return {
    insertForPlatform: (userId: string, teamId: string, role: Role, at: string): void => {
      insert.run(userId, teamId, role, at)
    },
    findForPlatform: (userId: string, teamId: string): MembershipRecord | undefined =>
      optional(one.get(userId, teamId)),
    /** The team that they joined first comes first. */
    listOfUserForPlatform: (userId: string): MembershipRecord[] => ofUser.all(userId).map(toRecord),
    /** Who the platform is for: the first of the operators' owners who may sign in. */
    firstOwnerForPlatform: (): MembershipRecord | undefined => optional(ownerOfOperators.get()),
    /** Those who may sign in. */
    countOwnersForPlatform: (teamId: string): number => countOwners.get(teamId) ?? 0,
    list: (actor: Actor): MembershipRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    saveRole: (actor: Actor, userId: string, role: Role): void => {
      saveRole.run(role, userId, actor.teamId)
    },
    /** The membership, its grants, the user's tokens and keys in that team, and whom they invited. */
    remove: (actor: Actor, userId: string): void => {
      for (const each of waysIn) each.run(userId, actor.teamId)
      removeInvitations.run(userId, actor.teamId)
      remove.run(userId, actor.teamId)
    },
    /** Whoever works in a team that they are no longer in goes on in another one. */
    moveSessions: (actor: Actor, userId: string, toTeamId: string): void => {
      moveSessions.run(toTeamId, userId, actor.teamId)
    },
  }
}
export type MembershipStore = ReturnType<typeof createMembershipStore>

const optional = (row: MembershipRow | undefined): MembershipRecord | undefined =>
  row && toRecord(row)

const toRecord = (row: MembershipRow): MembershipRecord => ({
  userId: row.user_id,
  userName: row.user_name,
  teamId: row.team_id,
  teamName: row.team_name,
  role: Role.parse(row.role),
  isOperators: row.is_operators === 1,
  isDisabled: row.disabled_at !== null,
  createdAt: row.created_at,
})
