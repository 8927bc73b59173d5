import { z } from 'zod'
import { mebibytes, preparedVersions } from '#catalog/addons/parts.ts'
import { type AddonCommand, defineAddon } from '#ports/addon-kind.ts'

const MIB = 2 ** 20
const PORT = 11_211
const MOST_CONNECTIONS = 1_024

/** bash speaks TCP by itself, and the image has nothing that speaks to Memcached. */
const asking = (command: string): AddonCommand => ({
  argv: [
    'bash',
    '-c',
    `exec 3<>/dev/tcp/127.0.0.1/${PORT} && printf '%s\\r\\nquit\\r\\n' "$0" >&3 && cat <&3`,
    command,
  ],
  timeoutMs: 15_000,
})

/**
 * It knows no users: whoever is on its network may use it, and only the apps that it is attached to
 * are. It keeps nothing, so that there is nothing to back up.
 */
export const memcached = defineAddon({
  kind: 'memcached',
  title: 'Memcached',
  summary: 'A cache in memory that keeps nothing',
  aliases: ['memcache', 'memcachier', 'memcachedcloud', 'dokku-memcached'],
  prefix: 'MEMCACHED',
  versions: preparedVersions('memcached', ['1.6'], '1.6'),
  settings: z.object({}),
  port: PORT,
  dataPath: null,
  minMemoryBytes: 48 * MIB,
  defaultMemoryBytes: 96 * MIB,
  stopGraceMs: 5_000,

  maxConnections: () => MOST_CONNECTIONS,
  container: ({ memoryBytes }) => ({
    command: [
      'memcached',
      '--listen=0.0.0.0',
      `--port=${PORT}`,
      `--memory-limit=${Math.max(16, mebibytes(memoryBytes) - 32)}`,
      `--conn-limit=${MOST_CONNECTIONS}`,
    ],
    env: {},
  }),

  ready: () => asking('version'),
  setUp: () => [],
  createUser: () => [],
  changePassword: () => [],
  dropUser: () => [],
  changeRoot: () => [],

  variables: ({ prefix, host, port }) => ({
    [`${prefix}_URL`]: `memcached://${host}:${port}`,
    [`${prefix}_HOST`]: host,
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_SERVERS`]: `${host}:${port}`,
  }),

  console: null,
  usage: () => asking('stats'),
  readUsage: (stdout) => ({
    connections: statIn(stdout, 'curr_connections'),
    maxConnections: statIn(stdout, 'max_connections'),
  }),
  backup: null,
})

function statIn(text: string, name: string): number | null {
  const found = new RegExp(`^STAT ${name} (\\d+)`, 'm').exec(text)?.[1]
  return found === undefined ? null : Number(found)
}
