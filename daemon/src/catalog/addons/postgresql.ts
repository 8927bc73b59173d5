import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import {
  changeRole,
  createRole,
  DATABASE,
  dropRole,
  OWNER,
  SET_UP,
  verifierOf,
} from '#catalog/addons/postgresql-roles.ts'
import {
  countsOf,
  firstLine,
  isGzip,
  mebibytes,
  preparedVersions,
  urlOf,
} from '#catalog/addons/parts.ts'
import { type AddonCommand, type AddonRoot, defineAddon } from '#ports/addon-kind.ts'

const MIB = 2 ** 20
const SHORT_MS = 60_000
const HOUR_MS = 3_600_000
const PORT = 5_432
const SUPERUSER = 'postgres'

const env = ({ password }: AddonRoot): Record<string, string> => ({
  PGUSER: SUPERUSER,
  PGPASSWORD: password,
  PGHOST: '127.0.0.1',
  PGCONNECT_TIMEOUT: '10',
})

/**
 * For our own statements: what apps have made in their schemas, which may have the names of the server's own
 * functions, is not run as the superuser.
 */
const ownEnv = (root: AddonRoot): Record<string, string> => ({
  ...env(root),
  PGOPTIONS: '-c search_path=pg_catalog',
})

/** SQL by standard input: nothing of it is in an argument list. */
const psql = (root: AddonRoot, sql: string, more: readonly string[] = []): AddonCommand => ({
  argv: ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...more, '-d', DATABASE],
  stdin: sql,
  env: ownEnv(root),
  timeoutMs: SHORT_MS,
})

/** The database may not be there yet. */
const setUp = (root: AddonRoot, sql: string): AddonCommand => ({
  ...psql(root, sql),
  argv: ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres'],
})

const COUNTS = `
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT format('SELECT %L, count(*) FROM %I.%I', n.nspname || '.' || c.relname, n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\\_%'
    AND n.nspname <> 'information_schema'
  ORDER BY n.nspname, c.relname\\gexec
SELECT '(large objects)', count(*) FROM pg_largeobject_metadata;
SELECT '(policies)', count(*) FROM pg_policy;
SELECT '(triggers)', count(*) FROM pg_trigger WHERE NOT tgisinternal;
SELECT '(sequences)', count(*) FROM pg_class WHERE relkind = 'S' AND relpersistence <> 't';
COMMIT;
`

/** Everything that is not the server's own, extensions apart: the dump brings theirs. */
const CLEAR = `
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
  WHERE datname = '${DATABASE}' AND pid <> pg_backend_pid();
DROP DATABASE IF EXISTS ${DATABASE};
${SET_UP}`

/**
 * A plain dump as pg_dump or a host's own page writes it. Roles of the place that it is from are not
 * here, which is all that may fail; everything is the owner's.
 */
const IMPORT_SQL = `
{ psql -X -q -d ${DATABASE} 2>&1 >/dev/null || echo 'ERROR:  psql ended early'; } |
awk '/ERROR:|FATAL:|PANIC:/ && !/role ".*" does not exist/ { if (++n <= 20) print > "/dev/stderr" }
     END { exit n > 0 }'`

const connectionsFor = (memoryBytes: number): number =>
  Math.min(500, Math.max(25, Math.round(mebibytes(memoryBytes) / 5)))

export const postgresql = defineAddon({
  kind: 'postgresql',
  title: 'PostgreSQL',
  summary: 'A relational database that keeps what it is given',
  aliases: ['postgres', 'pg', 'heroku-postgresql', 'dokku-postgres'],
  prefix: 'DATABASE',
  versions: preparedVersions('postgresql', ['17', '15', '13'], '17'),
  settings: z.object({}),
  port: PORT,
  dataPath: '/data',
  minMemoryBytes: 128 * MIB,
  defaultMemoryBytes: 256 * MIB,
  stopGraceMs: 60_000,

  maxConnections: connectionsFor,
  container: ({ memoryBytes, root }) => {
    const mib = mebibytes(memoryBytes)
    const connections = connectionsFor(memoryBytes)
    const settings = {
      max_connections: connections,
      shared_buffers: `${Math.round(mib / 4)}MB`,
      effective_cache_size: `${Math.round(mib * 0.6)}MB`,
      work_mem: `${Math.max(1_024, Math.round((mib * 1_024) / (connections * 4)))}kB`,
      maintenance_work_mem: `${Math.max(16, Math.round(mib / 16))}MB`,
      lc_messages: 'C',
    }
    return {
      command: [
        'postgres',
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      env: { POSTGRES_PASSWORD: root.password },
    }
  },

  ready: (root) => ({ ...setUp(root, 'SELECT 1;\n'), timeoutMs: 15_000 }),
  setUp: (root) => [setUp(root, SET_UP)],
  createUser: (root, user) => [psql(root, createRole(user))],
  changePassword: (root, user) => [psql(root, changeRole(user))],
  dropUser: (root, username) => [psql(root, dropRole(username))],
  changeRoot: (root, next) => [
    setUp(
      root,
      `ALTER ROLE ${SUPERUSER} PASSWORD '${verifierOf({ username: SUPERUSER, ...next })}';\n`,
    ),
  ],

  variables: ({ prefix, host, port, user }) => ({
    [`${prefix}_URL`]: urlOf('postgresql', user, host, port, `/${DATABASE}`),
    [`${prefix}_HOST`]: host,
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_USER`]: user.username,
    [`${prefix}_PASSWORD`]: user.password,
    [`${prefix}_NAME`]: DATABASE,
  }),

  console: (root, user) => ({
    argv: ['psql', '-X', '-d', DATABASE],
    env: user ? { ...env(user), PGUSER: user.username } : env(root),
    timeoutMs: 24 * HOUR_MS,
  }),

  usage: (root) =>
    psql(
      root,
      `SELECT count(*), current_setting('max_connections') FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid();\n`,
      ['-F', '\t'],
    ),
  readUsage: (stdout) => {
    const [connections, most] = stdout.trim().split('\t').map(Number)
    return {
      connections: Number.isSafeInteger(connections) ? (connections ?? null) : null,
      maxConnections: Number.isSafeInteger(most) ? (most ?? null) : null,
    }
  },

  backup: {
    fileName: 'dump.pgc',
    minBytes: 500,
    // Its table of contents is at the front, and a cut one fails to be read: the exit code counts.
    trailer: null,
    // Every schema and large objects; the superuser reads past row-level security.
    dump: (root) => ({
      argv: ['pg_dump', '--format=custom', '--compress=0', '-d', DATABASE],
      env: env(root),
      timeoutMs: 12 * HOUR_MS,
    }),
    restore: (root) => ({
      argv: ['pg_restore', '--exit-on-error', '--single-transaction', '-d', DATABASE],
      env: env(root),
      timeoutMs: 12 * HOUR_MS,
    }),
    clear: (root) => [{ ...setUp(root, CLEAR), timeoutMs: HOUR_MS }],
    count: (root) => ({ ...psql(root, COUNTS, ['-F', '\t']), timeoutMs: HOUR_MS }),
    readCounts: countsOf,
    verify: (root) => ({
      argv: ['pg_amcheck', '--install-missing', '--heapallindexed', '-d', DATABASE],
      env: env(root),
      timeoutMs: 2 * HOUR_MS,
    }),
    readVerification: ({ exitCode, stdout, stderr }): DrillCheck[] => [
      {
        what: 'pg_amcheck',
        expected: 'no damage',
        found: exitCode === 0 ? 'no damage' : (firstLine(stdout) ?? firstLine(stderr) ?? 'damage'),
        isGood: exitCode === 0,
      },
    ],
    importOf: (name, head, root) => {
      if (head.subarray(0, 5).toString('latin1') === 'PGDMP')
        return {
          packed: 'none',
          command: {
            argv: [
              'pg_restore',
              '--exit-on-error',
              '--single-transaction',
              '--no-owner',
              '--no-acl',
              `--role=${OWNER}`,
              '-d',
              DATABASE,
            ],
            env: env(root),
            timeoutMs: 12 * HOUR_MS,
          },
        }
      if (!/\.(sql|dump|psql)(\.gz)?$/i.test(name)) return null
      return {
        packed: isGzip(head) ? 'gzip' : 'none',
        command: {
          argv: ['sh', '-c', IMPORT_SQL],
          env: { ...env(root), PGOPTIONS: `-c role=${OWNER}` },
          timeoutMs: 12 * HOUR_MS,
        },
      }
    },
  },
})
