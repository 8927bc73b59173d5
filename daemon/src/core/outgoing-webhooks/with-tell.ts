import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Tell } from '#core/outgoing-webhooks/tell.ts'

/** The audit log, of which webhooks and alerts hear within the same transaction. */
export const withTell = (
  audit: AuditLog,
  tell: () => Pick<Tell, 'ofAct'> | undefined,
): AuditLog => ({
  ...audit,
  append(event) {
    audit.append(event)
    tell()?.ofAct(event)
  },
})
