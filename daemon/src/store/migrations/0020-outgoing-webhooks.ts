/** Addresses that are told of events, what waits to be told them, and what they answered. */
export const outgoingWebhooks = /* sql */ `
CREATE TABLE outgoing_webhooks (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  /** Null: every app of the team. */
  app_id TEXT REFERENCES apps (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  events_json TEXT NOT NULL,
  is_on INTEGER NOT NULL,
  sealed_secret BLOB NOT NULL,
  /** Signs as well until then. */
  sealed_old_secret BLOB,
  old_secret_until TEXT,
  created_at TEXT NOT NULL,
  delivered_at TEXT,
  failing_since TEXT,
  /** Why it was switched off by itself. */
  stopped_reason TEXT
) STRICT;
CREATE INDEX outgoing_webhooks_by_team ON outgoing_webhooks (team_id);
CREATE TABLE outgoing_deliveries (
  id TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL REFERENCES outgoing_webhooks (id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  event TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  /** Null once it is over. */
  next_attempt_at TEXT,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX outgoing_deliveries_by_webhook ON outgoing_deliveries (webhook_id, id);
CREATE INDEX outgoing_deliveries_due ON outgoing_deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE TABLE outgoing_attempts (
  delivery_id TEXT NOT NULL REFERENCES outgoing_deliveries (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  at TEXT NOT NULL,
  status INTEGER,
  duration_ms INTEGER NOT NULL,
  reason TEXT,
  answer TEXT NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT;
`
