import type { LogSettings } from '@vastrox/shared/log.ts'
import type { Database } from '#store/database.ts'

interface SettingsRow {
  app_id: string
  team_id: string
  keep_days: number
  keep_bytes: number
  lines_per_second: number
  changed_at: string
}

/** How logs of apps are kept, as far as it was said of them. */
export function createLogSettingsStore(db: Database) {
  const upsert = db.prepare<SettingsRow>(
    `INSERT INTO log_settings (app_id, team_id, keep_days, keep_bytes, lines_per_second, changed_at)
     VALUES (@app_id, @team_id, @keep_days, @keep_bytes, @lines_per_second, @changed_at)
     ON CONFLICT (app_id) DO UPDATE SET keep_days = @keep_days, keep_bytes = @keep_bytes,
       lines_per_second = @lines_per_second, changed_at = @changed_at`,
  )
  const find = db.prepare<[appId: string], SettingsRow>(
    'SELECT * FROM log_settings WHERE app_id = ?',
  )

  return {
    saveForPlatform(
      { appId, teamId }: { appId: string; teamId: string },
      { keepDays, keepBytes, linesPerSecond }: LogSettings,
      at: string,
    ): void {
      upsert.run({
        app_id: appId,
        team_id: teamId,
        keep_days: keepDays,
        keep_bytes: keepBytes,
        lines_per_second: linesPerSecond,
        changed_at: at,
      })
    },
    findForPlatform(appId: string): LogSettings | undefined {
      const row = find.get(appId)
      return (
        row && {
          keepDays: row.keep_days,
          keepBytes: row.keep_bytes,
          linesPerSecond: row.lines_per_second,
        }
      )
    },
  }
}
export type LogSettingsStore = ReturnType<typeof createLogSettingsStore>
