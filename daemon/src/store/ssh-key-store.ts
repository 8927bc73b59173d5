import type { Actor } from '@vastrox/shared/actor.ts'
import { SshKeyType } from '@vastrox/shared/ssh-key.ts'
import type { Database } from '#store/database.ts'

export interface SshKeyRecord {
  id: string
  teamId: string
  /** Whom it signs in. */
  userId: string
  name: string
  type: SshKeyType
  /** base64, as in a .pub file. */
  blob: string
  fingerprint: string
  createdAt: string
  lastUsedAt: string | null
}

interface SshKeyRow {
  id: string
  team_id: string
  user_id: string
  name: string
  type: string
  blob: string
  fingerprint: string
  created_at: string
  last_used_at: string | null
}

/** Public keys, and the users they sign in. */
export function createSshKeyStore(db: Database) {
  const insert = db.prepare<SshKeyRow>(
    `INSERT INTO ssh_keys (id, team_id, user_id, name, type, blob, fingerprint, created_at, last_used_at)
     VALUES (@id, @team_id, @user_id, @name, @type, @blob, @fingerprint, @created_at, @last_used_at)`,
  )
  const byFingerprint = db.prepare<[fingerprint: string], SshKeyRow>(
    'SELECT * FROM ssh_keys WHERE fingerprint = ?',
  )
  const ofTeam = db.prepare<[team: string], SshKeyRow>(
    'SELECT * FROM ssh_keys WHERE team_id = ? ORDER BY id DESC',
  )
  const countOfUser = db
    .prepare<[user: string], number>('SELECT count(*) FROM ssh_keys WHERE user_id = ?')
    .pluck()
  const touch = db.prepare<[at: string, id: string]>(
    'UPDATE ssh_keys SET last_used_at = ? WHERE id = ?',
  )
  const remove = db.prepare<[id: string, team: string]>(
    'DELETE FROM ssh_keys WHERE id = ? AND team_id = ?',
  )

  return {
    insertForPlatform: (key: SshKeyRecord): void => {
      insert.run(toRow(key))
    },
    findByFingerprintForPlatform: (fingerprint: string): SshKeyRecord | undefined => {
      const row = byFingerprint.get(fingerprint)
      return row && toRecord(row)
    },
    countOfUserForPlatform: (userId: string): number => countOfUser.get(userId) ?? 0,
    touchForPlatform: (id: string, at: string): void => {
      touch.run(at, id)
    },
    /** Newest first. */
    list: (actor: Actor): SshKeyRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,
  }
}
export type SshKeyStore = ReturnType<typeof createSshKeyStore>

const toRecord = (row: SshKeyRow): SshKeyRecord => ({
  id: row.id,
  teamId: row.team_id,
  userId: row.user_id,
  name: row.name,
  type: SshKeyType.parse(row.type),
  blob: row.blob,
  fingerprint: row.fingerprint,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
})

const toRow = (key: SshKeyRecord): SshKeyRow => ({
  id: key.id,
  team_id: key.teamId,
  user_id: key.userId,
  name: key.name,
  type: key.type,
  blob: key.blob,
  fingerprint: key.fingerprint,
  created_at: key.createdAt,
  last_used_at: key.lastUsedAt,
})
