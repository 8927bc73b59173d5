import type { Actor } from '@vastrox/shared/actor.ts'
import { SshKeyType } from '@vastrox/shared/ssh-key.ts'
import type { Database } from '#store/database.ts'

export interface SshKeyRecord {
  id: string
  teamId: string
  /** Whom it signs in; null for a key of an app. */
  userId: string | null
  /** The one app that it may come to; null for a key of a user. */
  appId: string | null
  /** Of a key of an app: whether it may push and upload. */
  mayWrite: boolean
  name: string
  type: SshKeyType
  /** base64, as in a .pub file. */
  blob: string
  fingerprint: string
  createdAt: string
  /** null: never. */
  expiresAt: string | null
  lastUsedAt: string | null
  lastUsedAddress: string | null
}

interface SshKeyRow {
  id: string
  team_id: string
  user_id: string | null
  app_id: string | null
  may_write: number
  name: string
  type: string
  blob: string
  fingerprint: string
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  last_used_address: string | null
}

/** Public keys, and the users or apps they are of. */
export function createSshKeyStore(db: Database) {
  const insert = db.prepare<SshKeyRow>(
    `INSERT INTO ssh_keys (id, team_id, user_id, app_id, may_write, name, type, blob, fingerprint, created_at, expires_at, last_used_at, last_used_address)
     VALUES (@id, @team_id, @user_id, @app_id, @may_write, @name, @type, @blob, @fingerprint, @created_at, @expires_at, @last_used_at, @last_used_address)`,
  )
  const byFingerprint = db.prepare<[fingerprint: string], SshKeyRow>(
    'SELECT * FROM ssh_keys WHERE fingerprint = ?',
  )
  const ofTeam = db.prepare<[team: string], SshKeyRow>(
    'SELECT * FROM ssh_keys WHERE team_id = ? AND user_id IS NOT NULL ORDER BY id DESC',
  )
  const ofApp = db.prepare<[app: string, team: string], SshKeyRow>(
    'SELECT * FROM ssh_keys WHERE app_id = ? AND team_id = ? ORDER BY id DESC',
  )
  const countOfUser = db
    .prepare<[user: string], number>('SELECT count(*) FROM ssh_keys WHERE user_id = ?')
    .pluck()
  const touch = db.prepare<[at: string, address: string, id: string]>(
    'UPDATE ssh_keys SET last_used_at = ?, last_used_address = ? WHERE id = ?',
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
    touchForPlatform: (id: string, at: string, address: string): void => {
      touch.run(at, address, id)
    },
    /** Of the users of the team, newest first. */
    list: (actor: Actor): SshKeyRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    /** Of one app of the team, newest first. */
    listOfApp: (actor: Actor, appId: string): SshKeyRecord[] =>
      ofApp.all(appId, actor.teamId).map(toRecord),
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,
  }
}
export type SshKeyStore = ReturnType<typeof createSshKeyStore>

const toRecord = (row: SshKeyRow): SshKeyRecord => ({
  id: row.id,
  teamId: row.team_id,
  userId: row.user_id,
  appId: row.app_id,
  mayWrite: row.may_write === 1,
  name: row.name,
  type: SshKeyType.parse(row.type),
  blob: row.blob,
  fingerprint: row.fingerprint,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  lastUsedAddress: row.last_used_address,
})

const toRow = (key: SshKeyRecord): SshKeyRow => ({
  id: key.id,
  team_id: key.teamId,
  user_id: key.userId,
  app_id: key.appId,
  may_write: key.mayWrite ? 1 : 0,
  name: key.name,
  type: key.type,
  blob: key.blob,
  fingerprint: key.fingerprint,
  created_at: key.createdAt,
  expires_at: key.expiresAt,
  last_used_at: key.lastUsedAt,
  last_used_address: key.lastUsedAddress,
})
