import type { Actor } from '@vastrox/shared/actor.ts'
import { SubscribedEvent } from '@vastrox/shared/outgoing-webhook.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface OutgoingWebhookRecord {
  id: string
  teamId: string
  appId: string | null
  name: string
  url: string
  events: SubscribedEvent[]
  isOn: boolean
  sealedSecret: Buffer
  sealedOldSecret: Buffer | null
  oldSecretUntil: string | null
  createdAt: string
  deliveredAt: string | null
  failingSince: string | null
  stoppedReason: string | null
}

interface Row {
  id: string
  team_id: string
  app_id: string | null
  name: string
  url: string
  events_json: string
  is_on: number
  sealed_secret: Buffer
  sealed_old_secret: Buffer | null
  old_secret_until: string | null
  created_at: string
  delivered_at: string | null
  failing_since: string | null
  stopped_reason: string | null
}

const Events = z.array(SubscribedEvent)

/** Webhooks that go out; those of a team are seen by its own people alone. */
export function createOutgoingWebhookStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO outgoing_webhooks (id, team_id, app_id, name, url, events_json, is_on,
       sealed_secret, sealed_old_secret, old_secret_until, created_at, delivered_at,
       failing_since, stopped_reason)
     VALUES (@id, @team_id, @app_id, @name, @url, @events_json, @is_on,
       @sealed_secret, @sealed_old_secret, @old_secret_until, @created_at, @delivered_at,
       @failing_since, @stopped_reason)
     ON CONFLICT (id) DO UPDATE SET name = @name, url = @url, events_json = @events_json,
       is_on = @is_on, sealed_secret = @sealed_secret, sealed_old_secret = @sealed_old_secret,
       old_secret_until = @old_secret_until, delivered_at = @delivered_at,
       failing_since = @failing_since, stopped_reason = @stopped_reason`,
  )
  const ofTeam = db.prepare<[team: string], Row>(
    'SELECT * FROM outgoing_webhooks WHERE team_id = ? ORDER BY id',
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM outgoing_webhooks WHERE id = ?')
  const remove = db.prepare<[id: string, team: string]>(
    'DELETE FROM outgoing_webhooks WHERE id = ? AND team_id = ?',
  )

  return {
    list: (actor: Actor): OutgoingWebhookRecord[] =>
      ofTeam.all(actor.teamId).filter(visibleTo(actor)).map(toRecord),
    find: (actor: Actor, id: string): OutgoingWebhookRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId && visibleTo(actor)(row) ? toRecord(row) : undefined
    },
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,

    listOfTeamForPlatform: (teamId: string): OutgoingWebhookRecord[] =>
      ofTeam.all(teamId).map(toRecord),
    findForPlatform: (id: string): OutgoingWebhookRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    saveForPlatform: (record: OutgoingWebhookRecord): void => {
      upsert.run(toRow(record))
    },
  }
}
export type OutgoingWebhookStore = ReturnType<typeof createOutgoingWebhookStore>

const visibleTo =
  ({ appIds }: Actor) =>
  ({ app_id }: Row): boolean =>
    appIds === null || (app_id !== null && appIds.has(app_id))

const toRecord = (row: Row): OutgoingWebhookRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  name: row.name,
  url: row.url,
  events: fromJson(Events, row.events_json),
  isOn: row.is_on === 1,
  sealedSecret: row.sealed_secret,
  sealedOldSecret: row.sealed_old_secret,
  oldSecretUntil: row.old_secret_until,
  createdAt: row.created_at,
  deliveredAt: row.delivered_at,
  failingSince: row.failing_since,
  stoppedReason: row.stopped_reason,
})

const toRow = (record: OutgoingWebhookRecord): Row => ({
  id: record.id,
  team_id: record.teamId,
  app_id: record.appId,
  name: record.name,
  url: record.url,
  events_json: JSON.stringify(record.events),
  is_on: record.isOn ? 1 : 0,
  sealed_secret: record.sealedSecret,
  sealed_old_secret: record.sealedOldSecret,
  old_secret_until: record.oldSecretUntil,
  created_at: record.createdAt,
  delivered_at: record.deliveredAt,
  failing_since: record.failingSince,
  stopped_reason: record.stoppedReason,
})
