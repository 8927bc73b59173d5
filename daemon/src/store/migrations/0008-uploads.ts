/** What has been uploaded to an app and how it may be; no row says: nothing, and as the defaults say. */
export const uploads = /* sql */ `
CREATE TABLE uploads (
  app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  publish_on_idle INTEGER NOT NULL DEFAULT 1,
  plain_ftp INTEGER NOT NULL DEFAULT 0,
  /** SHA-256 of a secret of 160 random bits. */
  password_hash TEXT,
  password_changed_at TEXT,
  /** The first change that is not published, and who made the last one. */
  changed_at TEXT,
  changed_by TEXT,
  /** Why publishing it by itself came to nothing. */
  problem TEXT
) STRICT;
`
