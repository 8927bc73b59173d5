/**
 * Of a crash, all that is known: number counts up within the app; details_json holds the curve before it
 * and what had changed; run_number is of a command or a job, which have a limit of their own.
 */
export const crashDetails = /* sql */ `
ALTER TABLE crashes ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE crashes ADD COLUMN signal TEXT;
ALTER TABLE crashes ADD COLUMN explanation TEXT;
ALTER TABLE crashes ADD COLUMN requests_in_flight INTEGER;
ALTER TABLE crashes ADD COLUMN healthy_at TEXT;
ALTER TABLE crashes ADD COLUMN details_json TEXT NOT NULL DEFAULT '{}';
ALTER TABLE crashes ADD COLUMN run_number INTEGER;
UPDATE crashes SET number = (
  SELECT count(*) FROM crashes AS before WHERE before.app_id = crashes.app_id AND before.id <= crashes.id);
CREATE UNIQUE INDEX crashes_by_number ON crashes (app_id, number);
`
