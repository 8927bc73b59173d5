import { z } from 'zod'
import type { Database } from '#store/database.ts'

const MoveState = z.enum(['moving', 'done', 'undone', 'failed'])
export type MoveState = z.infer<typeof MoveState>

/** One move of the platform from a base domain to another. */
export interface MoveRecord {
  id: string
  from: string
  to: string
  /** Where the dashboard was until then: the name, or an address. */
  fromHost: string
  state: MoveState
  isUndo: boolean
  /** Visitors of the old names are sent on: the new ones lead here. */
  sendsOn: boolean
  by: string
  startedAt: string
  /** The old names answer until then. */
  until: string
  /** They have ended. */
  endedAt: string | null
}

interface MoveRow {
  id: string
  from_name: string
  to_name: string
  from_host: string
  state: string
  is_undo: number
  sends_on: number
  moved_by: string
  started_at: string
  until: string
  ended_at: string | null
}

const MOST = 50

/** Moves of the platform's own domain; it belongs to no team. */
export function createBaseDomainStore(db: Database) {
  const upsert = db.prepare<MoveRow>(
    `INSERT INTO base_domain_moves (id, from_name, to_name, from_host, state, is_undo, sends_on,
       moved_by, started_at, until, ended_at)
     VALUES (@id, @from_name, @to_name, @from_host, @state, @is_undo, @sends_on,
       @moved_by, @started_at, @until, @ended_at)
     ON CONFLICT (id) DO UPDATE SET state = @state, sends_on = @sends_on, until = @until,
       ended_at = @ended_at`,
  )
  const newest = db.prepare<[most: number], MoveRow>(
    'SELECT * FROM base_domain_moves ORDER BY started_at DESC, rowid DESC LIMIT ?',
  )

  const takers = db.prepare<[], { host: string; app: string }>(
    `SELECT domains.host, apps.name AS app FROM domains JOIN apps ON apps.id = domains.app_id
     WHERE apps.destroyed_at IS NULL ORDER BY domains.host`,
  )
  const bound = db.prepare<[rpId: string], Record<'passkeys' | 'webhooks' | 'providers', number>>(
    `SELECT (SELECT count(*) FROM passkeys WHERE rp_id = ?) AS passkeys,
       (SELECT count(*) FROM external_sources WHERE webhook_at IS NOT NULL) AS webhooks,
       (SELECT count(*) FROM identity_providers) AS providers`,
  )

  return {
    /** Every domain that an app has claimed. */
    claimedForPlatform: (): { host: string; app: string }[] => takers.all(),
    /** What others know the dashboard's host name of. */
    countBoundForPlatform: (host: string): Record<'passkeys' | 'webhooks' | 'providers', number> =>
      bound.get(host) ?? { passkeys: 0, webhooks: 0, providers: 0 },
    saveForPlatform: (move: MoveRecord): void => {
      upsert.run(toRow(move))
    },
    /** The newest first. */
    listForPlatform: (): MoveRecord[] => newest.all(MOST).map(toMove),
  }
}
export type BaseDomainStore = ReturnType<typeof createBaseDomainStore>

const toMove = (row: MoveRow): MoveRecord => ({
  id: row.id,
  from: row.from_name,
  to: row.to_name,
  fromHost: row.from_host,
  state: MoveState.parse(row.state),
  isUndo: row.is_undo === 1,
  sendsOn: row.sends_on === 1,
  by: row.moved_by,
  startedAt: row.started_at,
  until: row.until,
  endedAt: row.ended_at,
})

const toRow = (move: MoveRecord): MoveRow => ({
  id: move.id,
  from_name: move.from,
  to_name: move.to,
  from_host: move.fromHost,
  state: move.state,
  is_undo: move.isUndo ? 1 : 0,
  sends_on: move.sendsOn ? 1 : 0,
  moved_by: move.by,
  started_at: move.startedAt,
  until: move.until,
  ended_at: move.endedAt,
})
