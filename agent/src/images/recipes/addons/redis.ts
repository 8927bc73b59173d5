import { installPackages } from '#agent/images/recipes/apt.ts'
import { DATA, entry, QUIET_INSTALL, runs } from '#agent/images/recipes/addons/entry.ts'
import { printed } from '#agent/images/recipes/file.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

const HOME = `${DATA}/redis`
const SETTINGS = '/etc/vastrox-redis.conf'

/** Every write is on the disk within a second; users are a file on the volume. */
const CONFIG = [
  'bind * -::*',
  'port 6379',
  'protected-mode no',
  'daemonize no',
  'logfile ""',
  `dir ${HOME}`,
  'appendonly yes',
  'appendfsync everysec',
  `aclfile ${HOME}/users.acl`,
]

/** The platform is `default`, with its password; every app gets a user of its own. */
const entryOf = (server: string): string[] => [
  `home=${HOME}`,
  'mkdir -p "$home"',
  'if [ ! -s "$home/users.acl" ]; then',
  '  if [ -e "$home/appendonlydir" ] || [ -e "$home/dump.rdb" ]; then say "$home has data and no users: users.acl is missing."; exit 65; fi',
  '  secret REDIS_PASSWORD',
  '  hash=$(printf %s "$value" | sha256sum | cut -c1-64)',
  '  printf "user default on sanitize-payload #%s ~* &* +@all\\n" "$hash" > "$home/users.acl.new"',
  '  sync "$home/users.acl.new"',
  '  mv "$home/users.acl.new" "$home/users.acl"',
  `  sync "$home" ${DATA}`,
  '  unset value hash',
  'fi',
  'unset REDIS_PASSWORD REDIS_PASSWORD_FILE',
  `if [ "$1" != ${server} ]; then exec "$@"; fi`,
  'shift',
  `exec ${server} ${SETTINGS} "$@"`,
]

const dockerfile = (base: string, server: string, packages: readonly string[]): string =>
  [
    `FROM ${base} AS runtime`,
    QUIET_INSTALL,
    installPackages(packages),
    `RUN ${printed(CONFIG, SETTINGS)} && chmod 0644 ${SETTINGS}`,
    entry(entryOf(server)),
    ...runs([server]),
    '',
    'FROM runtime AS build',
    '',
  ].join('\n')

/** Redis of the distribution. */
export const redis = defineRecipe({
  stack: 'redis',
  title: 'Redis',
  versions: [
    { version: '8.0', suite: 'trixie' },
    { version: '7.0', suite: 'bookworm' },
  ],
  seconds: 15,
  dockerfile: ({ base }) => dockerfile(base, 'redis-server', ['redis-server', 'redis-tools']),
})

/** The same under a free licence; it speaks as Redis does, and so do its files. */
export const valkey = defineRecipe({
  stack: 'valkey',
  title: 'Valkey',
  versions: [{ version: '8.1', suite: 'trixie' }],
  seconds: 15,
  dockerfile: ({ base }) => dockerfile(base, 'valkey-server', ['valkey-server', 'valkey-tools']),
})
