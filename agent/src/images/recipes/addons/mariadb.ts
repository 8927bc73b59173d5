import { installPackages } from '#agent/images/recipes/apt.ts'
import { DATA, entry, QUIET_INSTALL, runs } from '#agent/images/recipes/addons/entry.ts'
import { printed } from '#agent/images/recipes/file.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

const HOME = `${DATA}/mysql`
const NEW = `${DATA}/.new-mysql`
const SETTINGS = '/etc/vastrox-mariadb.cnf'

/** One collation for every version, so that a dump of one goes into the next. */
const CONFIG = [
  '[mariadbd]',
  'socket=/run/mysqld/mysqld.sock',
  'pid-file=/run/mysqld/mysqld.pid',
  `tmpdir=${DATA}/tmp`,
  'bind-address=0.0.0.0',
  'skip-name-resolve',
  'character-set-server=utf8mb4',
  'collation-server=utf8mb4_unicode_ci',
  'max_allowed_packet=64M',
]

/** As PostgreSQL's: beside, then renamed. root has a password, and comes by the socket alone. */
const ENTRY = [
  `home=${HOME} new=${NEW}`,
  `rm -rf ${DATA}/tmp`,
  `mkdir -p /run/mysqld ${DATA}/tmp`,
  'if [ ! -e "$home" ]; then',
  '  secret MARIADB_ROOT_PASSWORD',
  '  rm -rf "$new"',
  `  mariadb-install-db --defaults-file=${SETTINGS} --datadir="$new" --auth-root-authentication-method=normal --skip-test-db >/dev/null`,
  `  quoted=$(printf %s "$value" | sed -e 's/\\\\/\\\\\\\\/g' -e "s/'/''/g")`,
  `  printf "%s\\n" "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');" "FLUSH PRIVILEGES;" "ALTER USER 'root'@'localhost' IDENTIFIED BY '$quoted';" "CREATE DATABASE app CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;" | mariadbd --defaults-file=${SETTINGS} --datadir="$new" --bootstrap`,
  '  mv "$new" "$home"',
  `  sync "$home" ${DATA}`,
  '  unset value quoted',
  'fi',
  'if [ ! -d "$home/mysql" ]; then say "$home is no database of MariaDB."; exit 65; fi',
  'unset MARIADB_ROOT_PASSWORD MARIADB_ROOT_PASSWORD_FILE',
  'if [ "$1" != mariadbd ]; then exec "$@"; fi',
  'shift',
  `exec mariadbd --defaults-file=${SETTINGS} --datadir="$home" "$@"`,
]

/** MariaDB of the distribution, with its client programs. */
export const mariadb = defineRecipe({
  stack: 'mariadb',
  title: 'MariaDB',
  versions: [
    { version: '11.8', suite: 'trixie' },
    { version: '10.11', suite: 'bookworm' },
    { version: '10.5', suite: 'bullseye' },
  ],
  seconds: 50,
  dockerfile: ({ base }) =>
    [
      `FROM ${base} AS runtime`,
      QUIET_INSTALL,
      `${installPackages(['mariadb-server', 'mariadb-client'])} && rm -rf /var/lib/mysql /var/log/mysql`,
      `RUN ${printed(CONFIG, SETTINGS)} && chmod 0644 ${SETTINGS}`,
      entry(ENTRY),
      'ENV PATH=/usr/sbin:/usr/local/bin:/usr/bin:/bin',
      ...runs(['mariadbd']),
      '',
      'FROM runtime AS build',
      '',
    ].join('\n'),
})
