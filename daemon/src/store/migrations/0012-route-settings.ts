/** What the proxy does for an app's routes. Passwords are scrypt hashes, never more. */
export const routeSettings = /* sql */ `
CREATE TABLE route_settings (
  app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  settings_json TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT;

CREATE TABLE basic_auth_users (
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (app_id, name)
) STRICT;
`
