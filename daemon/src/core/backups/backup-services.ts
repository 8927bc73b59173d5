import type { BackupService } from '#core/backups/backup-service.ts'
import type { CheckService } from '#core/backups/check-service.ts'
import type { DestinationService } from '#core/destinations/destination-service.ts'
import type { DownloadBackup } from '#core/backups/download.ts'
import type { Overview } from '#core/backups/overview.ts'
import type { RetentionService } from '#core/backups/retention-service.ts'
import type { ScheduleService } from '#core/backups/schedule-service.ts'

/** What the ways in call. */
export interface BackupServices {
  destinations: DestinationService
  backups: BackupService
  schedules: ScheduleService
  retention: RetentionService
  checks: CheckService
  overview: Overview
  download: DownloadBackup
}

/** Loaded when it is first asked for: a server without backups does without all of it. */
export type LoadBackups = () => Promise<BackupServices>
