import type { Actor } from '@vastrox/shared/actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { networkOf } from '#lib/network-of.ts'
import { createOncePer } from '#lib/once-per.ts'
import type { Clock } from '#ports/clock.ts'

/** One row a minute for the same refusal is enough to see it. */
const AGAIN_MS = 60_000
/** Rows of one actor in a minute: whoever asks for a thousand things is seen by the first of them. */
const MOST_OF_ONE = 60
const MAX_ACTORS = 1_000

/** Writes down who tried what they may not (ASVS 16.3.2), without letting them fill the disk by it. */
export function createRefusals({
  auditLog,
  clock,
}: {
  auditLog: AuditLog
  clock: Pick<Clock, 'now'>
}) {
  const isNew = createOncePer(clock, AGAIN_MS)
  let minute = 0
  let rows = new Map<string, number>()

  /** How many there were of the actor in this minute, this one included. */
  function count({ id }: Actor): number {
    const now = Math.floor(clock.now().getTime() / AGAIN_MS)
    if (now !== minute || rows.size >= MAX_ACTORS) rows = new Map()
    minute = now
    const counted = (rows.get(id) ?? 0) + 1
    rows.set(id, counted)
    return counted
  }

  return (
    actor: Actor,
    action: string,
    target: string,
    details: Record<string, unknown> = {},
  ): void => {
    if (!isNew(`${actor.id} ${action} ${target} ${networkOf(actor.address ?? '')}`)) return
    const counted = count(actor)
    if (counted > MOST_OF_ONE) return
    const isLast = counted === MOST_OF_ONE
    auditLog.append({
      actor,
      action,
      target,
      result: 'denied',
      details: isLast ? { ...details, more: 'not written down in this minute' } : details,
    })
  }
}
export type NoteRefusal = ReturnType<typeof createRefusals>
