import { installPackages } from '#agent/images/recipes/apt.ts'
import { DATA, entry, QUIET_INSTALL, runs } from '#agent/images/recipes/addons/entry.ts'
import { printed } from '#agent/images/recipes/file.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

const HOME = `${DATA}/postgresql`
const NEW = `${DATA}/.new-postgresql`

/** Extensions that apps ask for most often, where the distribution has them. */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  '17': ['postgresql-17-pgvector'],
}

/**
 * Made beside and renamed when it is whole, so that a container that dies in the middle begins anew. The
 * server forgets where it has run before: its volume is never given to two containers.
 */
const ENTRY = (version: string): string[] => [
  `home=${HOME} new=${NEW}`,
  'mkdir -p /run/postgresql',
  'single() { postgres --single -c exit_on_error=on -D "$new" "$1" >/dev/null; }',
  'if [ ! -e "$home" ]; then',
  '  secret POSTGRES_PASSWORD',
  '  rm -rf "$new"',
  '  printf %s "$value" > /run/postgresql/.password',
  '  initdb --pgdata="$new" --username=postgres --pwfile=/run/postgresql/.password --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums >/dev/null',
  '  rm -f /run/postgresql/.password',
  '  printf "%s\\n" "host all all all scram-sha-256" >> "$new/pg_hba.conf"',
  `  printf "%s\\n" "listen_addresses = '*'" "unix_socket_directories = '/run/postgresql'" >> "$new/postgresql.conf"`,
  '  printf "%s\\n" "CREATE ROLE app_owner NOLOGIN" "CREATE DATABASE app OWNER app_owner" "REVOKE ALL ON DATABASE app FROM PUBLIC" "REVOKE ALL ON DATABASE postgres FROM PUBLIC" | single postgres',
  // Until then whoever may connect could make tables in it, and nobody else could read them.
  ...(Number(version) < 15
    ? [
        '  printf "%s\\n" "ALTER SCHEMA public OWNER TO app_owner" "REVOKE CREATE ON SCHEMA public FROM PUBLIC" | single app',
      ]
    : []),
  '  mv "$new" "$home"',
  `  sync "$home" ${DATA}`,
  '  unset value',
  'fi',
  'if [ ! -s "$home/PG_VERSION" ]; then say "$home is no database of PostgreSQL."; exit 65; fi',
  'rm -f "$home/postmaster.pid"',
  'unset POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE',
  'if [ "$1" != postgres ]; then exec "$@"; fi',
  'shift',
  'exec postgres -D "$home" "$@"',
]

/**
 * PostgreSQL 13 has the checks (amcheck) and not yet the program that calls them. This has its name, and
 * as much of it as backups ask for: each B-tree against its table, one error for what does not agree.
 */
const CHECK = [
  '#!/bin/sh',
  'set -eu',
  'database=postgres',
  'while [ $# -gt 0 ]; do',
  '  case "$1" in',
  '    -d) database=$2; shift 2 ;;',
  '    -U) export PGUSER="$2"; shift 2 ;;',
  '    -*) shift ;;',
  '    *) database=$1; shift ;;',
  '  esac',
  'done',
  'exec psql -X -q -v ON_ERROR_STOP=1 -d "$database" -o /dev/null -c "CREATE EXTENSION IF NOT EXISTS amcheck" -c "SELECT bt_index_check(c.oid::regclass, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam WHERE a.amname = \'btree\' AND c.relkind = \'i\' AND c.relpersistence <> \'t\' AND i.indisready AND i.indisvalid"',
]
const CHECKER = '/usr/local/bin/pg_amcheck'

/** PostgreSQL of the distribution, with its client programs and what comes with it (contrib). */
export const postgresql = defineRecipe({
  stack: 'postgresql',
  title: 'PostgreSQL',
  versions: [
    { version: '17', suite: 'trixie' },
    { version: '15', suite: 'bookworm' },
    { version: '13', suite: 'bullseye' },
  ],
  seconds: 45,
  dockerfile: ({ version, base }) =>
    [
      `FROM ${base} AS runtime`,
      QUIET_INSTALL,
      `${installPackages(['postgresql-common'])} && sed -ri 's/^#?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf`,
      installPackages([`postgresql-${version}`, ...(EXTENSIONS[version] ?? [])]) +
        // Whoever owns a database may take it into use, as those that come with PostgreSQL.
        ` && for each in /usr/share/postgresql/${version}/extension/vector.control; do test ! -e "$each" || echo 'trusted = true' >> "$each"; done`,
      ...(version === '13' ? [`RUN ${printed(CHECK, CHECKER)} && chmod 0755 ${CHECKER}`] : []),
      entry(ENTRY(version)),
      `ENV PATH=/usr/lib/postgresql/${version}/bin:/usr/local/bin:/usr/bin:/bin`,
      ...runs(['postgres'], 'SIGINT'),
      '',
      'FROM runtime AS build',
      '',
    ].join('\n'),
})
