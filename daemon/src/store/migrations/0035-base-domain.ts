/**
 * Every move of the whole platform to another domain, and what each team has put away of its list of
 * first steps. A move that is `moving` is finished by whichever daemon finds it.
 */
export const baseDomain = /* sql */ `
CREATE TABLE base_domain_moves (
  id TEXT PRIMARY KEY,
  from_name TEXT NOT NULL,
  to_name TEXT NOT NULL,
  from_host TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('moving', 'done', 'undone', 'failed')),
  is_undo INTEGER NOT NULL CHECK (is_undo IN (0, 1)),
  sends_on INTEGER NOT NULL CHECK (sends_on IN (0, 1)),
  moved_by TEXT NOT NULL,
  started_at TEXT NOT NULL,
  until TEXT NOT NULL,
  ended_at TEXT
) STRICT;

CREATE UNIQUE INDEX base_domain_moving ON base_domain_moves (state) WHERE state = 'moving';

CREATE TABLE first_run (
  team_id TEXT PRIMARY KEY REFERENCES teams (id) ON DELETE CASCADE,
  is_dismissed INTEGER NOT NULL CHECK (is_dismissed IN (0, 1)),
  skipped TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT;
`
