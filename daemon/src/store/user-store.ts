import type { Database } from '#store/database.ts'

/** A person who may sign in; what they may do is said by their memberships. */
export interface UserRecord {
  id: string
  name: string
  /** null until the user sets a password: the way in is a sign-in link. */
  passwordHash: string | null
  createdAt: string
  /** Since then nobody gets in as them; null for a user who may. */
  disabledAt: string | null
}

interface UserRow {
  id: string
  name: string
  password_hash: string | null
  created_at: string
  disabled_at: string | null
}

/** Users of the whole platform: names are typed at the sign-in, so they are unique over all teams. */
export function createUserStore(db: Database) {
  const insert = db.prepare<UserRow>(
    `INSERT INTO users (id, name, password_hash, created_at, disabled_at)
     VALUES (@id, @name, @password_hash, @created_at, @disabled_at)`,
  )
  const byId = db.prepare<[id: string], UserRow>('SELECT * FROM users WHERE id = ?')
  const byName = db.prepare<[name: string], UserRow>('SELECT * FROM users WHERE name = ?')
  const savePassword = db.prepare<[hash: string | null, id: string]>(
    'UPDATE users SET password_hash = ? WHERE id = ?',
  )
  const saveDisabled = db.prepare<[at: string | null, id: string]>(
    'UPDATE users SET disabled_at = ? WHERE id = ?',
  )
  const remove = db.prepare<[id: string]>('DELETE FROM users WHERE id = ?')

  return {
    insertForPlatform: (user: UserRecord): void => {
      insert.run(toRow(user))
    },
    findByNameForPlatform: (name: string): UserRecord | undefined => optional(byName.get(name)),
    findByIdForPlatform: (id: string): UserRecord | undefined => optional(byId.get(id)),
    /** null: there is none any more. */
    savePasswordForPlatform: (id: string, hash: string | null): void => {
      savePassword.run(hash, id)
    },
    /** null lets the user in again. */
    saveDisabledForPlatform: (id: string, at: string | null): void => {
      saveDisabled.run(at, id)
    },
    /** And, by cascade, whatever is theirs alone: sessions, links, tokens, keys, memberships. */
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
  }
}
export type UserStore = ReturnType<typeof createUserStore>

const optional = (row: UserRow | undefined): UserRecord | undefined =>
  row && {
    id: row.id,
    name: row.name,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
  }

const toRow = (user: UserRecord): UserRow => ({
  id: user.id,
  name: user.name,
  password_hash: user.passwordHash,
  created_at: user.createdAt,
  disabled_at: user.disabledAt,
})
