import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'

export interface IdempotencyRecord {
  requestHash: string
  /** null while the request is under way. */
  status: number | null
  replySealed: Buffer | null
  createdAt: string
}

interface IdempotencyRow {
  request_hash: string
  status: number | null
  reply_sealed: Buffer | null
  created_at: string
}

/** Writes that came with an Idempotency-Key; the key counts within its actor. */
export function createIdempotencyStore(db: Database) {
  const select = db.prepare<[actor: string, key: string], IdempotencyRow>(
    'SELECT * FROM idempotency_keys WHERE actor_id = ? AND key = ?',
  )
  const claim = db.prepare<[actor: string, key: string, hash: string, at: string]>(
    'INSERT INTO idempotency_keys (actor_id, key, request_hash, created_at) VALUES (?, ?, ?, ?)',
  )
  const finish = db.prepare<[status: number, reply: Buffer, actor: string, key: string]>(
    'UPDATE idempotency_keys SET status = ?, reply_sealed = ? WHERE actor_id = ? AND key = ?',
  )
  const remove = db.prepare<[actor: string, key: string]>(
    'DELETE FROM idempotency_keys WHERE actor_id = ? AND key = ?',
  )
  const removeBefore = db.prepare<[at: string]>('DELETE FROM idempotency_keys WHERE created_at < ?')

  return {
    find: (actor: Actor, key: string): IdempotencyRecord | undefined => {
      const row = select.get(actor.id, key)
      return (
        row && {
          requestHash: row.request_hash,
          status: row.status,
          replySealed: row.reply_sealed,
          createdAt: row.created_at,
        }
      )
    },
    claim: (actor: Actor, key: string, requestHash: string, at: string): void => {
      claim.run(actor.id, key, requestHash, at)
    },
    finish: (actor: Actor, key: string, status: number, replySealed: Buffer): void => {
      finish.run(status, replySealed, actor.id, key)
    },
    remove: (actor: Actor, key: string): void => {
      remove.run(actor.id, key)
    },
    removeBeforeForPlatform: (at: string): void => {
      removeBefore.run(at)
    },
  }
}
export type IdempotencyStore = ReturnType<typeof createIdempotencyStore>
