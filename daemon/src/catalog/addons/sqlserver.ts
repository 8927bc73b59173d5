import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import { countsOf, firstLine, mebibytes, pulledVersions, urlOf } from '#catalog/addons/parts.ts'
import { type AddonCommand, type AddonRoot, defineAddon } from '#ports/addon-kind.ts'

const SHORT_MS = 60_000
const HOUR_MS = 3_600_000
const MIB = 2 ** 20
const PORT = 1_433
/** Of every edition. */
const MOST_CONNECTIONS = 32_767
const DATABASE = 'app'
const NAME = /^[a-z][a-z0-9_]{0,62}$/
const SQLCMD = '/opt/mssql-tools18/bin/sqlcmd'
/** Its rules for passwords want more than one sort of character. */
const strong = (password: string): string => `Aa1_${password}`

const env = (root: AddonRoot): Record<string, string> => ({
  SQLCMDPASSWORD: strong(root.password),
  HOME: '/tmp',
})
/** `-b`: the first error ends it. The server's certificate is its own, and this is its own container. */
const ARGS = [SQLCMD, '-C', '-b', '-h', '-1', '-W', '-U', 'sa', '-S', '127.0.0.1']
const sql = (root: AddonRoot, text: string): AddonCommand => ({
  argv: ARGS,
  stdin: `SET NOCOUNT ON;\n${text}GO\n`,
  env: env(root),
  timeoutMs: SHORT_MS,
})

function nameOf(username: string): string {
  if (!NAME.test(username)) throw new Error(`no name for a login: ${username}`)
  return username
}

/** A file of the server's own, which goes again whatever happens. */
const throughFile = (root: AddonRoot, steps: string): AddonCommand => ({
  argv: [
    'sh',
    '-c',
    `set -eu; f=/var/opt/mssql/data/vastrox-$$.bak; trap 'rm -f "$f"' EXIT; run() { ${ARGS.join(' ')} -Q "$1" >&2; }; ${steps}`,
  ],
  env: env(root),
  timeoutMs: 12 * HOUR_MS,
})

/** As an image alone: nobody else may give it away. */
export const sqlserver = defineAddon({
  kind: 'sqlserver',
  title: 'SQL Server',
  summary: "Microsoft's relational database; an image of its registry, under its licence",
  aliases: ['mssql', 'sql-server', 'dokku-mssql'],
  prefix: 'SQLSERVER',
  versions: pulledVersions(
    (version) => `mcr.microsoft.com/mssql/server:${version}-latest`,
    ['2022', '2019'],
    '2022',
  ),
  settings: z.object({}),
  port: PORT,
  dataPath: '/var/opt/mssql',
  minMemoryBytes: 2_048 * MIB,
  defaultMemoryBytes: 2_048 * MIB,
  stopGraceMs: 60_000,

  maxConnections: () => MOST_CONNECTIONS,
  container: ({ memoryBytes, root }) => ({
    command: null,
    env: {
      ACCEPT_EULA: 'Y',
      MSSQL_SA_PASSWORD: strong(root.password),
      MSSQL_MEMORY_LIMIT_MB: String(Math.floor(mebibytes(memoryBytes) * 0.8)),
    },
  }),

  ready: (root) => ({ ...sql(root, 'SELECT 1;\n'), timeoutMs: 20_000 }),
  setUp: (root) => [sql(root, `IF DB_ID('${DATABASE}') IS NULL CREATE DATABASE [${DATABASE}];\n`)],
  createUser: (root, { username, password }) => [
    sql(
      root,
      `IF SUSER_ID('${nameOf(username)}') IS NULL
  CREATE LOGIN [${username}] WITH PASSWORD = '${strong(password)}', DEFAULT_DATABASE = [${DATABASE}];
ELSE ALTER LOGIN [${username}] WITH PASSWORD = '${strong(password)}';
GO
USE [${DATABASE}];
IF USER_ID('${username}') IS NULL CREATE USER [${username}] FOR LOGIN [${username}];
ELSE ALTER USER [${username}] WITH LOGIN = [${username}];
ALTER ROLE db_owner ADD MEMBER [${username}];
`,
    ),
  ],
  changePassword: (root, { username, password }) => [
    sql(root, `ALTER LOGIN [${nameOf(username)}] WITH PASSWORD = '${strong(password)}';\n`),
  ],
  dropUser: (root, username) => [
    sql(
      root,
      `DECLARE @kill NVARCHAR(MAX) = N'';
SELECT @kill += N'KILL ' + CAST(session_id AS NVARCHAR(10)) + N';'
  FROM sys.dm_exec_sessions WHERE login_name = '${nameOf(username)}';
EXEC (@kill);
USE [${DATABASE}];
DROP USER IF EXISTS [${username}];
IF SUSER_ID('${username}') IS NOT NULL DROP LOGIN [${username}];
`,
    ),
  ],
  changeRoot: (root, next) => [
    sql(root, `ALTER LOGIN sa WITH PASSWORD = '${strong(next.password)}';\n`),
  ],

  variables: ({ prefix, host, port, user }) => {
    const password = strong(user.password)
    return {
      [`${prefix}_URL`]: urlOf('sqlserver', { ...user, password }, host, port, `/${DATABASE}`),
      [`${prefix}_HOST`]: host,
      [`${prefix}_PORT`]: String(port),
      [`${prefix}_USER`]: user.username,
      [`${prefix}_PASSWORD`]: password,
      [`${prefix}_NAME`]: DATABASE,
    }
  },

  console: (root, user) => ({
    argv: [SQLCMD, '-C', '-S', '127.0.0.1', '-d', DATABASE, '-U', user?.username ?? 'sa'],
    env: env(user ?? root),
    timeoutMs: 24 * HOUR_MS,
  }),
  usage: (root) =>
    sql(root, 'SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE is_user_process = 1;\n'),
  readUsage: (stdout) => {
    const count = Number(stdout.trim())
    return {
      connections: Number.isSafeInteger(count) ? count : null,
      maxConnections: MOST_CONNECTIONS,
    }
  },

  backup: {
    fileName: 'dump.bak',
    minBytes: 10_000,
    trailer: null,
    dump: (root) =>
      throughFile(
        root,
        `run "BACKUP DATABASE [${DATABASE}] TO DISK = '$f' WITH COPY_ONLY, CHECKSUM, FORMAT"; cat "$f"`,
      ),
    restore: (root) =>
      throughFile(
        root,
        `cat > "$f"; run "RESTORE VERIFYONLY FROM DISK = '$f' WITH CHECKSUM"; run "RESTORE DATABASE [${DATABASE}] FROM DISK = '$f' WITH REPLACE"`,
      ),
    clear: (root) => [
      sql(
        root,
        `IF DB_ID('${DATABASE}') IS NOT NULL
BEGIN ALTER DATABASE [${DATABASE}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [${DATABASE}]; END
GO
CREATE DATABASE [${DATABASE}];
`,
      ),
    ],
    count: (root) => ({
      ...sql(
        root,
        `USE [${DATABASE}];
SELECT s.name + '.' + t.name + CHAR(9) + CAST(SUM(p.rows) AS VARCHAR(20))
  FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id
  JOIN sys.partitions p ON p.object_id = t.object_id AND p.index_id IN (0, 1)
  GROUP BY s.name, t.name ORDER BY s.name, t.name;
`,
      ),
      timeoutMs: HOUR_MS,
    }),
    readCounts: countsOf,
    verify: (root) => ({
      ...sql(root, `DBCC CHECKDB ([${DATABASE}]) WITH NO_INFOMSGS, ALL_ERRORMSGS;\n`),
      timeoutMs: 2 * HOUR_MS,
    }),
    readVerification: ({ exitCode, stdout, stderr }): DrillCheck[] => {
      const said = firstLine(stdout) ?? firstLine(stderr)
      const isGood = exitCode === 0 && said === undefined
      return [
        {
          what: 'DBCC CHECKDB',
          expected: 'no damage',
          found: isGood ? 'no damage' : (said ?? 'damage'),
          isGood,
        },
      ]
    },
    importOf: (name, _head, root) =>
      /\.bak$/i.test(name)
        ? {
            packed: 'none',
            command: throughFile(
              root,
              `cat > "$f"; run "RESTORE DATABASE [${DATABASE}] FROM DISK = '$f' WITH REPLACE"`,
            ),
          }
        : null,
  },
})
