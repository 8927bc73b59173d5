/**
 * Keys for one purpose each, sealed under the master key; env variables with marks, groups of them
 * that apps share, and what they were before.
 */
export const secrets = /* sql */ `
CREATE TABLE purpose_keys (
  purpose TEXT PRIMARY KEY,
  key_sealed BLOB NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

ALTER TABLE env_variables ADD COLUMN phase TEXT NOT NULL DEFAULT 'runtime';
ALTER TABLE env_variables ADD COLUMN never_reveal INTEGER NOT NULL DEFAULT 0;
/** 1: the value is no opaque text, other values are put into it at each release. */
ALTER TABLE env_variables ADD COLUMN is_reference INTEGER NOT NULL DEFAULT 0;

CREATE TABLE env_groups (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (team_id, name)
) STRICT;

CREATE TABLE env_group_variables (
  group_id TEXT NOT NULL REFERENCES env_groups (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  key TEXT NOT NULL,
  sealed BLOB NOT NULL,
  phase TEXT NOT NULL,
  never_reveal INTEGER NOT NULL,
  is_reference INTEGER NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (group_id, key)
) STRICT;

/** A later position goes over an earlier one, the app's own variables over all of them. */
CREATE TABLE env_group_apps (
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  group_id TEXT NOT NULL REFERENCES env_groups (id),
  position INTEGER NOT NULL,
  PRIMARY KEY (app_id, group_id)
) STRICT;
CREATE INDEX env_group_apps_by_group ON env_group_apps (group_id);

/** Each change of the variables of an app or of a group, with what they were after it. */
CREATE TABLE env_changes (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT REFERENCES apps (id) ON DELETE CASCADE,
  group_id TEXT REFERENCES env_groups (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  what_json TEXT NOT NULL,
  state_sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX env_changes_by_app ON env_changes (app_id, number) WHERE app_id IS NOT NULL;
CREATE UNIQUE INDEX env_changes_by_group ON env_changes (group_id, number) WHERE group_id IS NOT NULL;
`
