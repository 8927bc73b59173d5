import { CodedError } from '@vastrox/shared/errors.ts'
import { defineStack, type SourceTree } from '#ports/stack.ts'
import { type ComposeService, readComposeFile } from './compose-file.ts'
import { plainText } from './plain-text.ts'

const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']
const MAX_SHOWN = 12

/** What is run as an add-on of the platform in place of a container of one's own. */
const ADDONS: readonly (readonly [image: RegExp, addon: string])[] = [
  [/(^|\/)(postgres|postgis|pgvector|timescaledb(-ha)?)$/, 'PostgreSQL'],
  [/(^|\/)(mysql|percona)$/, 'MySQL'],
  [/(^|\/)mariadb$/, 'MariaDB'],
  [/(^|\/)(redis|valkey|redis-stack(-server)?)$/, 'Redis'],
  [/(^|\/)mongo(db)?$/, 'MongoDB'],
  [/(^|\/)memcached$/, 'Memcached'],
]
/** What the platform does itself. */
const OWN: readonly (readonly [image: RegExp, what: string])[] = [
  [
    /(^|\/)(traefik|caddy|nginx-proxy|acme-companion)$/,
    'nothing: the proxy and its certificates are part of Vastrox',
  ],
  [/(^|\/)(watchtower)$/, 'nothing: a tag that moves is deployed by Vastrox'],
]

/** Takes no source: it says what each service of a compose file would be, and guesses nothing. */
export const compose = defineStack({
  name: 'compose',
  title: 'Compose',
  reads: NAMES.map((name) => `/${name}`),

  detect(tree) {
    const file = NAMES.find((name) => tree.paths.has(name))
    if (file !== undefined) throw refusal(tree, file)
    return undefined
  },

  plan(tree) {
    throw refusal(tree, NAMES.find((name) => tree.paths.has(name)) ?? 'compose.yaml')
  },
})

function refusal(tree: SourceTree, file: string): CodedError {
  const services = readComposeFile(tree.read(file) ?? '')
  const told = Array.isArray(services)
    ? `Here its services would be: ${services.slice(0, MAX_SHOWN).map(sayService).join('; ')}${services.length > MAX_SHOWN ? '; …' : ''}.`
    : `Its services cannot be listed: ${services.reason}.`
  return new CodedError('STACK_NOT_DETECTED', {
    reason: plainText(
      `Vastrox does not run ${file}, and there is nothing else to deploy in the root. ${told}`,
    ),
  })
}

function sayService(service: ComposeService): string {
  const { name, folder, image } = service
  if (folder !== null)
    return `${name}, an app${folder === '.' ? ' built from the root: add its Dockerfile there' : ` of its own with rootDirectory ${folder}`}${sayVolumes(service)}`
  if (image === null) return `${name}, unknown (neither build nor image)`
  const bare = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
  const addon = ADDONS.find(([pattern]) => pattern.test(bare))
  if (addon) return `${name}, the add-on ${addon[1]} (${image})`
  const own = OWN.find(([pattern]) => pattern.test(bare))
  if (own) return `${name}, ${own[1]} (${image})`
  return `${name}, an app deployed from the image ${image}${sayVolumes(service)}`
}

function sayVolumes({ volumes }: ComposeService): string {
  const named = volumes.filter((one) => !/^[./~]/.test(one))
  const host = volumes.filter((one) => /^[./~]/.test(one))
  return [
    named.length === 0 ? '' : ` with the volume ${named.slice(0, 5).join(', ')}`,
    host.length === 0
      ? ''
      : ` (folders of the host, ${host.slice(0, 3).join(', ')}, are not mounted)`,
  ].join('')
}
