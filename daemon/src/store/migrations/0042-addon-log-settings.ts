/** How long and how many lines of an add-on's log are kept, as far as it was said of that one. */
export const addonLogSettings = /* sql */ `
CREATE TABLE addon_log_settings (
  addon_id TEXT PRIMARY KEY REFERENCES addons (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  keep_days INTEGER NOT NULL CHECK (keep_days > 0),
  keep_bytes INTEGER NOT NULL CHECK (keep_bytes > 0),
  lines_per_second INTEGER NOT NULL CHECK (lines_per_second > 0),
  changed_at TEXT NOT NULL
) STRICT;
`
