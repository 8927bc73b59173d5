import type { Database } from '#store/database.ts'

export interface SignInLinkRecord {
  tokenHash: string
  userId: string
  expiresAt: string
  /** Made by root: the user's second factor, which may be lost, is not asked for. */
  passesSecondStep: boolean
}

interface UsedRow {
  user_id: string
  passes_second_step: number
}

/** One-time links, known by the hash of what they hold. */
export function createSignInLinkStore(db: Database) {
  const insert = db.prepare<[hash: string, user: string, expires: string, passes: number]>(
    `INSERT INTO sign_in_links (token_hash, user_id, expires_at, passes_second_step)
     VALUES (?, ?, ?, ?)`,
  )
  const use = db.prepare<[at: string, hash: string, now: string], UsedRow>(
    `UPDATE sign_in_links SET used_at = ?
     WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?
     RETURNING user_id, passes_second_step`,
  )
  const removeExpired = db.prepare<[now: string]>('DELETE FROM sign_in_links WHERE expires_at <= ?')
  const removeOfUser = db.prepare<[user: string]>('DELETE FROM sign_in_links WHERE user_id = ?')

  return {
    insertForPlatform: (link: SignInLinkRecord): void => {
      insert.run(link.tokenHash, link.userId, link.expiresAt, link.passesSecondStep ? 1 : 0)
    },
    /** Uses it up in the same statement that finds it; undefined when it is used, expired or unknown. */
    useForPlatform: (
      tokenHash: string,
      now: string,
    ): Pick<SignInLinkRecord, 'userId' | 'passesSecondStep'> | undefined => {
      const row = use.get(now, tokenHash, now)
      return row && { userId: row.user_id, passesSecondStep: row.passes_second_step === 1 }
    },
    removeExpiredForPlatform: (now: string): void => {
      removeExpired.run(now)
    },
    removeOfUserForPlatform: (userId: string): void => {
      removeOfUser.run(userId)
    },
  }
}
export type SignInLinkStore = ReturnType<typeof createSignInLinkStore>
