import type { Actor } from '@vastrox/shared/actor.ts'
import { Role } from '@vastrox/shared/permissions.ts'
import type { Database } from '#store/database.ts'

export interface UserRecord {
  id: string
  teamId: string
  name: string
  role: Role
  /** null until the user sets a password: the way in is a sign-in link. */
  passwordHash: string | null
  createdAt: string
}

interface UserRow {
  id: string
  team_id: string
  name: string
  role: string
  password_hash: string | null
  created_at: string
}

/** Users and the teams that they belong to. */
export function createUserStore(db: Database) {
  const insertTeam = db.prepare<[id: string, name: string, at: string]>(
    'INSERT INTO teams (id, name, created_at) VALUES (?, ?, ?)',
  )
  const insert = db.prepare<UserRow>(
    `INSERT INTO users (id, team_id, name, role, password_hash, created_at)
     VALUES (@id, @team_id, @name, @role, @password_hash, @created_at)`,
  )
  const byId = db.prepare<[id: string], UserRow>('SELECT * FROM users WHERE id = ?')
  const byName = db.prepare<[name: string], UserRow>('SELECT * FROM users WHERE name = ?')
  const firstOwner = db.prepare<[], UserRow>(
    "SELECT * FROM users WHERE role = 'owner' ORDER BY created_at, id LIMIT 1",
  )
  const ofTeam = db.prepare<[team: string], UserRow>(
    'SELECT * FROM users WHERE team_id = ? ORDER BY name',
  )
  const savePassword = db.prepare<[hash: string, id: string]>(
    'UPDATE users SET password_hash = ? WHERE id = ?',
  )

  return {
    insertTeamForPlatform: (id: string, name: string, at: string): void => {
      insertTeam.run(id, name, at)
    },
    insertForPlatform: (user: UserRecord): void => {
      insert.run(toRow(user))
    },
    /** Who the platform is for: the owner that was made first. */
    firstOwnerForPlatform: (): UserRecord | undefined => optional(firstOwner.get()),
    /** Names are unique over all teams: they are typed at the sign-in. */
    findByNameForPlatform: (name: string): UserRecord | undefined => optional(byName.get(name)),
    findByIdForPlatform: (id: string): UserRecord | undefined => optional(byId.get(id)),
    savePasswordForPlatform: (id: string, hash: string): void => {
      savePassword.run(hash, id)
    },
    list: (actor: Actor): UserRecord[] => ofTeam.all(actor.teamId).map(toRecord),
  }
}
export type UserStore = ReturnType<typeof createUserStore>

const optional = (row: UserRow | undefined): UserRecord | undefined => row && toRecord(row)

const toRecord = (row: UserRow): UserRecord => ({
  id: row.id,
  teamId: row.team_id,
  name: row.name,
  role: Role.parse(row.role),
  passwordHash: row.password_hash,
  createdAt: row.created_at,
})

const toRow = (user: UserRecord): UserRow => ({
  id: user.id,
  team_id: user.teamId,
  name: user.name,
  role: user.role,
  password_hash: user.passwordHash,
  created_at: user.createdAt,
})
