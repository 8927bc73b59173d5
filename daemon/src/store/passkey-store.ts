import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface PasskeyRecord {
  id: string
  userId: string
  credentialId: string
  publicKey: Buffer
  counter: number
  transports: string[]
  rpId: string
  name: string
  isSynced: boolean
  createdAt: string
  lastUsedAt: string | null
}

interface PasskeyRow {
  id: string
  user_id: string
  credential_id: string
  public_key: Buffer
  counter: number
  transports_json: string
  rp_id: string
  name: string
  is_synced: number
  created_at: string
  last_used_at: string | null
}

const Transports = z.array(z.string())

export function createPasskeyStore(db: Database) {
  const insert = db.prepare<PasskeyRow>(
    `INSERT INTO passkeys (id, user_id, credential_id, public_key, counter, transports_json, rp_id, name, is_synced, created_at, last_used_at)
     VALUES (@id, @user_id, @credential_id, @public_key, @counter, @transports_json, @rp_id, @name, @is_synced, @created_at, @last_used_at)`,
  )
  const byCredential = db.prepare<[credential: string], PasskeyRow>(
    'SELECT * FROM passkeys WHERE credential_id = ?',
  )
  const ofUser = db.prepare<[user: string], PasskeyRow>(
    'SELECT * FROM passkeys WHERE user_id = ? ORDER BY created_at, id',
  )
  const count = db
    .prepare<[user: string], number>('SELECT count(*) FROM passkeys WHERE user_id = ?')
    .pluck()
  const use = db.prepare<[counter: number, at: string, id: string, counter: number]>(
    `UPDATE passkeys SET counter = ?, last_used_at = ?
     WHERE id = ? AND (counter < ? OR counter = 0)`,
  )
  const rename = db.prepare<[name: string, id: string, user: string]>(
    'UPDATE passkeys SET name = ? WHERE id = ? AND user_id = ?',
  )
  const remove = db.prepare<[id: string, user: string]>(
    'DELETE FROM passkeys WHERE id = ? AND user_id = ?',
  )
  const removeAll = db.prepare<[user: string]>('DELETE FROM passkeys WHERE user_id = ?')

  return {
    insertForPlatform: (passkey: PasskeyRecord): void => {
      insert.run(toRow(passkey))
    },
    findForPlatform: (credentialId: string): PasskeyRecord | undefined => {
      const row = byCredential.get(credentialId)
      return row && toRecord(row)
    },
    listForPlatform: (userId: string): PasskeyRecord[] => ofUser.all(userId).map(toRecord),
    countForPlatform: (userId: string): number => count.get(userId) ?? 0,
    /** False where its counter has not gone up: one that counts is somewhere else too. */
    useForPlatform: (id: string, counter: number, at: string): boolean =>
      use.run(counter, at, id, counter).changes > 0,
    /** False where the user has no such passkey. */
    renameForPlatform: (userId: string, id: string, name: string): boolean =>
      rename.run(name, id, userId).changes > 0,
    removeForPlatform: (userId: string, id: string): boolean => remove.run(id, userId).changes > 0,
    removeOfUserForPlatform: (userId: string): void => {
      removeAll.run(userId)
    },
  }
}
export type PasskeyStore = ReturnType<typeof createPasskeyStore>

const toRecord = (row: PasskeyRow): PasskeyRecord => ({
  id: row.id,
  userId: row.user_id,
  credentialId: row.credential_id,
  publicKey: row.public_key,
  counter: row.counter,
  transports: fromJson(Transports, row.transports_json),
  rpId: row.rp_id,
  name: row.name,
  isSynced: row.is_synced === 1,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
})

const toRow = (passkey: PasskeyRecord): PasskeyRow => ({
  id: passkey.id,
  user_id: passkey.userId,
  credential_id: passkey.credentialId,
  public_key: passkey.publicKey,
  counter: passkey.counter,
  transports_json: JSON.stringify(passkey.transports),
  rp_id: passkey.rpId,
  name: passkey.name,
  is_synced: passkey.isSynced ? 1 : 0,
  created_at: passkey.createdAt,
  last_used_at: passkey.lastUsedAt,
})
