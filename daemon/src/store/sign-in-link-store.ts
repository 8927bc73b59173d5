import type { Database } from '#store/database.ts'

export interface SignInLinkRecord {
  tokenHash: string
  userId: string
  expiresAt: string
}

/** One-time links, known by the hash of what they hold. */
export function createSignInLinkStore(db: Database) {
  const insert = db.prepare<[hash: string, user: string, expires: string]>(
    'INSERT INTO sign_in_links (token_hash, user_id, expires_at) VALUES (?, ?, ?)',
  )
  const use = db
    .prepare<[at: string, hash: string, now: string], string>(
      `UPDATE sign_in_links SET used_at = ?
       WHERE token_hash = ? AND used_at IS NULL AND expires_at > ? RETURNING user_id`,
    )
    .pluck()
  const removeExpired = db.prepare<[now: string]>('DELETE FROM sign_in_links WHERE expires_at <= ?')
  const removeOfUser = db.prepare<[user: string]>('DELETE FROM sign_in_links WHERE user_id = ?')

  return {
    insertForPlatform: (link: SignInLinkRecord): void => {
      insert.run(link.tokenHash, link.userId, link.expiresAt)
    },
    /** Uses it up in the same statement that finds it; undefined when it is used, expired or unknown. */
    useForPlatform: (tokenHash: string, now: string): string | undefined =>
      use.get(now, tokenHash, now),
    removeExpiredForPlatform: (now: string): void => {
      removeExpired.run(now)
    },
    removeOfUserForPlatform: (userId: string): void => {
      removeOfUser.run(userId)
    },
  }
}
export type SignInLinkStore = ReturnType<typeof createSignInLinkStore>
