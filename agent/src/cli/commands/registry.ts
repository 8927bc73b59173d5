import { X509Certificate } from 'node:crypto'
import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { isHost } from '@vastrox/shared/image-reference.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { SetupError } from '#agent/cli/setup-error.ts'
import {
  RegistrySettings,
  readRegistrySettings,
  registryFileOf,
  writeRegistrySettings,
} from '#agent/images/registry/settings.ts'

const OPTIONS = {
  mirror: { type: 'string' },
  user: { type: 'string' },
  'ca-file': { type: 'string' },
  'no-mirror': { type: 'boolean' },
  allow: { type: 'string', multiple: true },
  forbid: { type: 'string', multiple: true },
  on: { type: 'boolean' },
  off: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

const USAGE =
  'registry [--mirror host[:port][/prefix] [--user <name>] [--ca-file <file>] | --no-mirror] [--allow <host>] [--forbid <host>] [--on | --off]'

/** Where the engine looks for authorities of a registry, a directory for each. */
export const ENGINE_AUTHORITIES = '/etc/docker/certs.d'
const MAX_CA_BYTES = 256 * 2 ** 10
const MAX_ALLOWED = 100

type Print = (text: string) => void

/**
 * Shows or changes what root says about image registries. A password comes from standard input, never
 * from an argument. The agent reads the settings anew each time, so nothing is restarted.
 */
export async function registry(
  { paths, config }: Pick<Installation, 'paths' | 'config'>,
  args: string[],
  readInput: () => Promise<string | undefined>,
  {
    print = console.log,
    authorities = ENGINE_AUTHORITIES,
  }: { print?: Print; authorities?: string } = {},
): Promise<number> {
  const wish = read(args)
  const file = registryFileOf(paths.agent)
  const before = await readRegistrySettings(file)
  const after = await change(before, wish, readInput)
  if (wish['ca-file'] !== undefined && after.mirror)
    await trust(authorities, config.instance, after.mirror.host, wish['ca-file'])
  else if (after.mirror?.host !== before.mirror?.host)
    await forgetRegistryAuthorities(config.instance, authorities)
  if (JSON.stringify(after) !== JSON.stringify(before)) await writeRegistrySettings(file, after)
  print(wish.json ? JSON.stringify(withoutPassword(after)) : describe(after))
  return 0
}

/** Takes back the trust of this installation's mirror; the engine's other authorities stay. */
export async function forgetRegistryAuthorities(
  instance: string,
  authorities = ENGINE_AUTHORITIES,
): Promise<void> {
  for (const host of await readdir(authorities).catch(() => [])) {
    await rm(`${authorities}/${host}/${fileOf(instance)}`, { force: true })
    await rmdir(`${authorities}/${host}`).catch(() => {
      // Somebody else's authorities are in it.
    })
  }
}

function read(args: string[]) {
  try {
    const { values } = parseArgs({ args, options: OPTIONS })
    if (values.mirror !== undefined && values['no-mirror'])
      throw new Error('--mirror and --no-mirror contradict each other')
    if (values.on && values.off) throw new Error('--on and --off contradict each other')
    if (values.mirror === undefined && (values.user ?? values['ca-file']) !== undefined)
      throw new Error('--user and --ca-file belong to --mirror')
    return values
  } catch (error) {
    throw new SetupError(
      error instanceof Error ? `${error.message}.` : String(error),
      `vastrox ${USAGE}`,
    )
  }
}

async function change(
  before: RegistrySettings,
  wish: ReturnType<typeof read>,
  readInput: () => Promise<string | undefined>,
): Promise<RegistrySettings> {
  const hosts = [...(wish.allow ?? []), ...(wish.forbid ?? [])]
  const wrong = hosts.find((host) => !isHost(host))
  if (wrong !== undefined)
    throw new SetupError(
      `"${wrong}" is not a host.`,
      'Write it as registry.example or 10.0.0.5:5000.',
    )
  const allowed = new Set([...before.allowedHosts, ...(wish.allow ?? []).map(lower)])
  for (const host of wish.forbid ?? []) allowed.delete(lower(host))
  if (allowed.size > MAX_ALLOWED)
    throw new SetupError(`At most ${MAX_ALLOWED} registries can be allowed.`, 'Forbid some first.')
  return {
    mirror: wish['no-mirror']
      ? null
      : wish.mirror === undefined
        ? before.mirror
        : await mirrorOf(wish.mirror, wish.user, readInput),
    allowedHosts: [...allowed].toSorted(),
    isOff: wish.off ? true : wish.on ? false : before.isOff,
  }
}

async function mirrorOf(
  text: string,
  user: string | undefined,
  readInput: () => Promise<string | undefined>,
): Promise<RegistrySettings['mirror']> {
  const [host = '', ...folders] = text.replace(/\/+$/, '').split('/')
  const prefix = folders.length === 0 ? '' : `${folders.join('/')}/`
  const parsed = RegistrySettings.shape.mirror.safeParse({
    host: lower(host),
    prefix,
    credentials: user === undefined ? null : await credentialsOf(user, readInput),
  })
  if (parsed.success) return parsed.data
  throw new SetupError(
    `"${text}" is not a mirror.`,
    'Write it as registry.example, registry.example:5000 or registry.example/hub.',
  )
}

async function credentialsOf(username: string, readInput: () => Promise<string | undefined>) {
  const password = (await readInput())?.replace(/\r?\n$/, '')
  if (password) return { username, password }
  throw new SetupError(
    'The password is missing.',
    'Give it on standard input: vastrox registry --mirror … --user … < password-file',
  )
}

async function trust(
  authorities: string,
  instance: string,
  host: string,
  file: string,
): Promise<void> {
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new SetupError(`${file} cannot be read.`, 'Name a file with certificates in PEM form.', {
      cause: error,
    })
  })
  if (pem.length > MAX_CA_BYTES || !isAuthority(pem))
    throw new SetupError(
      `${file} is not the certificate of an authority.`,
      'It must be in PEM form (-----BEGIN CERTIFICATE-----).',
    )
  await forgetRegistryAuthorities(instance, authorities)
  await mkdir(`${authorities}/${host}`, { recursive: true })
  await writeAtomically(`${authorities}/${host}/${fileOf(instance)}`, pem, 0o644)
}

function isAuthority(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca
  } catch {
    return false
  }
}

function describe({ mirror, allowedHosts, isOff }: RegistrySettings): string {
  const where =
    mirror === null
      ? 'none: the engine asks its own registry'
      : `${mirror.host}/${mirror.prefix}${mirror.credentials === null ? '' : ` as ${mirror.credentials.username}`}`
  return [
    `Prepared images  ${isOff ? 'never from a registry' : 'from a registry where one answers'}`,
    `Mirror           ${where}`,
    `Allowed          ${allowedHosts.length === 0 ? 'no registry inside this network' : allowedHosts.join(' ')}`,
  ].join('\n')
}

const withoutPassword = ({ mirror, ...rest }: RegistrySettings) => ({
  ...rest,
  mirror: mirror && {
    host: mirror.host,
    prefix: mirror.prefix,
    username: mirror.credentials?.username ?? null,
  },
})

const fileOf = (instance: string): string => `vastrox-${instance}.crt`
const lower = (text: string): string => text.toLowerCase()
