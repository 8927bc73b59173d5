import type { Database } from '#store/database.ts'

export interface CodeMakerRecord {
  userId: string
  secretSealed: Buffer
  /** Of the code that was taken last. */
  lastStep: number
  createdAt: string
}

interface CodeMakerRow {
  user_id: string
  secret_sealed: Buffer
  last_step: number
  created_at: string
}

/** Authenticator apps, recovery codes, and which teams ask for a second factor. */
export function createSecondFactorStore(db: Database) {
  const selectMaker = db.prepare<[user: string], CodeMakerRow>(
    'SELECT * FROM code_makers WHERE user_id = ?',
  )
  const saveMaker = db.prepare<CodeMakerRow>(
    `INSERT INTO code_makers (user_id, secret_sealed, last_step, created_at)
     VALUES (@user_id, @secret_sealed, @last_step, @created_at)
     ON CONFLICT (user_id) DO UPDATE SET secret_sealed = excluded.secret_sealed,
       last_step = excluded.last_step, created_at = excluded.created_at`,
  )
  const takeStep = db.prepare<[step: number, user: string, step: number]>(
    'UPDATE code_makers SET last_step = ? WHERE user_id = ? AND last_step < ?',
  )
  const removeMaker = db.prepare<[user: string]>('DELETE FROM code_makers WHERE user_id = ?')

  const insertCode = db.prepare<[hash: string, user: string, at: string]>(
    'INSERT INTO recovery_codes (code_hash, user_id, created_at) VALUES (?, ?, ?)',
  )
  const takeCode = db.prepare<[at: string, hash: string, user: string]>(
    'UPDATE recovery_codes SET used_at = ? WHERE code_hash = ? AND user_id = ? AND used_at IS NULL',
  )
  const countCodes = db
    .prepare<[user: string], number>(
      'SELECT count(*) FROM recovery_codes WHERE user_id = ? AND used_at IS NULL',
    )
    .pluck()
  const removeCodes = db.prepare<[user: string]>('DELETE FROM recovery_codes WHERE user_id = ?')

  const selectRule = db
    .prepare<[team: string], number>(
      'SELECT second_factor_required FROM sign_in_rules WHERE team_id = ?',
    )
    .pluck()
  const saveRule = db.prepare<[team: string, required: number]>(
    `INSERT INTO sign_in_rules (team_id, second_factor_required) VALUES (?, ?)
     ON CONFLICT (team_id) DO UPDATE SET second_factor_required = excluded.second_factor_required`,
  )

  return {
    findMakerForPlatform: (userId: string): CodeMakerRecord | undefined => {
      const row = selectMaker.get(userId)
      return (
        row && {
          userId: row.user_id,
          secretSealed: row.secret_sealed,
          lastStep: row.last_step,
          createdAt: row.created_at,
        }
      )
    },
    /** In place of the one before. */
    saveMakerForPlatform: (maker: CodeMakerRecord): void => {
      saveMaker.run({
        user_id: maker.userId,
        secret_sealed: maker.secretSealed,
        last_step: maker.lastStep,
        created_at: maker.createdAt,
      })
    },
    /** False where that step, or one after it, was taken before. */
    takeStepForPlatform: (userId: string, step: number): boolean =>
      takeStep.run(step, userId, step).changes > 0,
    /** False where there was none. */
    removeMakerForPlatform: (userId: string): boolean => removeMaker.run(userId).changes > 0,

    /** In place of all before. */
    saveCodesForPlatform: (userId: string, hashes: readonly string[], at: string): void => {
      removeCodes.run(userId)
      for (const hash of hashes) insertCode.run(hash, userId, at)
    },
    /** Uses it up in the same statement that finds it. */
    takeCodeForPlatform: (userId: string, hash: string, at: string): boolean =>
      takeCode.run(at, hash, userId).changes > 0,
    countCodesForPlatform: (userId: string): number => countCodes.get(userId) ?? 0,
    removeCodesForPlatform: (userId: string): void => {
      removeCodes.run(userId)
    },

    isRequiredForPlatform: (teamId: string): boolean => selectRule.get(teamId) === 1,
    saveRequiredForPlatform: (teamId: string, isRequired: boolean): void => {
      saveRule.run(teamId, isRequired ? 1 : 0)
    },
  }
}
export type SecondFactorStore = ReturnType<typeof createSecondFactorStore>
