import {
  type DeliveryAttempt,
  OutgoingDelivery,
  OutgoingEvent,
} from '@vastrox/shared/outgoing-webhook.ts'
import type { Database } from '#store/database.ts'

export interface OutgoingDeliveryRecord {
  id: string
  webhookId: string
  eventId: string
  event: OutgoingEvent
  body: string
  state: OutgoingDelivery['state']
  attempts: number
  nextAttemptAt: string | null
  createdAt: string
}

interface Row {
  id: string
  webhook_id: string
  event_id: string
  event: string
  body: string
  state: string
  attempts: number
  next_attempt_at: string | null
  created_at: string
}

interface AttemptRow {
  delivery_id: string
  number: number
  at: string
  status: number | null
  duration_ms: number
  reason: string | null
  answer: string
}

const { state: State } = OutgoingDelivery.shape

/** Deliveries of outgoing webhooks and each try; whoever may see the webhook may see them. */
export function createOutgoingDeliveryStore(db: Database) {
  const insert = db.prepare<Row>(
    `INSERT INTO outgoing_deliveries (id, webhook_id, event_id, event, body, state, attempts, next_attempt_at, created_at)
     VALUES (@id, @webhook_id, @event_id, @event, @body, @state, @attempts, @next_attempt_at, @created_at)`,
  )
  const update = db.prepare<[state: string, attempts: number, next: string | null, id: string]>(
    'UPDATE outgoing_deliveries SET state = ?, attempts = ?, next_attempt_at = ? WHERE id = ?',
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM outgoing_deliveries WHERE id = ?')
  const page = db.prepare<[webhook: string, before: string, limit: number], Row>(
    'SELECT * FROM outgoing_deliveries WHERE webhook_id = ? AND id < ? ORDER BY id DESC LIMIT ?',
  )
  const due = db.prepare<[at: string, each: number], Row>(
    `SELECT id, webhook_id, event_id, event, body, state, attempts, next_attempt_at, created_at
     FROM (SELECT *, row_number() OVER (PARTITION BY webhook_id ORDER BY next_attempt_at, id) AS place
       FROM outgoing_deliveries WHERE next_attempt_at <= ?)
     WHERE place <= ? ORDER BY next_attempt_at, id`,
  )
  const nextDue = db
    .prepare<[after: string], string>(
      'SELECT next_attempt_at FROM outgoing_deliveries WHERE next_attempt_at > ? ORDER BY next_attempt_at LIMIT 1',
    )
    .pluck()
  const waiting = db
    .prepare<[webhook: string], number>(
      `SELECT count(*) FROM outgoing_deliveries WHERE webhook_id = ? AND state = 'waiting'`,
    )
    .pluck()
  const giveUp = db.prepare<[webhook: string]>(
    `UPDATE outgoing_deliveries SET state = 'failed', next_attempt_at = NULL
     WHERE webhook_id = ? AND state = 'waiting'`,
  )
  const prune = db.prepare<[webhook: string, same: string, kept: number]>(
    `DELETE FROM outgoing_deliveries WHERE webhook_id = ? AND state <> 'waiting' AND id NOT IN (
       SELECT id FROM outgoing_deliveries WHERE webhook_id = ? ORDER BY id DESC LIMIT ?)`,
  )
  const insertAttempt = db.prepare<AttemptRow>(
    `INSERT INTO outgoing_attempts (delivery_id, number, at, status, duration_ms, reason, answer)
     VALUES (@delivery_id, @number, @at, @status, @duration_ms, @reason, @answer)`,
  )
  const attempts = db.prepare<[delivery: string], AttemptRow>(
    'SELECT * FROM outgoing_attempts WHERE delivery_id = ? ORDER BY number',
  )
  const lastAttempt = db.prepare<[delivery: string], AttemptRow>(
    'SELECT * FROM outgoing_attempts WHERE delivery_id = ? ORDER BY number DESC LIMIT 1',
  )

  return {
    /** Newest first, those before the id. */
    listOfForPlatform: (
      webhookId: string,
      before: string | undefined,
      limit: number,
    ): OutgoingDeliveryRecord[] => page.all(webhookId, before ?? '~', limit).map(toRecord),
    findForPlatform: (id: string): OutgoingDeliveryRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    attemptsForPlatform: (id: string): DeliveryAttempt[] => attempts.all(id).map(toAttempt),
    lastAttemptForPlatform: (id: string): DeliveryAttempt | undefined => {
      const row = lastAttempt.get(id)
      return row && toAttempt(row)
    },
    countWaitingForPlatform: (webhookId: string): number => waiting.get(webhookId) ?? 0,

    /** The first ones of each webhook: one with many holds up no other. */
    listDueForPlatform: (now: Date, each: number): OutgoingDeliveryRecord[] =>
      due.all(now.toISOString(), each).map(toRecord),
    /** When the first of those that are not due yet is. */
    nextDueForPlatform: (now: Date): Date | undefined => {
      const at = nextDue.get(now.toISOString())
      return at === undefined ? undefined : new Date(at)
    },

    /** Keeps the last ones of the webhook besides those that wait. */
    insertForPlatform: (record: OutgoingDeliveryRecord, kept: number): void => {
      insert.run(toRow(record))
      prune.run(record.webhookId, record.webhookId, kept)
    },
    saveForPlatform: ({ id, state, attempts, nextAttemptAt }: OutgoingDeliveryRecord): void => {
      update.run(state, attempts, nextAttemptAt, id)
    },
    noteAttemptForPlatform: (id: string, number: number, attempt: DeliveryAttempt): void => {
      insertAttempt.run({
        delivery_id: id,
        number,
        at: attempt.at,
        status: attempt.status,
        duration_ms: attempt.durationMs,
        reason: attempt.reason,
        answer: attempt.answer,
      })
    },
    /** Nothing that waits is tried any more. */
    giveUpForPlatform: (webhookId: string): void => {
      giveUp.run(webhookId)
    },
  }
}
export type OutgoingDeliveryStore = ReturnType<typeof createOutgoingDeliveryStore>

const toRecord = (row: Row): OutgoingDeliveryRecord => ({
  id: row.id,
  webhookId: row.webhook_id,
  eventId: row.event_id,
  event: OutgoingEvent.parse(row.event),
  body: row.body,
  state: State.parse(row.state),
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  createdAt: row.created_at,
})

const toRow = (record: OutgoingDeliveryRecord): Row => ({
  id: record.id,
  webhook_id: record.webhookId,
  event_id: record.eventId,
  event: record.event,
  body: record.body,
  state: record.state,
  attempts: record.attempts,
  next_attempt_at: record.nextAttemptAt,
  created_at: record.createdAt,
})

const toAttempt = (row: AttemptRow): DeliveryAttempt => ({
  at: row.at,
  status: row.status,
  durationMs: row.duration_ms,
  reason: row.reason,
  answer: row.answer,
})
