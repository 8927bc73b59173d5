/**
 * Where backups are kept, what was backed up, and when it is again. A row of a backup is there before
 * anything is written at the destination, and goes only after its snapshot has (rule K3). `seq` is the
 * order in which backups were asked for, whatever the clock said (rule B6).
 */
export const backups = /* sql */ `
CREATE TABLE destinations (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams(id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  settings_json TEXT NOT NULL,
  secrets_sealed BLOB NOT NULL,
  password_sealed BLOB NOT NULL,
  folder TEXT NOT NULL UNIQUE,
  repository_id TEXT,
  is_default INTEGER NOT NULL,
  upload_limit_kib INTEGER,
  size_bytes INTEGER,
  free_bytes INTEGER,
  measured_at TEXT,
  checked_at TEXT,
  check_failure TEXT,
  next_part INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  UNIQUE (team_id, name)
) STRICT;

CREATE TABLE backups (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  team_id TEXT NOT NULL REFERENCES teams(id),
  group_id TEXT NOT NULL,
  node TEXT NOT NULL,
  subject_type TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  subject_name TEXT NOT NULL,
  app_id TEXT,
  destination_id TEXT NOT NULL REFERENCES destinations(id),
  schedule_id TEXT,
  purpose TEXT NOT NULL,
  actor TEXT NOT NULL,
  state TEXT NOT NULL,
  wanted_mode TEXT NOT NULL,
  mode TEXT,
  allow_smaller INTEGER NOT NULL,
  is_kept INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  snapshot_id TEXT,
  may_linger INTEGER NOT NULL DEFAULT 0,
  holds_app INTEGER NOT NULL DEFAULT 0,
  size_bytes INTEGER,
  added_bytes INTEGER,
  reason TEXT,
  manifest_json TEXT,
  verified_at TEXT,
  damage TEXT,
  drill_json TEXT,
  proven_at TEXT,
  counted_at TEXT,
  asked_at TEXT NOT NULL,
  started_at TEXT,
  ended_at TEXT
) STRICT;
CREATE INDEX backups_of_team ON backups (team_id, seq);
CREATE INDEX backups_of_subject ON backups (subject_type, subject_id, seq);
CREATE INDEX backups_of_destination ON backups (destination_id, seq);
CREATE INDEX backups_under_way ON backups (state) WHERE state IN ('queued', 'running', 'removing');

CREATE TABLE backup_schedules (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams(id),
  subject_type TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  subject_name TEXT NOT NULL,
  destination_id TEXT NOT NULL REFERENCES destinations(id),
  schedule TEXT NOT NULL,
  time_zone TEXT,
  retention_json TEXT NOT NULL,
  mode TEXT NOT NULL,
  is_enabled INTEGER NOT NULL,
  settled_until TEXT NOT NULL,
  overdue_told_at TEXT,
  created_at TEXT NOT NULL,
  UNIQUE (subject_type, subject_id, destination_id)
) STRICT;
`
