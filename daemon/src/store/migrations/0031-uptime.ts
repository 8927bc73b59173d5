/**
 * uptime_checks: what is looked at from this node; an app's own check has its app, and its target is null
 * as long as it is the app's health path. uptime_incidents: when each was down, the newest only.
 * uptime_counts: looks, and those that found it well, by hour (a week) and by day (a quarter).
 */
export const uptime = /* sql */ `
CREATE TABLE uptime_checks (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT UNIQUE REFERENCES apps (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT,
  method TEXT NOT NULL,
  every_ms INTEGER NOT NULL,
  timeout_ms INTEGER NOT NULL,
  expect_json TEXT NOT NULL,
  follow_redirects INTEGER NOT NULL,
  is_on INTEGER NOT NULL,
  state TEXT NOT NULL,
  since TEXT,
  reason TEXT,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX uptime_checks_by_team ON uptime_checks (team_id, id);
CREATE TABLE uptime_incidents (
  id INTEGER PRIMARY KEY,
  check_id TEXT NOT NULL REFERENCES uptime_checks (id) ON DELETE CASCADE,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX uptime_incidents_by_check ON uptime_incidents (check_id, id);
CREATE TABLE uptime_counts (
  check_id TEXT NOT NULL REFERENCES uptime_checks (id) ON DELETE CASCADE,
  span TEXT NOT NULL,
  at TEXT NOT NULL,
  looks INTEGER NOT NULL,
  good INTEGER NOT NULL,
  PRIMARY KEY (check_id, span, at)
) STRICT, WITHOUT ROWID;
`
