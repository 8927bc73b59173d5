import { createHmac } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import type { AuditEvent } from '@vastrox/shared/audit-event.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { Clock } from '#ports/clock.ts'
import type { AuditRow, AuditStore } from '#store/audit-store.ts'

interface Deps {
  audit: AuditStore
  clock: Clock
  /** Of its own purpose: who can write to the database alone cannot forge the chain. */
  key: Buffer
}

interface NewAuditEvent {
  actor: Actor
  /** `app.create`: the noun, then the verb. */
  action: string
  /** An id or a name, never a secret. */
  target: string
  result?: AuditEvent['result']
  details?: Record<string, unknown>
}

const BATCH = 2_000

/** Who did what to what, when, with which result; each event is chained to the one before. */
export function createAuditLog({ audit, clock, key }: Deps) {
  const seal = (...parts: unknown[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex')
  const hashOf = (before: string, row: Omit<AuditRow, 'hash'>): string =>
    seal('event', before, ...COLUMNS.map((column) => row[column]))
  const broken = (id: number, reason: string) =>
    new CodedError('AUDIT_CHAIN_BROKEN', { id, reason })

  return {
    /** Called inside the transaction of what it tells of: both are kept or neither. */
    append({ actor, action, target, result = 'ok', details = {} }: NewAuditEvent): void {
      const head = audit.headForPlatform()
      const row = {
        id: (head?.id ?? 0) + 1,
        team_id: actor.teamId,
        at: clock.now().toISOString(),
        actor: actor.name,
        actor_id: actor.id,
        action,
        target,
        result,
        address: actor.address,
        details_json: JSON.stringify(details),
      }
      const hash = hashOf(head?.hash ?? '', row)
      audit.appendForPlatform({ ...row, hash }, seal('head', row.id, hash))
    },

    /** Newest first. */
    list(actor: Actor, { cursor, limit }: PageQuery): Page<AuditEvent> {
      const beforeId = cursor === undefined ? undefined : Number(cursor)
      if (beforeId !== undefined && !Number.isSafeInteger(beforeId))
        throw new CodedError('REQUEST_INVALID', { reason: 'That cursor is not one of ours.' })
      const items = audit.list(actor, beforeId, limit)
      const last = items.length === limit ? items.at(-1) : undefined
      return { items, nextCursor: last ? String(last.id) : null }
    },

    /** Reads the whole log. Throws AUDIT_CHAIN_BROKEN at the first event that was edited, or is missing. */
    async verify(): Promise<{ events: number }> {
      const head = audit.headForPlatform()
      if (head && head.seal !== seal('head', head.id, head.hash))
        throw broken(head.id, 'The seal of the last audit event is not ours.')

      let before = { id: 0, hash: '' }
      for (;;) {
        const rows = audit.listAfterForPlatform(before.id, BATCH)
        for (const row of rows) {
          if (row.id !== before.id + 1)
            throw broken(before.id + 1, `Audit event ${before.id + 1} is missing.`)
          if (row.hash !== hashOf(before.hash, row))
            throw broken(row.id, `Audit event ${row.id} was changed.`)
          before = row
        }
        if (rows.length < BATCH) break
        // Lets requests through between batches.
        await clock.sleep(0)
      }
      if (before.id < (head?.id ?? 0) || (before.id > 0 && !head))
        throw broken(before.id + 1, `Audit events after ${before.id} are missing.`)
      return { events: before.id }
    },
  }
}
export type AuditLog = ReturnType<typeof createAuditLog>

const COLUMNS = [
  'id',
  'team_id',
  'at',
  'actor',
  'actor_id',
  'action',
  'target',
  'result',
  'address',
  'details_json',
] as const
