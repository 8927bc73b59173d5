import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import { countsOf, firstLine, mebibytes, pulledVersions, urlOf } from '#catalog/addons/parts.ts'
import { type AddonCommand, type AddonRoot, defineAddon } from '#ports/addon-kind.ts'

const SHORT_MS = 60_000
const HOUR_MS = 3_600_000
const MIB = 2 ** 20
const PORT = 27_017
const DATABASE = 'app'
const ROOT = 'root'

/** A script by standard input, which signs in first: no password is in an argument list. */
const script = (root: AddonRoot, text: string): AddonCommand => ({
  argv: ['mongosh', '--quiet', '--norc', 'admin'],
  stdin: `db.auth(${JSON.stringify(ROOT)}, ${JSON.stringify(root.password)});\n${text}quit(0);\n`,
  env: { HOME: '/tmp' },
  timeoutMs: SHORT_MS,
})

/** The tools take a password from a file alone; `printf` is the shell's own, so that no list shows it. */
const tool = (root: AddonRoot, command: string): AddonCommand => ({
  argv: [
    'sh',
    '-c',
    `set -eu; umask 077; f=$(mktemp /tmp/tool.XXXXXX); trap 'rm -f "$f"' EXIT; printf 'password: "%s"\\n' "$MONGO_PASSWORD" > "$f"; ${command}`,
  ],
  env: { MONGO_PASSWORD: root.password },
  timeoutMs: 12 * HOUR_MS,
})
const SIGNED_IN = `--config="$f" --username=${ROOT} --authenticationDatabase=admin`

const COUNTS = `for (const name of db.getSiblingDB("${DATABASE}").getCollectionNames().sort())
  print(name + "\\t" + db.getSiblingDB("${DATABASE}").getCollection(name).countDocuments({}));
`

/** As an image alone: the distribution has none. */
export const mongodb = defineAddon({
  kind: 'mongodb',
  title: 'MongoDB',
  summary: 'A database of documents; an image of a registry',
  aliases: ['mongo', 'mongolab', 'mongohq', 'ormongo', 'dokku-mongo'],
  prefix: 'MONGODB',
  versions: pulledVersions((version) => `mongo:${version}`, ['8.0', '7.0'], '8.0'),
  settings: z.object({}),
  port: PORT,
  dataPath: '/data/db',
  minMemoryBytes: 256 * MIB,
  defaultMemoryBytes: 512 * MIB,
  stopGraceMs: 60_000,

  maxConnections: () => null,
  container: ({ memoryBytes, root }) => ({
    command: [
      'mongod',
      '--bind_ip_all',
      '--wiredTigerCacheSizeGB',
      Math.max(0.25, mebibytes(memoryBytes) / 2_048).toFixed(2),
    ],
    env: { MONGO_INITDB_ROOT_USERNAME: ROOT, MONGO_INITDB_ROOT_PASSWORD: root.password },
  }),

  ready: (root) => ({ ...script(root, 'db.runCommand({ ping: 1 });\n'), timeoutMs: 20_000 }),
  setUp: () => [],
  createUser: (root, user) => [
    script(
      root,
      `const wish = ${JSON.stringify({ pwd: user.password, roles: [{ role: 'dbOwner', db: DATABASE }] })};
const target = db.getSiblingDB(${JSON.stringify(DATABASE)});
if (target.getUser(${JSON.stringify(user.username)})) target.updateUser(${JSON.stringify(user.username)}, wish);
else target.createUser({ user: ${JSON.stringify(user.username)}, ...wish });
`,
    ),
  ],
  changePassword: (root, user) => [
    script(
      root,
      `db.getSiblingDB("${DATABASE}").changeUserPassword(${JSON.stringify(user.username)}, ${JSON.stringify(user.password)});\n`,
    ),
  ],
  dropUser: (root, username) => [
    script(root, `db.getSiblingDB("${DATABASE}").dropUser(${JSON.stringify(username)});\n`),
  ],
  changeRoot: (root, next) => [
    script(
      root,
      `db.getSiblingDB("admin").changeUserPassword("${ROOT}", ${JSON.stringify(next.password)});\n`,
    ),
  ],

  variables: ({ prefix, host, port, user }) => ({
    [`${prefix}_URL`]: urlOf('mongodb', user, host, port, `/${DATABASE}`),
    [`${prefix}_HOST`]: host,
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_USER`]: user.username,
    [`${prefix}_PASSWORD`]: user.password,
    [`${prefix}_NAME`]: DATABASE,
  }),

  // It asks for the password, which is shown to nobody: as root it is signed in by its own prompt.
  console: null,
  usage: (root) =>
    script(
      root,
      'const c = db.serverStatus().connections; print(c.current + "\\t" + (c.current + c.available));\n',
    ),
  readUsage: (stdout) => {
    const [connections, most] = (stdout.trim().split('\n').at(-1) ?? '').split('\t').map(Number)
    return { connections: connections ?? null, maxConnections: most ?? null }
  },

  backup: {
    fileName: 'dump.archive',
    minBytes: 16,
    // The archive ends with a mark of its own that mongorestore looks for.
    trailer: null,
    dump: (root) => tool(root, `mongodump ${SIGNED_IN} --db=${DATABASE} --archive`),
    restore: (root) => tool(root, `mongorestore ${SIGNED_IN} --archive --stopOnError`),
    clear: (root) => [
      { ...script(root, `db.getSiblingDB("${DATABASE}").dropDatabase();\n`), timeoutMs: HOUR_MS },
    ],
    count: (root) => ({ ...script(root, COUNTS), timeoutMs: HOUR_MS }),
    readCounts: countsOf,
    verify: (root) => ({
      ...script(
        root,
        `for (const name of db.getSiblingDB("${DATABASE}").getCollectionNames()) {
  const said = db.getSiblingDB("${DATABASE}").getCollection(name).validate();
  if (!said.valid) { print("damaged: " + name); quit(1); }
}
`,
      ),
      timeoutMs: HOUR_MS,
    }),
    readVerification: ({ exitCode, stdout, stderr }): DrillCheck[] => [
      {
        what: 'validate',
        expected: 'no damage',
        found: exitCode === 0 ? 'no damage' : (firstLine(stdout) ?? firstLine(stderr) ?? 'damage'),
        isGood: exitCode === 0,
      },
    ],
    importOf: (name, head, root) =>
      /\.(archive|mongodump)$/i.test(name) && head.subarray(0, 4).toString('hex') === '6de29981'
        ? {
            packed: 'none',
            command: tool(root, `mongorestore ${SIGNED_IN} --archive --stopOnError`),
          }
        : null,
  },
})
