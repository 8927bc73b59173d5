/** What vastrox.json and app.json say, how each image came to be, and apps that are made of an image. */
export const buildConfiguration = /* sql */ `
/** AppConfig of shared/src/app-config.ts, as the source said it. */
ALTER TABLE builds ADD COLUMN config_json TEXT NOT NULL DEFAULT '{}';
/** The plan that it was built by; NULL for builds from before this column. */
ALTER TABLE builds ADD COLUMN plan_json TEXT;
/** The image it is, by reference and digest; NULL where it was built. Its source_id is '' then. */
ALTER TABLE builds ADD COLUMN image_json TEXT;
/** The image asked for; NULL where there is a source, or nothing new. */
ALTER TABLE deployments ADD COLUMN image_json TEXT;

/** Apps whose source is an image. */
CREATE TABLE image_sources (
  app_id TEXT PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
  team_id TEXT NOT NULL,
  reference TEXT NOT NULL,
  /** What was deployed last; NULL before the first. */
  digest TEXT,
  /** 1: deployed again when the tag points to another digest. */
  follows INTEGER NOT NULL DEFAULT 0,
  /** When the registry answered last. */
  checked_at TEXT,
  /** It is not asked before. */
  next_check_at TEXT,
  /** Times in a row that it did not answer, and what it said. */
  failures INTEGER NOT NULL DEFAULT 0,
  problem TEXT
) STRICT;

CREATE TABLE registry_credentials (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  /** Host, and port where there is one: registry.example.com:5000. */
  host TEXT NOT NULL,
  username TEXT NOT NULL,
  password_sealed BLOB NOT NULL,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  UNIQUE (team_id, host)
) STRICT;

/** Until now nobody could tell the default from a choice: from now on NULL says that none was made. */
UPDATE apps SET settings_json = json_set(settings_json, '$.healthTimeoutMs', NULL)
 WHERE json_extract(settings_json, '$.healthTimeoutMs') = 60000;
`
