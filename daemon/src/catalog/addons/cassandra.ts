import { z } from 'zod'
import { mebibytes, pulledVersions } from '#catalog/addons/parts.ts'
import { type AddonCommand, type AddonRoot, defineAddon } from '#ports/addon-kind.ts'

const SHORT_MS = 120_000
const MIB = 2 ** 20
const PORT = 9_042
const NAME = /^[a-z][a-z0-9_]{0,62}$/

/** cqlsh takes its user from a file; `printf` is the shell's own, so that no list shows the password. */
const cql = (root: AddonRoot, text: string): AddonCommand => ({
  argv: [
    'sh',
    '-c',
    `set -eu; umask 077; f=$(mktemp /tmp/cql.XXXXXX); trap 'rm -f "$f"' EXIT
printf '[authentication]\\nusername = cassandra\\npassword = %s\\n[PlainTextAuthProvider]\\nusername = cassandra\\npassword = %s\\n' "$CQL_PASSWORD" "$CQL_PASSWORD" > "$f"
cqlsh --cqlshrc="$f" --credentials="$f" 127.0.0.1`,
  ],
  stdin: text,
  env: { CQL_PASSWORD: root.password, HOME: '/tmp' },
  timeoutMs: SHORT_MS,
})

function nameOf(username: string): string {
  if (!NAME.test(username)) throw new Error(`no name for a role: ${username}`)
  return username
}

/**
 * As an image alone. It begins with a password that the whole world knows, on a bridge that nobody is
 * on yet: the first thing that is done is to give it another.
 */
export const cassandra = defineAddon({
  kind: 'cassandra',
  title: 'Cassandra',
  summary: 'A database of wide columns; an image of a registry',
  aliases: ['dokku-cassandra'],
  prefix: 'CASSANDRA',
  versions: pulledVersions((version) => `cassandra:${version}`, ['5.0', '4.1'], '5.0'),
  settings: z.object({}),
  port: PORT,
  dataPath: '/var/lib/cassandra',
  minMemoryBytes: 1_024 * MIB,
  defaultMemoryBytes: 1_536 * MIB,
  stopGraceMs: 120_000,

  maxConnections: () => null,
  container: ({ memoryBytes }) => ({
    command: [
      'sh',
      '-c',
      'sed -ri "s/^#? *authenticator:.*/authenticator: PasswordAuthenticator/; s/^#? *authorizer:.*/authorizer: CassandraAuthorizer/" /etc/cassandra/cassandra.yaml; exec docker-entrypoint.sh cassandra -f',
    ],
    env: {
      MAX_HEAP_SIZE: `${Math.floor(mebibytes(memoryBytes) / 2)}M`,
      HEAP_NEWSIZE: `${Math.floor(mebibytes(memoryBytes) / 8)}M`,
    },
  }),

  ready: (root) => {
    const asRoot = cql(root, 'SELECT now() FROM system.local;\n')
    const change = `ALTER ROLE cassandra WITH PASSWORD = '${root.password}';\n`
    const first = cql({ password: 'cassandra' }, change)
    // With its first password it is given its own; where that is done, the own one opens it.
    return {
      argv: [
        'sh',
        '-c',
        `read -r change; own=$CQL_PASSWORD; export CQL_PASSWORD=$own; if echo 'SELECT now() FROM system.local;' | sh -c "$1" >/dev/null 2>&1; then exit 0; fi; export CQL_PASSWORD=cassandra; echo "$change" | sh -c "$1"`,
        'ready',
        first.argv[2] ?? '',
      ],
      stdin: change,
      env: { ...asRoot.env },
      timeoutMs: 60_000,
    }
  },
  setUp: (root) => [
    cql(
      root,
      "CREATE KEYSPACE IF NOT EXISTS app WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\n",
    ),
  ],
  createUser: (root, { username, password }) => [
    cql(
      root,
      `CREATE ROLE IF NOT EXISTS ${nameOf(username)} WITH LOGIN = true;
ALTER ROLE ${username} WITH PASSWORD = '${password}' AND LOGIN = true;
GRANT ALL PERMISSIONS ON KEYSPACE app TO ${username};
`,
    ),
  ],
  changePassword: (root, { username, password }) => [
    cql(root, `ALTER ROLE ${nameOf(username)} WITH PASSWORD = '${password}';\n`),
  ],
  dropUser: (root, username) => [cql(root, `DROP ROLE IF EXISTS ${nameOf(username)};\n`)],
  changeRoot: (root, next) => [
    cql(root, `ALTER ROLE cassandra WITH PASSWORD = '${next.password}';\n`),
  ],

  variables: ({ prefix, host, port, user }) => ({
    [`${prefix}_HOST`]: host,
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_USER`]: user.username,
    [`${prefix}_PASSWORD`]: user.password,
    [`${prefix}_KEYSPACE`]: 'app',
  }),

  console: null,
  usage: () => ({
    argv: ['nodetool', 'clientstats'],
    timeoutMs: SHORT_MS,
  }),
  readUsage: (stdout) => {
    const found = /Total[^\d]*(\d+)/.exec(stdout)?.[1]
    return { connections: found === undefined ? null : Number(found), maxConnections: null }
  },
  // Snapshots of its files are of one node and its schema: not what a drill could prove here.
  backup: null,
})
