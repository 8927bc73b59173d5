/**
 * alerts: one row for each time that something is wrong, from pending to resolved; at most one open row
 * of a key. alert_rules: rules of a team's own, and what it has changed of built-in ones. silences: what
 * nobody is told of for a while.
 */
export const alerts = /* sql */ `
CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  key TEXT NOT NULL,
  rule TEXT NOT NULL,
  severity TEXT NOT NULL,
  state TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  subject_name TEXT NOT NULL,
  /** Null: of no app. */
  app_id TEXT REFERENCES apps (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  value REAL,
  limit_value REAL,
  is_data_missing INTEGER NOT NULL,
  since TEXT NOT NULL,
  /** Null while it is pending. */
  fired_at TEXT,
  /** It is well again since, and resolved when it stays so. */
  well_since TEXT,
  /** So long it has to stay well. */
  hold_ms INTEGER NOT NULL,
  resolved_at TEXT,
  /** It ends by itself then. */
  ends_at TEXT,
  before_json TEXT,
  link TEXT NOT NULL,
  acknowledged_by TEXT,
  because_of TEXT,
  /** When people are told of it, or told of it again. */
  tell_at TEXT,
  /** When they were told last that it fires. */
  told_at TEXT,
  /** Of the notification in which they were told. */
  told_key TEXT
) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (team_id, key) WHERE state <> 'resolved';
CREATE INDEX alerts_by_team ON alerts (team_id, state, id);
CREATE INDEX alerts_by_key ON alerts (team_id, key, resolved_at);
CREATE INDEX alerts_to_tell ON alerts (tell_at) WHERE tell_at IS NOT NULL;
CREATE TABLE alert_rules (
  team_id TEXT NOT NULL,
  /** Of a built-in rule its name. */
  id TEXT NOT NULL,
  /** Null: all that the team has. */
  app_id TEXT REFERENCES apps (id) ON DELETE CASCADE,
  /** What is null is as the built-in rule has it. */
  name TEXT,
  severity TEXT,
  is_on INTEGER,
  condition_json TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (team_id, id)
) STRICT;
CREATE TABLE silences (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  /** Null: every rule. */
  rule TEXT,
  /** Null: every app, and what is of none. */
  app_id TEXT REFERENCES apps (id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  by_name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  until TEXT NOT NULL
) STRICT;
CREATE INDEX silences_by_team ON silences (team_id, until);
`
