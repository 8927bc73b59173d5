/**
 * Tokens that may come from named networks only, that can be rotated, and of which a revoked one is
 * still known; SSH keys that expire, and keys of one app; audit events that say by which sign-in,
 * token or key somebody came.
 */
export const tokensAndKeys = /* sql */ `
ALTER TABLE tokens ADD COLUMN networks_json TEXT;
ALTER TABLE tokens ADD COLUMN last_used_address TEXT;
ALTER TABLE tokens ADD COLUMN revoked_at TEXT;
/** The secret before the last rotation, and until when it is still good. */
ALTER TABLE tokens ADD COLUMN previous_hash TEXT;
ALTER TABLE tokens ADD COLUMN previous_until TEXT;
ALTER TABLE tokens ADD COLUMN rotated_at TEXT;
/** When the coming end was written down. */
ALTER TABLE tokens ADD COLUMN reminded_at TEXT;
CREATE UNIQUE INDEX tokens_by_previous_hash ON tokens (previous_hash) WHERE previous_hash IS NOT NULL;

CREATE TABLE ssh_keys_0019 (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  /** Whom it signs in; null for a key of an app. */
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  /** The one app that it may come to; null for a key of a user. */
  app_id TEXT REFERENCES apps (id) ON DELETE CASCADE,
  /** Of a key of an app: whether it may push and upload. */
  may_write INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  /** base64, as in a .pub file. */
  blob TEXT NOT NULL,
  fingerprint TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  last_used_at TEXT,
  last_used_address TEXT,
  CHECK ((user_id IS NULL) <> (app_id IS NULL))
) STRICT;
INSERT INTO ssh_keys_0019 (id, team_id, user_id, name, type, blob, fingerprint, created_at, last_used_at)
  SELECT id, team_id, user_id, name, type, blob, fingerprint, created_at, last_used_at FROM ssh_keys;
DROP TABLE ssh_keys;
ALTER TABLE ssh_keys_0019 RENAME TO ssh_keys;
CREATE INDEX ssh_keys_of_user ON ssh_keys (user_id);
CREATE INDEX ssh_keys_of_app ON ssh_keys (app_id);

ALTER TABLE audit_events ADD COLUMN via TEXT;
CREATE INDEX audit_events_of_team ON audit_events (team_id);
`
