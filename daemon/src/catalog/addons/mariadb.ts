import { createHash } from 'node:crypto'
import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import {
  countsOf,
  firstLine,
  isGzip,
  mebibytes,
  preparedVersions,
  urlOf,
} from '#catalog/addons/parts.ts'
import {
  type AddonCommand,
  type AddonRoot,
  type AddonUser,
  defineAddon,
} from '#ports/addon-kind.ts'

const MIB = 2 ** 20
const SHORT_MS = 60_000
const HOUR_MS = 3_600_000
const PORT = 3_306
const DATABASE = 'app'
const NAME = /^[a-z][a-z0-9_]{0,62}$/

const CLIENT = ['mariadb', '--no-defaults', '--socket=/run/mysqld/mysqld.sock']
const BINARY = '--default-character-set=utf8mb4'
const env = ({ password }: AddonRoot): Record<string, string> => ({ MYSQL_PWD: password })

const sql = (root: AddonRoot, text: string, more: readonly string[] = []): AddonCommand => ({
  argv: [...CLIENT, BINARY, '--user=root', '--batch', '--skip-column-names', ...more],
  stdin: text,
  env: env(root),
  timeoutMs: SHORT_MS,
})

/** Names are made by us; one that is not of that form is a mistake of ours. */
function account(username: string): string {
  if (!NAME.test(username)) throw new Error(`no name for an account: ${username}`)
  return `'${username}'@'%'`
}

const sha1 = (bytes: string | Buffer): Buffer => createHash('sha1').update(bytes).digest()
/** What the server keeps of it: the password itself is in no statement. */
const hashOf = (password: string): string =>
  `*${sha1(sha1(password)).toString('hex').toUpperCase()}`

const createAccount = (user: AddonUser): string => `
CREATE USER IF NOT EXISTS ${account(user.username)};
ALTER USER ${account(user.username)} IDENTIFIED BY PASSWORD '${hashOf(user.password)}' ACCOUNT UNLOCK;
GRANT ALL PRIVILEGES ON \`${DATABASE}\`.* TO ${account(user.username)};
`

/** Views, triggers and events act as whoever made them: the account stays, and nobody comes in by it. */
const closeAccount = (username: string): string => `
CREATE USER IF NOT EXISTS ${account(username)};
ALTER USER ${account(username)} ACCOUNT LOCK;
KILL USER '${username}';
`

const SET_UP = `CREATE DATABASE IF NOT EXISTS \`${DATABASE}\` CHARACTER SET utf8mb4;\n`

const COUNTS = `
SET SESSION group_concat_max_len = 16777216;
START TRANSACTION WITH CONSISTENT SNAPSHOT;
SELECT GROUP_CONCAT(CONCAT('SELECT ', QUOTE(CONCAT(table_schema, '.', table_name)),
    ', COUNT(*) FROM \`', REPLACE(table_schema, '\`', '\`\`'), '\`.\`',
    REPLACE(table_name, '\`', '\`\`'), '\`') SEPARATOR ' UNION ALL ') INTO @counts
  FROM information_schema.tables
  WHERE table_type = 'BASE TABLE' AND table_schema = '${DATABASE}';
PREPARE counts FROM COALESCE(@counts, 'DO 0');
EXECUTE counts;
SELECT '(views)', COUNT(*) FROM information_schema.views WHERE table_schema = '${DATABASE}';
SELECT '(triggers)', COUNT(*) FROM information_schema.triggers WHERE trigger_schema = '${DATABASE}';
SELECT '(events)', COUNT(*) FROM information_schema.events WHERE event_schema = '${DATABASE}';
SELECT '(routines)', COUNT(*) FROM information_schema.routines WHERE routine_schema = '${DATABASE}';
COMMIT;
`

const connectionsFor = (memoryBytes: number): number =>
  Math.min(500, Math.max(30, Math.round(mebibytes(memoryBytes) / 4)))

export const mariadb = defineAddon({
  kind: 'mariadb',
  title: 'MariaDB',
  summary: 'A relational database that speaks as MySQL does',
  aliases: ['mysql', 'heroku-mysql', 'jawsdb', 'jawsdb-maria', 'cleardb', 'dokku-mariadb'],
  prefix: 'MYSQL',
  versions: preparedVersions('mariadb', ['11.8', '10.11', '10.5'], '11.8'),
  settings: z.object({}),
  port: PORT,
  dataPath: '/data',
  minMemoryBytes: 160 * MIB,
  defaultMemoryBytes: 384 * MIB,
  stopGraceMs: 60_000,

  maxConnections: connectionsFor,
  container: ({ memoryBytes, root }) => {
    const mib = mebibytes(memoryBytes)
    const settings = {
      'innodb-buffer-pool-size': `${Math.max(32, Math.round(mib * (mib < 512 ? 0.25 : 0.5)))}M`,
      'innodb-log-file-size': `${Math.min(512, Math.max(16, Math.round(mib / 8)))}M`,
      'max-connections': connectionsFor(memoryBytes),
      'key-buffer-size': '4M',
      'tmp-table-size': `${Math.max(4, Math.round(mib / 32))}M`,
      'max-heap-table-size': `${Math.max(4, Math.round(mib / 32))}M`,
      'performance-schema': 'OFF',
      'event-scheduler': 'ON',
    }
    return {
      command: [
        'mariadbd',
        ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
      ],
      env: { MARIADB_ROOT_PASSWORD: root.password },
    }
  },

  ready: (root) => ({ ...sql(root, 'SELECT 1;\n'), timeoutMs: 15_000 }),
  setUp: (root) => [sql(root, SET_UP)],
  createUser: (root, user) => [sql(root, createAccount(user))],
  changePassword: (root, user) => [sql(root, createAccount(user))],
  dropUser: (root, username) => [sql(root, closeAccount(username))],
  changeRoot: (root, next) => [
    sql(root, `ALTER USER 'root'@'localhost' IDENTIFIED BY PASSWORD '${hashOf(next.password)}';\n`),
  ],

  variables: ({ prefix, host, port, user }) => ({
    [`${prefix}_URL`]: urlOf('mysql', user, host, port, `/${DATABASE}`),
    [`${prefix}_HOST`]: host,
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_USER`]: user.username,
    [`${prefix}_PASSWORD`]: user.password,
    [`${prefix}_NAME`]: DATABASE,
  }),

  console: (root, user) => ({
    argv: user
      ? [
          'mariadb',
          '--no-defaults',
          '--protocol=tcp',
          '--host=127.0.0.1',
          `--user=${user.username}`,
          DATABASE,
        ]
      : [...CLIENT, '--user=root', DATABASE],
    env: env(user ?? root),
    timeoutMs: 24 * HOUR_MS,
  }),

  usage: (root) =>
    sql(
      root,
      `SELECT (SELECT COUNT(*) FROM information_schema.processlist WHERE user NOT IN ('root', 'system user', 'event_scheduler')),
       @@max_connections;\n`,
    ),
  readUsage: (stdout) => {
    const [connections, most] = stdout.trim().split('\t').map(Number)
    return { connections: connections ?? null, maxConnections: most ?? null }
  },

  backup: {
    fileName: 'dump.sql',
    minBytes: 500,
    trailer: '-- Dump completed',
    dump: (root) => ({
      argv: [
        'mariadb-dump',
        '--no-defaults',
        '--socket=/run/mysqld/mysqld.sock',
        BINARY,
        '--user=root',
        '--single-transaction',
        '--quick',
        '--routines',
        '--events',
        '--triggers',
        '--hex-blob',
        '--tz-utc',
        '--skip-dump-date',
        DATABASE,
      ],
      env: env(root),
      timeoutMs: 12 * HOUR_MS,
    }),
    // The first error ends it, and its exit code is not 0.
    restore: (root) => ({
      argv: [...CLIENT, BINARY, '--user=root', '--max-allowed-packet=1G', DATABASE],
      env: env(root),
      timeoutMs: 12 * HOUR_MS,
    }),
    clear: (root) => [
      { ...sql(root, `DROP DATABASE IF EXISTS \`${DATABASE}\`;\n${SET_UP}`), timeoutMs: HOUR_MS },
    ],
    count: (root) => ({ ...sql(root, COUNTS), timeoutMs: HOUR_MS }),
    readCounts: countsOf,
    verify: (root) => ({
      argv: [
        'mariadb-check',
        '--no-defaults',
        '--socket=/run/mysqld/mysqld.sock',
        '--user=root',
        '--check',
        '--databases',
        DATABASE,
      ],
      env: env(root),
      timeoutMs: 2 * HOUR_MS,
    }),
    readVerification: ({ exitCode, stdout, stderr }): DrillCheck[] => {
      const bad = stdout
        .split('\n')
        .filter((line) => line.trim() !== '' && !/\sOK$/.test(line.trimEnd()))
      const isGood = exitCode === 0 && bad.length === 0
      return [
        {
          what: 'CHECK TABLE',
          expected: 'every table is OK',
          found: isGood
            ? 'every table is OK'
            : (bad[0] ?? firstLine(stderr) ?? 'damage').slice(0, 200),
          isGood,
        },
      ]
    },
    importOf: (name, head, root) =>
      /\.(sql|dump)(\.gz)?$/i.test(name)
        ? {
            packed: isGzip(head) ? 'gzip' : 'none',
            command: {
              argv: [...CLIENT, BINARY, '--user=root', '--max-allowed-packet=1G', DATABASE],
              env: env(root),
              timeoutMs: 12 * HOUR_MS,
            },
          }
        : null,
  },
})
