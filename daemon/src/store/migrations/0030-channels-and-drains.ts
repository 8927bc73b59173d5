/** Where notifications are sent and what waits for it; where lines of logs are sent on to. */
export const channelsAndDrains = /* sql */ `
CREATE TABLE channels (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  settings_json TEXT NOT NULL,
  secrets_sealed BLOB NOT NULL,
  min_severity TEXT NOT NULL,
  with_deployments INTEGER NOT NULL,
  /** Ids; null: all of the team's. */
  apps_json TEXT,
  is_on INTEGER NOT NULL,
  /** Nothing is sent before: the other side has asked for it, or took nothing just now. */
  held_until TEXT,
  failing_since TEXT,
  reason TEXT,
  /** Others have been told that it fails. */
  is_failure_told INTEGER NOT NULL,
  delivered_at TEXT,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX channels_by_team ON channels (team_id);
CREATE TABLE channel_deliveries (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  notification_json TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_answer TEXT,
  /** Null once it is over, and while it waits within a summary. */
  next_attempt_at TEXT,
  /** The delivery that tells it together with others. */
  summary_id TEXT REFERENCES channel_deliveries (id) ON DELETE SET NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX channel_deliveries_by_channel ON channel_deliveries (channel_id, id);
CREATE INDEX channel_deliveries_due ON channel_deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX channel_deliveries_of_summary ON channel_deliveries (summary_id) WHERE summary_id IS NOT NULL;
CREATE TABLE log_drains (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  format TEXT NOT NULL,
  /** Null: every app of the team. */
  app_id TEXT REFERENCES apps (id) ON DELETE CASCADE,
  is_on INTEGER NOT NULL,
  secret_sealed BLOB,
  ca_pem TEXT,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX log_drains_by_team ON log_drains (team_id);
`
