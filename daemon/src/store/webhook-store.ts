import type { Actor } from '@vastrox/shared/actor.ts'
import { DeliveryState, HostKind, type WebhookDelivery } from '@vastrox/shared/external-source.ts'
import type { Database } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

export interface DeliveryRecord extends WebhookDelivery {
  appId: string
  teamId: string
  /** SHA-256 of the body, in hex. */
  bodyDigest: string
}

interface Row {
  id: string
  team_id: string
  app_id: string
  delivery_id: string
  body_digest: string
  host_kind: string
  event: string
  ref: string | null
  sha: string | null
  state: string
  reason: string
  deployment: number | null
  received_at: string
}

/** Webhooks that came, and what came of them. */
export function createWebhookStore(db: Database) {
  const insert = db.prepare<Row>(
    `INSERT INTO webhook_deliveries (id, team_id, app_id, delivery_id, body_digest, host_kind, event,
       ref, sha, state, reason, deployment, received_at)
     VALUES (@id, @team_id, @app_id, @delivery_id, @body_digest, @host_kind, @event,
       @ref, @sha, @state, @reason, @deployment, @received_at)`,
  )
  const finish = db.prepare<Pick<Row, 'id' | 'state' | 'reason' | 'deployment'>>(
    'UPDATE webhook_deliveries SET state = @state, reason = @reason, deployment = @deployment WHERE id = @id',
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM webhook_deliveries WHERE id = ?')
  const ofApp = db.prepare<[appId: string, limit: number], Row>(
    'SELECT * FROM webhook_deliveries WHERE app_id = ? ORDER BY received_at DESC, id DESC LIMIT ?',
  )
  const same = db.prepare<[appId: string, deliveryId: string, digest: string, since: string], Row>(
    `SELECT * FROM webhook_deliveries
     WHERE app_id = ? AND delivery_id = ? AND body_digest = ? AND state NOT IN ('refused', 'failed')
       AND received_at > ?
     LIMIT 1`,
  )
  const waiting = db.prepare<[], Row>("SELECT * FROM webhook_deliveries WHERE state = 'waiting'")
  const prune = db.prepare<[kept: number, before: string, most: number]>(
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM (SELECT id, state, received_at,
           row_number() OVER (PARTITION BY app_id ORDER BY received_at DESC) AS place
         FROM webhook_deliveries)
       WHERE place > ? AND state != 'waiting' AND (received_at < ? OR state = 'refused' OR place > ?))`,
  )

  return {
    find: (actor: Actor, appId: string, id: string): DeliveryRecord | undefined => {
      const row = byId.get(id)
      return row?.app_id === appId && isVisible(actor, row) ? toRecord(row) : undefined
    },
    /** The newest first. */
    list: (actor: Actor, appId: string, limit: number): DeliveryRecord[] =>
      ofApp
        .all(appId, limit)
        .filter((row) => isVisible(actor, row))
        .map(toRecord),

    insertForPlatform: (record: DeliveryRecord): void => {
      insert.run(toRow(record))
    },
    finishForPlatform: ({
      id,
      state,
      reason,
      deployment,
    }: Pick<DeliveryRecord, 'id' | 'state' | 'reason' | 'deployment'>): void => {
      finish.run({ id, state, reason, deployment })
    },
    /** One with the same number and body that came after `since`, and was neither refused nor failed. */
    findSameForPlatform: (
      appId: string,
      deliveryId: string,
      bodyDigest: string,
      since: string,
    ): DeliveryRecord | undefined => {
      const row = same.get(appId, deliveryId, bodyDigest, since)
      return row && toRecord(row)
    },
    listWaitingForPlatform: (): DeliveryRecord[] => waiting.all().map(toRecord),
    /**
     * Of each app, the newest `kept` apart: forgets what came before `before`, what was refused, and what
     * is older than the newest `most`. What waits stays.
     */
    pruneForPlatform: (before: string, kept: number, most: number): void => {
      prune.run(kept, before, most)
    },
  }
}
export type WebhookStore = ReturnType<typeof createWebhookStore>

const toRecord = (row: Row): DeliveryRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  deliveryId: row.delivery_id,
  bodyDigest: row.body_digest,
  hostKind: HostKind.parse(row.host_kind),
  event: row.event,
  ref: row.ref,
  sha: row.sha,
  state: DeliveryState.parse(row.state),
  reason: row.reason,
  deployment: row.deployment,
  receivedAt: row.received_at,
})

const toRow = (record: DeliveryRecord): Row => ({
  id: record.id,
  team_id: record.teamId,
  app_id: record.appId,
  delivery_id: record.deliveryId,
  body_digest: record.bodyDigest,
  host_kind: record.hostKind,
  event: record.event,
  ref: record.ref,
  sha: record.sha,
  state: record.state,
  reason: record.reason,
  deployment: record.deployment,
  received_at: record.receivedAt,
})
