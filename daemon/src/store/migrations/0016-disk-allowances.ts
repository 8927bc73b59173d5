/** How much of the disk an app may take with its volumes, as far as it was said of that app. */
export const diskAllowances = /* sql */ `
CREATE TABLE disk_allowances (
  app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  changed_at TEXT NOT NULL
) STRICT;
`
