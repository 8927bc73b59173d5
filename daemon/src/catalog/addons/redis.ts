import { createHash } from 'node:crypto'
import type { DrillCheck } from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import { firstLine, preparedVersions, urlOf } from '#catalog/addons/parts.ts'
import {
  type AddonCommand,
  type AddonCounts,
  type AddonKind,
  type AddonRoot,
  type AddonUser,
  defineAddon,
} from '#ports/addon-kind.ts'

const SHORT_MS = 60_000
const HOUR_MS = 3_600_000
const MIB = 2 ** 20
const PORT = 6_379
/** As many as it takes where nothing is said. */
const MOST_CLIENTS = 10_000
const HOME = '/data/redis'
const NAME = /^[a-z][a-z0-9_]{0,62}$/

/** How the two of them differ. */
interface Given {
  kind: 'redis' | 'valkey'
  title: string
  summary: string
  aliases: readonly string[]
  versions: readonly string[]
  usual: string
}

const hashOf = (password: string): string =>
  `#${createHash('sha256').update(password).digest('hex')}`

function nameOf(username: string): string {
  if (!NAME.test(username)) throw new Error(`no name for a user: ${username}`)
  return username
}

/** Everything but the server's own affairs: its settings, its users, its end. */
const setUser = (user: AddonUser): string =>
  `ACL SETUSER ${nameOf(user.username)} reset on sanitize-payload ${hashOf(user.password)} ~* &* +@all -@admin +client|list\n`

/** The client ends with 0 whatever it was answered: the answers count. */
const commandsScript = (cli: string): string => `
{ ${cli} 2>&1 || echo 'ERR it ended early'; } |
awk '{ print }
     /^(AUTH failed: )?(ERR|NOAUTH|WRONGPASS|NOPERM|MISCONF|LOADING|OOM|BUSY|READONLY)( |$)/ { bad = 1 }
     END { exit bad || NR == 0 }'`

/**
 * The file is looked at, put in the place of what is there, and read; then the log of writes is made
 * anew of it, since it is what counts at the next start. The last line is what the platform waits for.
 */
const restoreScript = (cli: string, check: string): string => `
set -eu
home=${HOME} file=${HOME}/dump.rdb
cat > "$file.new"
test -s "$file.new"
${check} "$file.new" >/dev/null
mv "$file.new" "$file"
said=$(${cli} -e DEBUG RELOAD NOSAVE)
test "$said" = OK || { echo "$said" >&2; exit 1; }
${cli} -e BGREWRITEAOF >/dev/null
for second in $(seq 1 3600); do
  state=$(${cli} -e INFO persistence | tr -d '\\r')
  case "$state" in
    *aof_rewrite_in_progress:1*|*aof_rewrite_scheduled:1*) sleep 1 ;;
    *aof_last_bgrewrite_status:ok*) rm -f "$file"; exit 0 ;;
    *) echo 'the log of writes could not be made anew' >&2; exit 1 ;;
  esac
done
echo 'the log of writes was not made anew within an hour' >&2
exit 1
`

/** A file is written by the server's own means, looked at, and goes again. */
const verifyScript = (cli: string, check: string): string => `
set -eu
file=$(mktemp ${HOME}/verify.XXXXXX)
trap 'rm -f "$file"' EXIT
${cli} --rdb "$file" >/dev/null 2>&1
${check} "$file"
`

function redisLike(given: Given): AddonKind {
  const { kind } = given
  const cli = `${kind}-cli`
  const check = `${kind}-check-rdb`
  const env = ({ password }: AddonRoot): Record<string, string> => ({ REDISCLI_AUTH: password })
  /** Commands by standard input: no password is in an argument list. */
  const run = (root: AddonRoot, commands: string): AddonCommand => ({
    argv: ['sh', '-c', commandsScript(cli)],
    stdin: commands,
    env: env(root),
    timeoutMs: SHORT_MS,
  })
  const restore = (root: AddonRoot): AddonCommand => ({
    argv: ['sh', '-c', restoreScript(cli, check)],
    env: env(root),
    timeoutMs: 2 * HOUR_MS,
  })

  return defineAddon({
    kind,
    title: given.title,
    summary: given.summary,
    aliases: given.aliases,
    prefix: 'REDIS',
    versions: preparedVersions(kind, given.versions, given.usual),
    settings: z.object({}),
    port: PORT,
    dataPath: '/data',
    minMemoryBytes: 32 * MIB,
    defaultMemoryBytes: 128 * MIB,
    stopGraceMs: 30_000,

    maxConnections: () => MOST_CLIENTS,
    // Copying for a snapshot may take as much again for a while: not all of it is for data.
    container: ({ memoryBytes, root }) => ({
      command: [
        `${kind}-server`,
        '--maxmemory',
        String(Math.floor(memoryBytes * 0.7)),
        '--maxmemory-policy',
        'noeviction',
        '--save',
        '',
        '--repl-diskless-sync-delay',
        '0',
        '--enable-debug-command',
        'local',
      ],
      env: { REDIS_PASSWORD: root.password },
    }),

    ready: (root) => ({ ...run(root, 'PING\n'), timeoutMs: 15_000 }),
    setUp: () => [],
    createUser: (root, user) => [run(root, `${setUser(user)}ACL SAVE\n`)],
    changePassword: (root, user) => [run(root, `${setUser(user)}ACL SAVE\n`)],
    // It ends its connections.
    dropUser: (root, username) => [run(root, `ACL DELUSER ${nameOf(username)}\nACL SAVE\n`)],
    changeRoot: (root, next) => [
      run(root, `ACL SETUSER default resetpass ${hashOf(next.password)}\nACL SAVE\n`),
    ],

    variables: ({ prefix, host, port, user }) => ({
      [`${prefix}_URL`]: urlOf('redis', user, host, port, '/0'),
      [`${prefix}_HOST`]: host,
      [`${prefix}_PORT`]: String(port),
      [`${prefix}_USER`]: user.username,
      [`${prefix}_PASSWORD`]: user.password,
    }),

    console: (root, user) => ({
      argv: user ? [cli, '--user', user.username] : [cli],
      env: env(user ?? root),
      timeoutMs: 24 * HOUR_MS,
    }),

    usage: (root) => run(root, 'INFO clients\n'),
    readUsage: (stdout) => ({
      connections: numberIn(stdout, 'connected_clients'),
      maxConnections: numberIn(stdout, 'maxclients'),
    }),

    backup: {
      fileName: 'dump.rdb',
      minBytes: 9,
      // Its last bytes are a checksum of all before them, which each restore looks at.
      trailer: null,
      dump: (root) => ({ argv: [cli, '--rdb', '-'], env: env(root), timeoutMs: 6 * HOUR_MS }),
      restore,
      clear: (root) => [{ ...run(root, 'FLUSHALL SYNC\n'), timeoutMs: HOUR_MS }],
      count: (root) => run(root, 'INFO keyspace\n'),
      readCounts: keysOf,
      verify: (root) => ({
        argv: ['sh', '-c', verifyScript(cli, check)],
        env: env(root),
        timeoutMs: HOUR_MS,
      }),
      readVerification: ({ exitCode, stdout, stderr }): DrillCheck[] => [
        {
          what: check,
          expected: 'no damage',
          found:
            exitCode === 0 ? 'no damage' : (firstLine(stderr) ?? firstLine(stdout) ?? 'damage'),
          isGood: exitCode === 0,
        },
      ],
      importOf: (_name, head, root) => {
        const magic = head.subarray(0, 5).toString('latin1')
        if (magic !== 'REDIS' && magic !== 'VALKE') return null
        return { packed: 'none', command: restore(root) }
      },
    },
  })
}

/**
 * `db0:keys=12,expires=0,…` of each database. Those that end by themselves may have ended by the time of a
 * drill.
 */
function keysOf(stdout: string): AddonCounts {
  return Object.fromEntries(
    [...stdout.matchAll(/^(db\d+):keys=(\d+),expires=(\d+)/gm)].map(
      ([, db = '', keys = '0', expires = '0']) => [db, Number(keys) - Number(expires)],
    ),
  )
}

function numberIn(text: string, name: string): number | null {
  const found = new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1]
  return found === undefined ? null : Number(found)
}

export const redis = redisLike({
  kind: 'redis',
  title: 'Redis',
  summary: 'Keys and values in memory, written to the disk within a second',
  aliases: ['heroku-redis', 'rediscloud', 'redistogo', 'redisgreen', 'dokku-redis'],
  versions: ['8.0', '7.0'],
  usual: '8.0',
})

export const valkey = redisLike({
  kind: 'valkey',
  title: 'Valkey',
  summary: 'What Redis was, under a free licence',
  aliases: ['heroku-key-value-store', 'key-value-store', 'keyvalue'],
  versions: ['8.1'],
  usual: '8.1',
})
