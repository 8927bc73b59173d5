/**
 * issuers: CAs in the order they are asked; `stages_for` is set for one that only tries things out.
 * certificate_wants: sets of names that are to have a certificate. certificate_orders: what is under
 * way for a set at one issuer (rule R1). certificate_spending: what counts against limits (rule R4).
 */
export const certificateOrders = /* sql */ `
CREATE TABLE issuers (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  title TEXT NOT NULL,
  directory_url TEXT NOT NULL,
  ca_pem TEXT,
  email TEXT,
  binding_key_id TEXT,
  binding_sealed BLOB,
  profile TEXT,
  preferred_chain TEXT,
  stages_for TEXT,
  position INTEGER NOT NULL,
  is_enabled INTEGER NOT NULL,
  account_key_sealed BLOB,
  account_url TEXT,
  rest_until TEXT,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE certificate_wants (
  names TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  state TEXT NOT NULL,
  reason_json TEXT,
  next_attempt_at TEXT NOT NULL,
  wanted_since TEXT NOT NULL,
  dropped_at TEXT
) STRICT;
CREATE INDEX certificate_wants_by_turn ON certificate_wants (next_attempt_at);

CREATE TABLE certificate_orders (
  names TEXT NOT NULL,
  issuer_id TEXT NOT NULL,
  profile TEXT NOT NULL,
  state TEXT NOT NULL,
  order_url TEXT,
  key_sealed BLOB,
  challenges_json TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at TEXT NOT NULL,
  problem_json TEXT,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (names, issuer_id, profile)
) STRICT;

CREATE TABLE certificate_spending (
  kind TEXT NOT NULL,
  issuer_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX certificate_spending_by_kind ON certificate_spending (kind, issuer_id, subject, at);

CREATE TABLE dns_providers (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  type TEXT NOT NULL,
  zone TEXT NOT NULL UNIQUE,
  settings_sealed BLOB NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

ALTER TABLE certificates ADD COLUMN issued_by TEXT;
ALTER TABLE certificates ADD COLUMN profile TEXT;
ALTER TABLE certificates ADD COLUMN not_before TEXT;
ALTER TABLE certificates ADD COLUMN fingerprint TEXT;
ALTER TABLE certificates ADD COLUMN is_trusted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE certificates ADD COLUMN served_at TEXT;
ALTER TABLE certificates ADD COLUMN renew_at TEXT;
ALTER TABLE certificates ADD COLUMN ask_again_at TEXT;
ALTER TABLE certificates ADD COLUMN explanation_url TEXT;
ALTER TABLE certificates ADD COLUMN alarmed_ms INTEGER;
`
