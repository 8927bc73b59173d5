import { z } from 'zod'
import { firstLine, pulledVersions, urlOf } from '#catalog/addons/parts.ts'
import { type AddonCommand, type AddonUser, defineAddon } from '#ports/addon-kind.ts'

const SHORT_MS = 120_000
const MIB = 2 ** 20
const PORT = 5_672
const NAME = /^[a-z][a-z0-9_]{0,62}$/

/** The node's own cookie is what it is opened with; a password comes by standard input. */
const control = (words: readonly string[], stdin = ''): AddonCommand => ({
  argv: ['rabbitmqctl', '--quiet', ...words],
  stdin,
  timeoutMs: SHORT_MS,
})

function nameOf(username: string): string {
  if (!NAME.test(username)) throw new Error(`no name for a user: ${username}`)
  return username
}

/** Adding one that is there fails, and changing its password does not. */
const makeUser = ({ username, password }: AddonUser): AddonCommand[] => [
  {
    argv: [
      'sh',
      '-c',
      'read -r password; printf "%s\\n" "$password" | rabbitmqctl --quiet add_user "$0" || printf "%s\\n" "$password" | rabbitmqctl --quiet change_password "$0"',
      nameOf(username),
    ],
    stdin: `${password}\n`,
    timeoutMs: SHORT_MS,
  },
  control(['set_permissions', '-p', '/', username, '.*', '.*', '.*']),
]

/** As an image alone. Its queues are no database: messages in them are kept, and not backed up. */
export const rabbitmq = defineAddon({
  kind: 'rabbitmq',
  title: 'RabbitMQ',
  summary: 'Queues of messages; an image of a registry',
  aliases: ['cloudamqp', 'dokku-rabbitmq', 'amqp'],
  prefix: 'RABBITMQ',
  versions: pulledVersions((version) => `rabbitmq:${version}`, ['4.1', '3.13'], '4.1'),
  settings: z.object({}),
  port: PORT,
  dataPath: '/var/lib/rabbitmq',
  minMemoryBytes: 256 * MIB,
  defaultMemoryBytes: 384 * MIB,
  stopGraceMs: 60_000,

  maxConnections: () => null,
  container: ({ root }) => ({
    command: null,
    // Its data lies below the name of the node.
    env: {
      RABBITMQ_NODENAME: 'rabbit@localhost',
      RABBITMQ_DEFAULT_USER: 'root',
      RABBITMQ_DEFAULT_PASS: root.password,
    },
  }),

  ready: () => ({ ...control(['await_startup', '--timeout', '15']), timeoutMs: 20_000 }),
  setUp: () => [],
  createUser: (_root, user) => makeUser(user),
  changePassword: (_root, user) => makeUser(user),
  dropUser: (_root, username) => [
    {
      argv: [
        'sh',
        '-c',
        'rabbitmqctl --quiet close_all_user_connections "$0" dropped; rabbitmqctl --quiet list_users | cut -f1 | grep -qx "$0" || exit 0; rabbitmqctl --quiet delete_user "$0"',
        nameOf(username),
      ],
      timeoutMs: SHORT_MS,
    },
  ],
  changeRoot: (_root, { password }) => makeUser({ username: 'root', password }),

  variables: ({ prefix, host, port, user }) => ({
    [`${prefix}_URL`]: urlOf('amqp', user, host, port, '/%2f'),
    [`${prefix}_HOST`]: host,
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_USER`]: user.username,
    [`${prefix}_PASSWORD`]: user.password,
  }),

  console: null,
  usage: () => control(['list_connections', 'pid']),
  readUsage: (stdout) => ({
    connections:
      firstLine(stdout) === undefined
        ? 0
        : stdout.split('\n').filter((line) => line.startsWith('<')).length,
    maxConnections: null,
  }),
  backup: null,
})
