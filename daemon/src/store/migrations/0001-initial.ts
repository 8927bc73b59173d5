/** Owned rows carry team_id (decision 11), instances and addresses a node (decision 9). Times are ISO UTC text. */
export const initial = /* sql */ `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE teams (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  password_hash TEXT,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE sign_in_links (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires_at TEXT NOT NULL,
  used_at TEXT
) STRICT;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL REFERENCES teams (id),
  /** link or password: how it was begun. */
  method TEXT NOT NULL,
  /** Counts the refresh tokens given out; only the newest is good. */
  refresh_generation INTEGER NOT NULL,
  refresh_hash TEXT NOT NULL,
  refreshed_at TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at TEXT NOT NULL,
  last_used_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  permissions_json TEXT NOT NULL,
  app_ids_json TEXT,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  last_used_at TEXT
) STRICT;

CREATE TABLE apps (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  name TEXT NOT NULL,
  stack TEXT,
  settings_json TEXT NOT NULL,
  scale_json TEXT NOT NULL,
  /** 0 once the user has stopped the app. */
  wanted INTEGER NOT NULL DEFAULT 1,
  /** The release that is live; null before the first. */
  live_release_id TEXT,
  next_deployment INTEGER NOT NULL DEFAULT 1,
  next_release INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  /** In the trash since; everything of it goes 7 days later. */
  destroyed_at TEXT
) STRICT;
CREATE UNIQUE INDEX apps_by_name ON apps (name) WHERE destroyed_at IS NULL;

CREATE TABLE env_variables (
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  key TEXT NOT NULL,
  sealed BLOB NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (app_id, key)
) STRICT;

CREATE TABLE builds (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  stack TEXT NOT NULL,
  image_id TEXT NOT NULL,
  image_size_bytes INTEGER NOT NULL,
  dockerfile TEXT NOT NULL,
  processes_json TEXT NOT NULL,
  release_command TEXT,
  image_env_json TEXT NOT NULL,
  commit_json TEXT,
  /** The tar it was built from. */
  source_id TEXT NOT NULL,
  duration_ms INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  /** Set when the image has been removed. */
  image_removed_at TEXT
) STRICT;
CREATE INDEX builds_by_app ON builds (app_id);

CREATE TABLE releases (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  build_id TEXT NOT NULL REFERENCES builds (id),
  env_sealed BLOB NOT NULL,
  env_keys_json TEXT NOT NULL,
  processes_json TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (app_id, number)
) STRICT;

CREATE TABLE deployments (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  trigger TEXT NOT NULL,
  actor TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  commit_json TEXT,
  /** The branch and what it pointed to before the push; the compare-and-swap of the switch. */
  ref TEXT,
  old_sha TEXT,
  /** Id of the source tar; null where nothing is built. */
  source_id TEXT,
  no_cache INTEGER NOT NULL DEFAULT 0,
  /** Asked for: scale of each process; null keeps the app's. */
  scale_json TEXT,
  /** The release whose image is taken, and whether with its frozen env. */
  base_release_id TEXT REFERENCES releases (id),
  base_env INTEGER NOT NULL DEFAULT 0,
  release_id TEXT REFERENCES releases (id),
  previous_release_id TEXT REFERENCES releases (id),
  /** Written by the switch, the commit point of a deployment. */
  switched_at TEXT,
  description TEXT NOT NULL,
  reason TEXT,
  hint TEXT,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  phases_json TEXT NOT NULL,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  UNIQUE (app_id, number)
) STRICT;
CREATE INDEX deployments_by_state ON deployments (state);

CREATE TABLE deployment_log (
  deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (deployment_id, seq)
) STRICT, WITHOUT ROWID;

/** The instances that should exist. A row is written before its container is started (rule K3). */
CREATE TABLE instances (
  name TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  release_id TEXT NOT NULL REFERENCES releases (id),
  deployment_id TEXT NOT NULL REFERENCES deployments (id),
  process TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  node TEXT NOT NULL,
  host TEXT,
  port INTEGER,
  /** starting: being checked; live: routed; warm: kept while watched; draining: on its way out; crashed. */
  state TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX instances_by_app ON instances (app_id);

CREATE TABLE domains (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  host TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL
) STRICT;

/** What the proxy is told; the snapshot is made of these rows. */
CREATE TABLE routes (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  path_prefix TEXT NOT NULL,
  process TEXT NOT NULL,
  state TEXT NOT NULL,
  UNIQUE (host, path_prefix)
) STRICT;

CREATE TABLE certificates (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  issuer TEXT NOT NULL,
  hosts_json TEXT NOT NULL,
  certificate_pem TEXT NOT NULL,
  key_sealed BLOB NOT NULL,
  not_after TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
  actor_id TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  /** NULL while the request is under way. */
  status INTEGER,
  reply_sealed BLOB,
  created_at TEXT NOT NULL,
  PRIMARY KEY (actor_id, key)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

/** Append-only, each row chained to the one before by its hash. */
CREATE TABLE audit_events (
  id INTEGER PRIMARY KEY,
  team_id TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  result TEXT NOT NULL,
  address TEXT,
  details_json TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_events_stay BEFORE UPDATE ON audit_events BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END;
CREATE TRIGGER audit_events_are_kept BEFORE DELETE ON audit_events BEGIN SELECT RAISE(ABORT, 'audit events are never removed'); END;
`
