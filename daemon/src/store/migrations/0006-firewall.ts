/**
 * The firewall as a line of changes: each row is the whole plan that it asked for, and the newest
 * confirmed one holds. At most one is open for a node, whatever crashes.
 */
export const firewall = /* sql */ `
CREATE TABLE firewall_changes (
  number INTEGER PRIMARY KEY,
  node TEXT NOT NULL,
  team_id TEXT NOT NULL,
  state TEXT NOT NULL,
  mode TEXT NOT NULL,
  summary TEXT NOT NULL,
  plan_json TEXT NOT NULL,
  /** 0: nobody has to confirm it. */
  guard_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  actor_address TEXT,
  created_at TEXT NOT NULL,
  /** From then on the node does it: what was connected before confirms nothing. */
  applied_at TEXT,
  /** The agent's name for it. */
  generation INTEGER,
  pending_until TEXT,
  ended_at TEXT,
  reason TEXT
) STRICT;
CREATE UNIQUE INDEX firewall_changes_open ON firewall_changes (node)
  WHERE state IN ('applying', 'pending');

CREATE TABLE firewall_bans (
  id TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  team_id TEXT NOT NULL,
  /** An IPv4 address, or the /64 of an IPv6 address. */
  address TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at TEXT NOT NULL,
  until TEXT NOT NULL,
  lifted_at TEXT
) STRICT;
CREATE INDEX firewall_bans_by_address ON firewall_bans (address, created_at);

CREATE TABLE egress_policies (
  app_id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  policy_json TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT;
`
