/**
 * disk_days: what a disk, an app or an add-on took at the end of each day that was looked at; the newest
 * days only. apps.purging_at: somebody has asked for the end of an app in the trash, which goes on then.
 */
export const diskDays = /* sql */ `
CREATE TABLE disk_days (
  node TEXT NOT NULL,
  day TEXT NOT NULL,
  subject TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (node, day, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX disk_days_of ON disk_days (node, subject, day);
ALTER TABLE apps ADD COLUMN purging_at TEXT;
`
