/** One key signs in one user: over SSH a key alone says who somebody is. */
export const sshKeys = /* sql */ `
CREATE TABLE ssh_keys (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  /** base64, as in a .pub file. */
  blob TEXT NOT NULL,
  fingerprint TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  last_used_at TEXT
) STRICT;
CREATE INDEX ssh_keys_of_user ON ssh_keys (user_id);
`
