import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

/** What is shown to a CA as proof; on disk, so that a restart in the middle goes on showing it. */
export const StoredChallenge = z.object({
  type: z.enum(['http-01', 'tls-alpn-01', 'dns-01']),
  /** The name or address that is proven, without a star. */
  name: z.string(),
  token: z.string(),
  keyAuthorization: z.string(),
})
export type StoredChallenge = z.infer<typeof StoredChallenge>

/** Why an attempt came to nothing, in the words of whoever refused. */
export const StoredProblem = z.object({
  at: z.string(),
  kind: z.enum(['outage', 'limited', 'refused', 'unproven', 'local']),
  /** Of the CA's problem document; null where it was not the CA that refused. */
  type: z.string().nullable(),
  detail: z.string(),
  subproblems: z.array(
    z.object({ type: z.string(), detail: z.string(), name: z.string().nullable() }),
  ),
})
export type StoredProblem = z.infer<typeof StoredProblem>

export type OrderState = 'idle' | 'ordering' | 'proving' | 'finalizing'

export interface OrderRecord {
  /** Sorted, joined by spaces. */
  names: string
  issuerId: string
  profile: string
  state: OrderState
  orderUrl: string | null
  keySealed: Buffer | null
  challenges: StoredChallenge[]
  /** Since the last success. */
  attempts: number
  nextAttemptAt: string
  problem: StoredProblem | null
  changedAt: string
}

interface OrderRow {
  names: string
  issuer_id: string
  profile: string
  state: OrderState
  order_url: string | null
  key_sealed: Buffer | null
  challenges_json: string
  attempts: number
  next_attempt_at: string
  problem_json: string | null
  changed_at: string
}

const Challenges = z.array(StoredChallenge)

/** One row per set of names, issuer and profile (rule R1). */
export function createCertificateOrderStore(db: Database) {
  const selectOne = db.prepare<[names: string, issuerId: string, profile: string], OrderRow>(
    'SELECT * FROM certificate_orders WHERE names = ? AND issuer_id = ? AND profile = ?',
  )
  const selectOf = db.prepare<[names: string], OrderRow>(
    'SELECT * FROM certificate_orders WHERE names = ? ORDER BY changed_at DESC',
  )
  const selectOpen = db.prepare<[], OrderRow>(
    `SELECT * FROM certificate_orders WHERE state != 'idle' OR challenges_json != '[]'`,
  )
  const upsert = db.prepare<OrderRow>(
    `INSERT INTO certificate_orders (names, issuer_id, profile, state, order_url, key_sealed,
       challenges_json, attempts, next_attempt_at, problem_json, changed_at)
     VALUES (@names, @issuer_id, @profile, @state, @order_url, @key_sealed, @challenges_json, @attempts,
       @next_attempt_at, @problem_json, @changed_at)
     ON CONFLICT (names, issuer_id, profile) DO UPDATE SET state = @state, order_url = @order_url,
       key_sealed = @key_sealed, challenges_json = @challenges_json, attempts = @attempts,
       next_attempt_at = @next_attempt_at, problem_json = @problem_json, changed_at = @changed_at`,
  )
  const removeOf = db.prepare<[names: string]>('DELETE FROM certificate_orders WHERE names = ?')
  const removeAt = db.prepare<[issuerId: string]>(
    'DELETE FROM certificate_orders WHERE issuer_id = ?',
  )
  const note = db.prepare<[kind: string, issuerId: string, subject: string, at: string]>(
    'INSERT INTO certificate_spending (kind, issuer_id, subject, at) VALUES (?, ?, ?, ?)',
  )
  const spent = db
    .prepare<[kind: string, issuerId: string, subject: string, since: string], string>(
      `SELECT at FROM certificate_spending
       WHERE kind = ? AND issuer_id = ? AND subject = ? AND at > ? ORDER BY at`,
    )
    .pluck()
  const forget = db.prepare<[before: string]>('DELETE FROM certificate_spending WHERE at < ?')

  return {
    findForPlatform(names: string, issuerId: string, profile: string): OrderRecord | undefined {
      const row = selectOne.get(names, issuerId, profile)
      return row && toRecord(row)
    },
    /** Of every issuer, latest first. */
    listOfForPlatform: (names: string): OrderRecord[] => selectOf.all(names).map(toRecord),
    /** Those that something is under way for. */
    listOpenForPlatform: (): OrderRecord[] => selectOpen.all().map(toRecord),
    saveForPlatform: (order: OrderRecord): void => {
      upsert.run(toRow(order))
    },
    removeOfForPlatform: (names: string): void => {
      removeOf.run(names)
    },
    removeAtForPlatform: (issuerId: string): void => {
      removeAt.run(issuerId)
    },
    /** Something that a CA counts against us has been done, or is about to be. */
    noteSpentForPlatform(kind: string, issuerId: string, subject: string, at: Date): void {
      note.run(kind, issuerId, subject, at.toISOString())
    },
    /** When it was done since, oldest first. */
    listSpentForPlatform: (kind: string, issuerId: string, subject: string, since: Date): Date[] =>
      spent.all(kind, issuerId, subject, since.toISOString()).map((at) => new Date(at)),
    forgetSpentForPlatform: (before: Date): void => {
      forget.run(before.toISOString())
    },
  }
}
export type CertificateOrderStore = ReturnType<typeof createCertificateOrderStore>

const toRecord = (row: OrderRow): OrderRecord => ({
  names: row.names,
  issuerId: row.issuer_id,
  profile: row.profile,
  state: row.state,
  orderUrl: row.order_url,
  keySealed: row.key_sealed,
  challenges: fromJson(Challenges, row.challenges_json),
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  problem: row.problem_json === null ? null : fromJson(StoredProblem, row.problem_json),
  changedAt: row.changed_at,
})

const toRow = (record: OrderRecord): OrderRow => ({
  names: record.names,
  issuer_id: record.issuerId,
  profile: record.profile,
  state: record.state,
  order_url: record.orderUrl,
  key_sealed: record.keySealed,
  challenges_json: JSON.stringify(record.challenges),
  attempts: record.attempts,
  next_attempt_at: record.nextAttemptAt,
  problem_json: record.problem === null ? null : JSON.stringify(record.problem),
  changed_at: record.changedAt,
})
