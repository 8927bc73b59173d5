/** How long and how many lines of an app's log are kept, as far as it was said of that app. */
export const logSettings = /* sql */ `
CREATE TABLE log_settings (
  app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  keep_days INTEGER NOT NULL CHECK (keep_days > 0),
  keep_bytes INTEGER NOT NULL CHECK (keep_bytes > 0),
  lines_per_second INTEGER NOT NULL CHECK (lines_per_second > 0),
  changed_at TEXT NOT NULL
) STRICT;
`
