/**
 * What became of each set of names, step by step: what somebody looks for who asks why a host has no
 * certificate. The same step again and again is one row: `times` of it, until `last_at`.
 */
export const certificateEvents = /* sql */ `
CREATE TABLE certificate_events (
  id INTEGER PRIMARY KEY,
  names TEXT NOT NULL,
  kind TEXT NOT NULL,
  issuer TEXT,
  detail TEXT,
  at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  times INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX certificate_events_of ON certificate_events (names, id);
`
