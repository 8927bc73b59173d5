/**
 * Limits of each process and of each instance as it was started, what is kept of a crash beyond its
 * container, and commands that ran in a container of their own, with their logs.
 */
export const processes = /* sql */ `
ALTER TABLE apps ADD COLUMN process_settings_json TEXT NOT NULL DEFAULT '{}';
ALTER TABLE apps ADD COLUMN next_run INTEGER NOT NULL DEFAULT 1;

ALTER TABLE instances ADD COLUMN memory_bytes INTEGER NOT NULL DEFAULT 536870912;
ALTER TABLE instances ADD COLUMN cpu_millis INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN stop_grace_ms INTEGER NOT NULL DEFAULT 10000;
UPDATE instances SET
  memory_bytes = coalesce((SELECT json_extract(settings_json, '$.memoryBytes') FROM apps WHERE apps.id = app_id), memory_bytes),
  cpu_millis = coalesce((SELECT json_extract(settings_json, '$.cpuMillis') FROM apps WHERE apps.id = app_id), cpu_millis),
  stop_grace_ms = coalesce((SELECT json_extract(settings_json, '$.stopGraceMs') FROM apps WHERE apps.id = app_id), stop_grace_ms);

/** The black box: how an instance ended, kept when its container is gone. */
CREATE TABLE crashes (
  id INTEGER PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  instance TEXT NOT NULL,
  process TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  release_number INTEGER NOT NULL,
  exit_code INTEGER,
  oom_killed INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  lines_json TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX crashes_by_app ON crashes (app_id, id);
CREATE INDEX crashes_by_instance ON crashes (instance, id);

/** A command in a container of its own. The row is written before the container exists (rule K3). */
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  /** command, console, exec, job or release. */
  kind TEXT NOT NULL,
  release_number INTEGER,
  /** The scheduled job or the deployment that it belongs to. */
  job_id TEXT,
  deployment_number INTEGER,
  /** As it may be shown: without the app's secrets. */
  command TEXT NOT NULL,
  state TEXT NOT NULL,
  exit_code INTEGER,
  oom_killed INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  actor TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  /** When a job was to run. */
  due_at TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  UNIQUE (app_id, number)
) STRICT;
CREATE INDEX runs_by_state ON runs (state);
CREATE INDEX runs_by_job ON runs (job_id, number);

CREATE TABLE run_log (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;
`
