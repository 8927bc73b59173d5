import type { DrillService } from '#core/drills/drill-service.ts'
import type { ImportService } from '#core/restores/import-service.ts'
import type { RestoreService } from '#core/restores/restore-service.ts'

/** What the ways in call. */
export interface WayBackServices {
  drills: DrillService
  restores: RestoreService
  imports: ImportService
}

/** Loaded when it is first asked for: a server without backups does without all of it. */
export type LoadWayBack = () => Promise<WayBackServices>

export const MAX_IMPORT_BYTES = 64 * 2 ** 30
