/**
 * A domain that is not proven yet may be claimed beside the one that is served: a name is unique only
 * among those that are served. check_json: what the last look has found; waiting_since: it does not
 * lead here, since then.
 */
export const domains = /* sql */ `
CREATE TABLE domains_next (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  /** example.co.uk of www.example.co.uk. */
  registrable TEXT NOT NULL,
  redirect_to TEXT,
  is_primary INTEGER NOT NULL DEFAULT 0,
  served_since TEXT,
  proven_at TEXT,
  proof TEXT,
  check_json TEXT,
  next_check_at TEXT,
  waiting_since TEXT,
  created_at TEXT NOT NULL
) STRICT;
INSERT INTO domains_next (id, team_id, app_id, host, registrable, served_since, created_at)
  SELECT id, team_id, app_id, host, host, created_at, created_at FROM domains;
DROP TABLE domains;
ALTER TABLE domains_next RENAME TO domains;
CREATE UNIQUE INDEX domains_served ON domains (host) WHERE served_since IS NOT NULL;
CREATE UNIQUE INDEX domains_of_app ON domains (app_id, host);
CREATE INDEX domains_due ON domains (next_check_at) WHERE next_check_at IS NOT NULL;
`
