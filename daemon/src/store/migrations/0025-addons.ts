/**
 * Databases that the platform runs. No reference to apps from an add-on: it outlives them, until it is
 * purged by name (rule B10). `server_id` is what the node calls the server behind it: another one takes
 * its place when what it holds is replaced.
 */
export const addons = /* sql */ `
CREATE TABLE addons (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  node TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  version TEXT NOT NULL,
  server_id TEXT NOT NULL UNIQUE,
  /** 1: a server for a drill or a restore, which is in no list and goes with the daemon that made it. */
  throw_away INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL,
  reason TEXT,
  /** 0: somebody has stopped it. */
  wanted INTEGER NOT NULL DEFAULT 1,
  memory_bytes INTEGER NOT NULL,
  cpu_millis INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  /** null: it keeps nothing. */
  volume_id TEXT,
  volume_made_at TEXT,
  /** What the server of this volume is opened with, and what it is to be opened with next. */
  root_sealed BLOB NOT NULL,
  next_root_sealed BLOB,
  created_at TEXT NOT NULL,
  destroyed_at TEXT,
  purging_at TEXT
) STRICT;
CREATE UNIQUE INDEX addons_by_name ON addons (team_id, name)
  WHERE destroyed_at IS NULL AND throw_away = 0;

/** Users of a server, one for each app; those that have been dropped stay named, since dumps may name them. */
CREATE TABLE addon_users (
  addon_id TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE,
  username TEXT NOT NULL,
  app_id TEXT NOT NULL,
  password_sealed BLOB NOT NULL,
  created_at TEXT NOT NULL,
  /** null: the server does not have it yet. */
  made_at TEXT,
  /** It is dropped once nothing of its app uses it any more. */
  leaving_at TEXT,
  /** The newest release of the app then: it and those before may run with it. */
  leaving_after INTEGER NOT NULL DEFAULT 0,
  dropped_at TEXT,
  PRIMARY KEY (addon_id, username)
) STRICT;

CREATE TABLE addon_attachments (
  addon_id TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  prefix TEXT NOT NULL,
  username TEXT NOT NULL,
  names_json TEXT NOT NULL,
  /** Empty until the server has the user. */
  variables_sealed BLOB NOT NULL,
  attached_at TEXT NOT NULL,
  PRIMARY KEY (addon_id, app_id)
) STRICT;
CREATE UNIQUE INDEX addon_attachments_by_prefix ON addon_attachments (app_id, prefix);

/** What a source has asked for and was given once: what somebody takes away stays away. */
CREATE TABLE declared_addons (
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  wish TEXT NOT NULL,
  addon_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (app_id, wish)
) STRICT;

CREATE TABLE addon_exceptions (
  id TEXT PRIMARY KEY,
  addon_id TEXT NOT NULL REFERENCES addons (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  source TEXT NOT NULL,
  host_port INTEGER NOT NULL,
  until TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
`
