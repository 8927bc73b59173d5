/** No reference to apps: a volume outlives its app's row, until it is purged by name (rule B10). */
export const volumes = /* sql */ `
CREATE TABLE volumes (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  /** For the trash, where the app may be gone. */
  app_name TEXT NOT NULL,
  node TEXT NOT NULL,
  name TEXT NOT NULL,
  mount_path TEXT NOT NULL,
  /** null: every process of the app gets it. */
  processes_json TEXT,
  exclusive INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  /** In the trash since. */
  destroyed_at TEXT
) STRICT;
CREATE UNIQUE INDEX volumes_by_name ON volumes (app_id, name) WHERE destroyed_at IS NULL;
`
