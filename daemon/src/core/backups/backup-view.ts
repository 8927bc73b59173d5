import type { Backup } from '@vastrox/shared/backup.ts'
import type { BackupRecord } from '#store/backup-store.ts'

/** What people are shown of a row. */
export const showBackup = (
  record: BackupRecord,
  destination: string,
  progress: number | null,
): Backup => ({
  id: record.id,
  groupId: record.groupId,
  subject: record.subject,
  destination,
  state: record.state,
  mode: record.mode,
  startedAt: record.startedAt ?? record.askedAt,
  endedAt: record.endedAt,
  progress,
  sizeBytes: record.sizeBytes,
  addedBytes: record.addedBytes,
  isKept: record.isKept,
  schedule: record.scheduleId,
  reason: record.reason,
  drill: record.drill,
  verifiedAt: record.verifiedAt,
  damage: record.damage,
  warnings: record.manifest?.warnings ?? [],
})
