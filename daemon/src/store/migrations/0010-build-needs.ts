/** What the builds of an app needed: the next one waits until there is as much. */
export const buildNeeds = /* sql */ `
CREATE TABLE build_needs (
  app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
  memory_bytes INTEGER NOT NULL,
  measured_at TEXT NOT NULL
) STRICT;
`
