/** Of the metrics database; in order, never changed once released. */
export const metricsMigrations: readonly string[] = [
  `
  -- What is measured: app:<id>/web.1, node:local; by number everywhere else.
  CREATE TABLE subject (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seen_at INTEGER NOT NULL
  ) STRICT;

  -- The kind is in the number: four times a serial number, and 0 gauge, 1 rate, 2 count, 3 histogram.
  CREATE TABLE metric (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
  ) STRICT;

  -- Everything of one step of 15 s, until it is in blocks.
  CREATE TABLE tick (
    at INTEGER PRIMARY KEY,
    data BLOB NOT NULL
  ) STRICT;

  -- Columns of one subject, by resolution and beginning.
  CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    subject INTEGER NOT NULL,
    resolution INTEGER NOT NULL,
    at INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (subject, resolution, at)
  ) STRICT;
  CREATE INDEX block_by_age ON block (resolution, at);

  -- Reports of the proxy's workers that are in ticks: what comes again is not counted again.
  CREATE TABLE report (
    source TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (source, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
]
