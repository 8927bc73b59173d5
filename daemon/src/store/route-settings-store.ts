import { DEFAULT_ROUTE_SETTINGS, RouteSettings } from '@vastrox/shared/route-settings.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

interface SettingsRow {
  app_id: string
  team_id: string
  settings_json: string
  changed_at: string
}

interface UserRow {
  app_id: string
  team_id: string
  name: string
  password_hash: string
  changed_at: string
}

export interface BasicAuthRecord {
  name: string
  hash: string
}

/** What is said about the routes of apps, as far as it was said; and who has a password for them. */
export function createRouteSettingsStore(db: Database) {
  const upsert = db.prepare<SettingsRow>(
    `INSERT INTO route_settings (app_id, team_id, settings_json, changed_at)
     VALUES (@app_id, @team_id, @settings_json, @changed_at)
     ON CONFLICT (app_id) DO UPDATE SET settings_json = @settings_json, changed_at = @changed_at`,
  )
  const find = db.prepare<[appId: string], SettingsRow>(
    'SELECT * FROM route_settings WHERE app_id = ?',
  )
  const upsertUser = db.prepare<UserRow>(
    `INSERT INTO basic_auth_users (app_id, team_id, name, password_hash, changed_at)
     VALUES (@app_id, @team_id, @name, @password_hash, @changed_at)
     ON CONFLICT (app_id, name) DO UPDATE SET password_hash = @password_hash, changed_at = @changed_at`,
  )
  const removeUser = db.prepare<[appId: string, name: string]>(
    'DELETE FROM basic_auth_users WHERE app_id = ? AND name = ?',
  )
  const usersOf = db.prepare<[appId: string], UserRow>(
    'SELECT * FROM basic_auth_users WHERE app_id = ? ORDER BY name',
  )
  /** By the text of the row: a snapshot is made at every switch, of every app. */
  const read = new Map<string, { text: string; settings: RouteSettings }>()

  return {
    saveForPlatform(appId: string, teamId: string, settings: RouteSettings, at: string): void {
      const settings_json = JSON.stringify(settings)
      upsert.run({ app_id: appId, team_id: teamId, settings_json, changed_at: at })
    },
    /** What nothing was said about is as for every app. */
    findForPlatform(appId: string): RouteSettings {
      const row = find.get(appId)
      if (!row) return DEFAULT_ROUTE_SETTINGS
      const known = read.get(appId)
      if (known?.text === row.settings_json) return known.settings
      const settings = RouteSettings.parse({
        // What a version before did not know is as for every app.
        ...DEFAULT_ROUTE_SETTINGS,
        ...fromJson(z.record(z.string(), z.unknown()), row.settings_json),
      })
      read.set(appId, { text: row.settings_json, settings })
      return settings
    },
    listUsersForPlatform: (appId: string): BasicAuthRecord[] =>
      usersOf.all(appId).map(({ name, password_hash }) => ({ name, hash: password_hash })),
    saveUserForPlatform(
      appId: string,
      teamId: string,
      { name, hash }: BasicAuthRecord,
      at: string,
    ): void {
      upsertUser.run({
        app_id: appId,
        team_id: teamId,
        name,
        password_hash: hash,
        changed_at: at,
      })
    },
    /** False where there was none of that name. */
    removeUserForPlatform: (appId: string, name: string): boolean =>
      removeUser.run(appId, name).changes > 0,
  }
}
export type RouteSettingsStore = ReturnType<typeof createRouteSettingsStore>
