import type { AuditAnchor } from '@vastrox/shared/audit-event.ts'

/** Where anchors of the audit log are kept: outside the database. */
export interface AnchorLog {
  /** Resolves once it is safe on the disk, and printed for whoever collects what the daemon says. */
  add(anchor: AuditAnchor): Promise<void>
  /** Every anchor, oldest first; a line that cannot be read comes as undefined. */
  read(): Promise<(AuditAnchor | undefined)[]>
}
