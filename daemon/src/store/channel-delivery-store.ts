import { ChannelDelivery, Notification } from '@vastrox/shared/channel.ts'
import { type Database, fromJson } from '#store/database.ts'

export interface ChannelDeliveryRecord {
  id: string
  channelId: string
  notification: Notification
  state: ChannelDelivery['state']
  attempts: number
  lastAnswer: string | null
  nextAttemptAt: string | null
  /** The delivery that tells it together with others. */
  summaryId: string | null
  createdAt: string
}

interface Row {
  id: string
  channel_id: string
  notification_json: string
  state: string
  attempts: number
  last_answer: string | null
  next_attempt_at: string | null
  summary_id: string | null
  created_at: string
}

const { state: State } = ChannelDelivery.shape

/** What was and is to be sent to channels; whoever may see the channel may see it. */
export function createChannelDeliveryStore(db: Database) {
  const insert = db.prepare<Row>(
    `INSERT INTO channel_deliveries (id, channel_id, notification_json, state, attempts,
       last_answer, next_attempt_at, summary_id, created_at)
     VALUES (@id, @channel_id, @notification_json, @state, @attempts, @last_answer,
       @next_attempt_at, @summary_id, @created_at)`,
  )
  const update = db.prepare<Row>(
    `UPDATE channel_deliveries SET state = @state, attempts = @attempts,
       last_answer = @last_answer, next_attempt_at = @next_attempt_at, summary_id = @summary_id
     WHERE id = @id`,
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM channel_deliveries WHERE id = ?')
  const page = db.prepare<[channel: string, before: string, limit: number], Row>(
    'SELECT * FROM channel_deliveries WHERE channel_id = ? AND id < ? ORDER BY id DESC LIMIT ?',
  )
  const due = db.prepare<[at: string, each: number], Row>(
    `SELECT id, channel_id, notification_json, state, attempts, last_answer, next_attempt_at,
       summary_id, created_at
     FROM (SELECT *, row_number() OVER (PARTITION BY channel_id ORDER BY id) AS place
       FROM channel_deliveries WHERE next_attempt_at <= ?)
     WHERE place <= ? ORDER BY id`,
  )
  const nextDue = db
    .prepare<[after: string], string>(
      'SELECT next_attempt_at FROM channel_deliveries WHERE next_attempt_at > ? ORDER BY next_attempt_at LIMIT 1',
    )
    .pluck()
  const waiting = db
    .prepare<[channel: string], number>(
      `SELECT count(*) FROM channel_deliveries WHERE channel_id = ? AND state = 'waiting'`,
    )
    .pluck()
  /** Those that wait for a turn of their own. */
  const inLine = db.prepare<[channel: string, limit: number], Row>(
    `SELECT * FROM channel_deliveries WHERE channel_id = ? AND next_attempt_at IS NOT NULL
     ORDER BY id LIMIT ?`,
  )
  const hold = db.prepare<[until: string, channel: string, until: string]>(
    `UPDATE channel_deliveries SET next_attempt_at = ?
     WHERE channel_id = ? AND next_attempt_at < ?`,
  )
  const release = db.prepare<[now: string, channel: string, now: string]>(
    `UPDATE channel_deliveries SET next_attempt_at = ?
     WHERE channel_id = ? AND next_attempt_at > ?`,
  )
  const tellIn = db.prepare<[summary: string, id: string]>(
    'UPDATE channel_deliveries SET summary_id = ?, next_attempt_at = NULL WHERE id = ?',
  )
  const settleOf = db.prepare<[state: string, answer: string, summary: string]>(
    `UPDATE channel_deliveries SET state = ?, last_answer = ?
     WHERE summary_id = ? AND state = 'waiting'`,
  )
  const giveUp = db.prepare<[answer: string, channel: string]>(
    `UPDATE channel_deliveries SET state = 'failed', last_answer = ?, next_attempt_at = NULL
     WHERE channel_id = ? AND state = 'waiting'`,
  )
  const prune = db.prepare<[channel: string, same: string, kept: number]>(
    `DELETE FROM channel_deliveries WHERE channel_id = ? AND state <> 'waiting' AND id NOT IN (
       SELECT id FROM channel_deliveries WHERE channel_id = ? ORDER BY id DESC LIMIT ?)`,
  )
  const isAny = db
    .prepare<[], number>(
      'SELECT EXISTS (SELECT 1 FROM channel_deliveries WHERE next_attempt_at IS NOT NULL)',
    )
    .pluck()

  return {
    /** Newest first, those before the id. */
    listOfForPlatform: (
      channelId: string,
      before: string | undefined,
      limit: number,
    ): ChannelDeliveryRecord[] => page.all(channelId, before ?? '~', limit).map(toRecord),
    findForPlatform: (id: string): ChannelDeliveryRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    countWaitingForPlatform: (channelId: string): number => waiting.get(channelId) ?? 0,
    isAnyWaitingForPlatform: (): boolean => isAny.get() === 1,

    /** The first ones of each channel: one with many holds up no other. */
    listDueForPlatform: (now: Date, each: number): ChannelDeliveryRecord[] =>
      due.all(now.toISOString(), each).map(toRecord),
    nextDueForPlatform: (now: Date): Date | undefined => {
      const at = nextDue.get(now.toISOString())
      return at === undefined ? undefined : new Date(at)
    },
    /** Oldest first: those that wait for a turn of their own. */
    listInLineForPlatform: (channelId: string, limit: number): ChannelDeliveryRecord[] =>
      inLine.all(channelId, limit).map(toRecord),

    /** Keeps the last ones of the channel besides those that wait. */
    insertForPlatform: (record: ChannelDeliveryRecord, kept: number): void => {
      insert.run(toRow(record))
      prune.run(record.channelId, record.channelId, kept)
    },
    saveForPlatform: (record: ChannelDeliveryRecord): void => {
      update.run(toRow(record))
    },
    /** None of the channel is sent before. */
    holdForPlatform: (channelId: string, until: Date): void => {
      const at = until.toISOString()
      hold.run(at, channelId, at)
    },
    /** Whatever waits for it is sent now. */
    releaseForPlatform: (channelId: string, now: Date): void => {
      const at = now.toISOString()
      release.run(at, channelId, at)
    },
    /** They are told by the summary, and have no turn of their own any more. */
    tellInForPlatform: (summaryId: string, ids: readonly string[]): void => {
      for (const id of ids) tellIn.run(summaryId, id)
    },
    /** What became of a summary became of all that it tells. */
    settleOfForPlatform: (
      summaryId: string,
      state: ChannelDelivery['state'],
      answer: string,
    ): void => {
      settleOf.run(state, answer, summaryId)
    },
    /** Nothing that waits is tried any more. */
    giveUpForPlatform: (channelId: string, answer: string): void => {
      giveUp.run(answer, channelId)
    },
  }
}
export type ChannelDeliveryStore = ReturnType<typeof createChannelDeliveryStore>

const toRecord = (row: Row): ChannelDeliveryRecord => ({
  id: row.id,
  channelId: row.channel_id,
  notification: fromJson(Notification, row.notification_json),
  state: State.parse(row.state),
  attempts: row.attempts,
  lastAnswer: row.last_answer,
  nextAttemptAt: row.next_attempt_at,
  summaryId: row.summary_id,
  createdAt: row.created_at,
})

const toRow = (record: ChannelDeliveryRecord): Row => ({
  id: record.id,
  channel_id: record.channelId,
  notification_json: JSON.stringify(record.notification),
  state: record.state,
  attempts: record.attempts,
  last_answer: record.lastAnswer,
  next_attempt_at: record.nextAttemptAt,
  summary_id: record.summaryId,
  created_at: record.createdAt,
})
