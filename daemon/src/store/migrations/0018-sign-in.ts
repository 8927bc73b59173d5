/** How people prove who they are, besides passwords and links. Secrets are sealed, codes and tickets hashed. */
export const signIn = /* sql */ `
/** When it was last shown that it is the user who sits there. */
ALTER TABLE sessions ADD COLUMN proven_at TEXT;

/** 1 for a link that root made on the server: it is asked for no second factor, which may be lost. */
ALTER TABLE sign_in_links ADD COLUMN passes_second_step INTEGER NOT NULL DEFAULT 0;

/** An authenticator app (TOTP). */
CREATE TABLE code_makers (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  secret_sealed BLOB NOT NULL,
  /** Of the code that was taken last: none is taken twice, nor one from before it. */
  last_step INTEGER NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
  code_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  used_at TEXT
) STRICT;
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

CREATE TABLE passkeys (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  credential_id TEXT NOT NULL UNIQUE,
  public_key BLOB NOT NULL,
  /** As the authenticator counts its signatures; 0 where it does not. */
  counter INTEGER NOT NULL,
  transports_json TEXT NOT NULL,
  /** The host it was made for: it works nowhere else. */
  rp_id TEXT NOT NULL,
  name TEXT NOT NULL,
  is_synced INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  last_used_at TEXT
) STRICT;
CREATE INDEX passkeys_by_user ON passkeys (user_id);

CREATE TABLE identity_providers (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  name TEXT NOT NULL UNIQUE,
  preset TEXT NOT NULL,
  title TEXT NOT NULL,
  issuer TEXT NOT NULL,
  client_id TEXT NOT NULL,
  secret_sealed BLOB NOT NULL,
  /** Verified e-mail domains whose people are let in without an invitation. */
  domains_json TEXT NOT NULL,
  /** What those become. */
  role TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

/** Who somebody is at a provider: by issuer and subject, never by an address. */
CREATE TABLE identities (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  /** To recognise it by. */
  label TEXT NOT NULL,
  created_at TEXT NOT NULL,
  last_used_at TEXT,
  UNIQUE (issuer, subject)
) STRICT;
CREATE INDEX identities_by_user ON identities (user_id);

CREATE TABLE sign_in_rules (
  team_id TEXT PRIMARY KEY REFERENCES teams (id) ON DELETE CASCADE,
  second_factor_required INTEGER NOT NULL
) STRICT;
`
