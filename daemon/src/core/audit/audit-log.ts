import { setImmediate } from 'node:timers/promises'
import type { Actor } from '@vastrox/shared/actor.ts'
import type {
  AuditEvent,
  AuditFilter,
  AuditVerification,
  ExportedAuditEvent,
} from '@vastrox/shared/audit-event.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { AuditAnchors } from '#core/audit/audit-anchors.ts'
import { createAuditChain } from '#core/audit/audit-chain.ts'
import { verifyAudit } from '#core/audit/verify-audit.ts'
import type { Clock } from '#ports/clock.ts'
import type { AuditStore } from '#store/audit-store.ts'

interface Deps {
  audit: AuditStore
  clock: Clock
  /** Of its own purpose: who can write to the database alone cannot forge the chain. */
  key: Buffer
  /** What was signed outside the database; nothing in tests that are about something else. */
  anchors?: Pick<AuditAnchors, 'read'>
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

/** Ids that are looked through before others get a turn. */
const WINDOW = 5_000
/** Ids that one page looks through at most: it may then be short of events, with more to come. */
const MAX_LOOKED_AT = 100_000
const EXPORTED_AT_ONCE = 200

/** Who did what to what, when, with which result; each event is chained to the one before. */
export function createAuditLog({ audit, clock, key, anchors }: Deps) {
  const chain = createAuditChain(key)
  const told = new WeakSet<Actor>()
  let verifying: Promise<AuditVerification> | undefined

  async function verify(): Promise<AuditVerification> {
    const begun = clock.elapsedMs()
    const signed = (await anchors?.read()) ?? { anchors: [], findings: [] }
    const { events, findings } = await verifyAudit({
      audit,
      chain,
      anchors: signed.anchors,
      pause: () => setImmediate(),
    })
    const all = [...findings, ...signed.findings]
    return {
      intact: all.length === 0,
      events,
      findings: all,
      anchors: { count: signed.anchors.length, last: signed.anchors.at(-1) ?? null },
      verifiedAt: clock.now().toISOString(),
      durationMs: Math.round(clock.elapsedMs() - begun),
    }
  }

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
        via: actor.via ? `${actor.via.kind} ${actor.via.id}` : null,
      }
      const hash = chain.hashOf(head?.hash ?? '', row)
      audit.appendForPlatform({ ...row, hash }, chain.sealOf({ id: row.id, hash }))
      told.add(actor)
    },

    /** True once anything was written of this actor: each request has one of its own. */
    hasTold: (actor: Actor): boolean => told.has(actor),

    /** Newest first. */
    list(actor: Actor, { cursor, limit }: PageQuery): Page<AuditEvent> {
      const items = audit.list(actor, idOf(cursor), limit)
      const last = items.length === limit ? items.at(-1) : undefined
      return { items, nextCursor: last ? String(last.id) : null }
    },

    /**
     * Newest first, of what the filter names. Looks through a bounded part of the log: a page may
     * hold fewer events than were asked for, none even, and still have a next one.
     */
    async search(
      actor: Actor,
      filter: AuditFilter,
      { cursor, limit }: PageQuery,
    ): Promise<Page<AuditEvent>> {
      const items: AuditEvent[] = []
      let before = idOf(cursor) ?? (audit.headForPlatform()?.id ?? 0) + 1
      const end = Math.max(0, before - MAX_LOOKED_AT)
      while (before > end + 1) {
        const after = Math.max(end, before - WINDOW)
        const wanted = limit - items.length
        items.push(...audit.newestIn(actor, filter, { after, before, limit: wanted }))
        const last = items.at(-1)
        if (last && items.length >= limit) return { items, nextCursor: String(last.id) }
        before = after + 1
        await setImmediate()
      }
      return { items, nextCursor: end > 0 ? String(end + 1) : null }
    },

    /** Every event that the filter names, oldest first, a few in memory at a time. */
    async *export(actor: Actor, filter: AuditFilter): AsyncGenerator<ExportedAuditEvent> {
      const lastId = audit.headForPlatform()?.id ?? 0
      let after = 0
      while (after < lastId) {
        const window = { after, before: after + WINDOW + 1, limit: EXPORTED_AT_ONCE }
        const events = audit.oldestIn(actor, filter, window)
        yield* events
        const last = events.at(-1)
        after = last && events.length === EXPORTED_AT_ONCE ? last.id : after + WINDOW
        await setImmediate()
      }
    },

    /** Reads the whole log, once for all who ask at the same time, and names what is not as it was written. */
    verify: (): Promise<AuditVerification> =>
      (verifying ??= verify().finally(() => {
        verifying = undefined
      })),
  }
}
export type AuditLog = ReturnType<typeof createAuditLog>

function idOf(cursor: string | undefined): number | undefined {
  const id = cursor === undefined ? undefined : Number(cursor)
  if (id !== undefined && !Number.isSafeInteger(id))
    throw new CodedError('REQUEST_INVALID', { reason: 'That cursor is not one of ours.' })
  return id
}
