/**
 * A user may be in several teams, as something else in each, and may have more on single apps. The
 * team that was there first runs the machine. What a password lets in to depends on who made it.
 */
export const people = /* sql */ `
ALTER TABLE teams ADD COLUMN is_operators INTEGER NOT NULL DEFAULT 0;
UPDATE teams SET is_operators = 1 WHERE id = (SELECT id FROM teams ORDER BY created_at, id LIMIT 1);
CREATE UNIQUE INDEX teams_of_operators ON teams (is_operators) WHERE is_operators = 1;

CREATE TABLE memberships (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL REFERENCES teams (id),
  role TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (user_id, team_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_of_team ON memberships (team_id);
INSERT INTO memberships (user_id, team_id, role, created_at)
  SELECT id, team_id, role, created_at FROM users;

ALTER TABLE users DROP COLUMN role;
ALTER TABLE users DROP COLUMN team_id;
/** Nobody gets in as them while it is set. */
ALTER TABLE users ADD COLUMN disabled_at TEXT;

CREATE TABLE app_grants (
  user_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (user_id, app_id),
  FOREIGN KEY (user_id, team_id) REFERENCES memberships (user_id, team_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX app_grants_of_app ON app_grants (app_id);

/** Each is good once: whoever accepts it takes the row away. */
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  token_hash TEXT NOT NULL UNIQUE,
  note TEXT NOT NULL,
  role TEXT NOT NULL,
  /** Roles by the id of the app. */
  grants_json TEXT NOT NULL,
  /** It gives no more than they still have. */
  invited_by TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX invitations_of_team ON invitations (team_id);

/** It lets in whoever has it for as long as they may change the app; NULL for one of before. */
ALTER TABLE uploads ADD COLUMN password_user_id TEXT;
`
