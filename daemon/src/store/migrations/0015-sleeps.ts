/** When apps were asleep, for how much memory, and how long the wake took that ended it. */
export const sleeps = /* sql */ `
CREATE TABLE sleeps (
  id INTEGER PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  began_at TEXT NOT NULL,
  /** NULL while it sleeps. */
  ended_at TEXT,
  memory_bytes INTEGER NOT NULL,
  wake_ms INTEGER
) STRICT;
CREATE INDEX sleeps_by_app ON sleeps (app_id, began_at);
`
