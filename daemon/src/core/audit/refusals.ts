import type { Actor } from '@vastrox/shared/actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { networkOf } from '#lib/network-of.ts'
import { createOncePer } from '#lib/once-per.ts'
import type { Clock } from '#ports/clock.ts'

/** One row a minute for the same refusal is enough to see it. */
const AGAIN_MS = 60_000

/** Writes down who tried what they may not (ASVS 16.3.2), without letting them fill the disk by it. */
export function createRefusals({
  auditLog,
  clock,
}: {
  auditLog: AuditLog
  clock: Pick<Clock, 'now'>
}) {
  const isNew = createOncePer(clock, AGAIN_MS)
  return (
    actor: Actor,
    action: string,
    target: string,
    details: Record<string, unknown> = {},
  ): void => {
    if (!isNew(`${actor.id} ${action} ${target} ${networkOf(actor.address ?? '')}`)) return
    auditLog.append({ actor, action, target, result: 'denied', details })
  }
}
export type NoteRefusal = ReturnType<typeof createRefusals>
