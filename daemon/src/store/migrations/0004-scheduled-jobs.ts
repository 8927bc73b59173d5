/** Commands that run at certain times. Their runs are rows of `runs`. */
export const scheduledJobs = /* sql */ `
CREATE TABLE scheduled_jobs (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  /** user: made here; source: written down in the live release's source. */
  origin TEXT NOT NULL,
  schedule TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  command TEXT NOT NULL,
  /** skip, allow or replace. */
  overlap TEXT NOT NULL,
  timeout_ms INTEGER NOT NULL,
  memory_bytes INTEGER,
  /** 1: a run that was missed is made up for, once. */
  run_late INTEGER NOT NULL,
  enabled INTEGER NOT NULL,
  /** Every time up to here has been dealt with. */
  settled_until TEXT NOT NULL,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  UNIQUE (app_id, name)
) STRICT;
`
