/** Proof that backups can be put back, and what was put back. */
export const drillsAndRestores = /* sql */ `
CREATE TABLE drills (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  /** Kept when the backup has gone: what was proven was proven. */
  backup_id TEXT NOT NULL,
  subject_type TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  subject_name TEXT NOT NULL,
  /** after-backup, weekly, or asked for. */
  cause TEXT NOT NULL,
  state TEXT NOT NULL,
  /** How often it was begun. */
  attempts INTEGER NOT NULL,
  asked_at TEXT NOT NULL,
  not_before TEXT NOT NULL,
  started_at TEXT,
  ended_at TEXT,
  duration_ms INTEGER,
  checks_json TEXT NOT NULL,
  reason TEXT
) STRICT;
CREATE INDEX drills_by_team ON drills (team_id, id);
CREATE INDEX drills_by_subject ON drills (subject_type, subject_id, id);
CREATE INDEX drills_by_backup ON drills (backup_id, id);
CREATE INDEX drills_open ON drills (not_before) WHERE ended_at IS NULL;
CREATE TABLE restores (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  /** Null: an import of somebody's own. */
  backup_id TEXT,
  subject_type TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  subject_name TEXT NOT NULL,
  how TEXT NOT NULL,
  /** Of the new one. */
  name TEXT,
  paths_json TEXT NOT NULL,
  /** Who asked for it, for the audit log. */
  by_json TEXT NOT NULL,
  state TEXT NOT NULL,
  progress REAL,
  /** For people; and by id, so that what a crash left is found again (rule K3). */
  target TEXT,
  made_id TEXT,
  /** True from the moment on at which what was there is written over. */
  is_touched INTEGER NOT NULL,
  /** Of the app, which brings what was restored into force. */
  deployment_id TEXT,
  safety_backup_id TEXT,
  checks_json TEXT NOT NULL,
  reason TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT
) STRICT;
CREATE INDEX restores_by_team ON restores (team_id, id);
CREATE INDEX restores_open ON restores (id) WHERE ended_at IS NULL;
`
