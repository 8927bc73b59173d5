/** Ports of the server that lead to instances of apps. */
export const appPorts = /* sql */ `
CREATE TABLE app_ports (
  id TEXT PRIMARY KEY,
  team_id TEXT NOT NULL,
  app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
  protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  settings_json TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX app_ports_by_place ON app_ports (protocol, first);
CREATE INDEX app_ports_by_app ON app_ports (app_id);
`
