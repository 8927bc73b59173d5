import type { LogSettings } from '@vastrox/shared/log.ts'
import type { Database } from '#store/database.ts'

interface SettingsRow {
  id: string
  team_id: string
  keep_days: number
  keep_bytes: number
  lines_per_second: number
  changed_at: string
}

/** Where it is said, by whose logs they are. */
const PLACES = {
  app: { table: 'log_settings', key: 'app_id' },
  addon: { table: 'addon_log_settings', key: 'addon_id' },
} as const

/** How logs of apps, or of add-ons, are kept, as far as it was said of them. */
export function createLogSettingsStore(db: Database, whose: keyof typeof PLACES = 'app') {
  const { table, key } = PLACES[whose]
  const upsert = db.prepare<SettingsRow>(
    `INSERT INTO ${table} (${key}, team_id, keep_days, keep_bytes, lines_per_second, changed_at)
     VALUES (@id, @team_id, @keep_days, @keep_bytes, @lines_per_second, @changed_at)
     ON CONFLICT (${key}) DO UPDATE SET keep_days = @keep_days, keep_bytes = @keep_bytes,
       lines_per_second = @lines_per_second, changed_at = @changed_at`,
  )
  const find = db.prepare<[id: string], SettingsRow>(`SELECT * FROM ${table} WHERE ${key} = ?`)

  return {
    saveForPlatform(
      { id, teamId }: { id: string; teamId: string },
      { keepDays, keepBytes, linesPerSecond }: LogSettings,
      at: string,
    ): void {
      upsert.run({
        id,
        team_id: teamId,
        keep_days: keepDays,
        keep_bytes: keepBytes,
        lines_per_second: linesPerSecond,
        changed_at: at,
      })
    },
    findForPlatform(id: string): LogSettings | undefined {
      const row = find.get(id)
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
