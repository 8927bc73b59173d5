/** Repositories and folders elsewhere that apps are made of, the webhooks that tell of them, and accounts at Git hosts. */
export const externalSources = /* sql */ `
CREATE TABLE external_sources (
  app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  url TEXT NOT NULL,
  host_kind TEXT NOT NULL,
  follow_json TEXT NOT NULL,
  watch_paths_json TEXT NOT NULL,
  submodules INTEGER NOT NULL,
  access TEXT NOT NULL,
  username TEXT,
  /** The token, or OpenSSH's private key. */
  sealed_secret BLOB,
  public_key TEXT,
  /** '<type> <base64>', pinned at the first connection. */
  host_key TEXT,
  poll_every_ms INTEGER,
  post_status INTEGER NOT NULL,
  account_id TEXT,
  /** What was made at the host for it: ids of the deploy key and of the webhook. */
  installed_json TEXT,
  /** The commit that was taken up last. */
  commit_json TEXT,
  fetched_at TEXT,
  next_poll_at TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  problem TEXT,
  status_problem TEXT,
  webhook_id TEXT NOT NULL UNIQUE,
  sealed_webhook_secret BLOB NOT NULL,
  webhook_at TEXT
) STRICT;
CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  delivery_id TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  host_kind TEXT NOT NULL,
  event TEXT NOT NULL,
  ref TEXT,
  sha TEXT,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  deployment INTEGER,
  received_at TEXT NOT NULL
) STRICT;
CREATE INDEX webhook_deliveries_by_app ON webhook_deliveries (app_id, received_at);
CREATE INDEX webhook_deliveries_by_delivery ON webhook_deliveries (app_id, delivery_id);
CREATE INDEX webhook_deliveries_by_digest ON webhook_deliveries (app_id, body_digest);
/** Which deployments are told to a Git host, and what it calls them. */
CREATE TABLE posted_statuses (
  deployment_id TEXT PRIMARY KEY REFERENCES deployments (id) ON DELETE CASCADE,
  app_id TEXT NOT NULL,
  sha TEXT NOT NULL,
  /** The last state that the host took. */
  posted TEXT,
  host_deployment TEXT
) STRICT;
CREATE TABLE git_accounts (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  host_kind TEXT NOT NULL,
  name TEXT NOT NULL,
  /** 'https://gitlab.example.com' */
  base_url TEXT NOT NULL,
  /** A personal token, what OAuth gave, or the key of a GitHub App, with what belongs to it. */
  kind TEXT NOT NULL,
  settings_json TEXT NOT NULL,
  sealed_secret BLOB,
  connected_at TEXT,
  created_at TEXT NOT NULL,
  problem TEXT
) STRICT;
CREATE TABLE remote_sources (
  app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  username TEXT NOT NULL,
  folder TEXT NOT NULL,
  access TEXT NOT NULL,
  sealed_secret BLOB,
  public_key TEXT,
  host_key TEXT,
  ignore_json TEXT NOT NULL,
  pull_every_ms INTEGER,
  next_pull_at TEXT,
  pulled_at TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  problem TEXT,
  /** Of the tree that was taken up last. */
  digest TEXT,
  summary_json TEXT
) STRICT;
`
