import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { mustRun } from '#agent/cli/must-run.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

const OPENSSL = '/usr/bin/openssl'

/**
 * Throws unless the certificate is of a CA that may sign for this installation's names and for
 * nothing else: the machine is going to trust it, and the file comes from an account that is not root's.
 */
export async function checkConstraints(
  pem: string,
  { baseDomain, publicAddress }: Pick<InstallationConfig, 'baseDomain' | 'publicAddress'>,
): Promise<void> {
  const args = ['x509', '-noout', '-ext', 'basicConstraints,nameConstraints']
  const said = await mustRun(OPENSSL, args, { input: pem })
  const refusal = refusalOf(said, [baseDomain, 'localhost', '127.0.0.1', '::1', publicAddress])
  if (refusal === undefined) return
  throw new SetupError(
    `The local CA is not trusted: ${refusal}.`,
    'The daemon makes a new one: remove <data>/daemon/local-authority, vastrox restart --process daemon, ./install.sh. If nobody put this one there on purpose, somebody got hold of the account vastrox.',
  )
}

/**
 * Why a CA with these extensions, as openssl prints them, is not to be trusted; undefined when it may
 * be. A kind of name without a constraint is a kind it may sign everything of, so both must be there.
 */
export function refusalOf(extensions: string, names: readonly string[]): string | undefined {
  const [basic, flags, header, section, ...permitted] = extensions.trimEnd().split('\n')
  if (basic?.trim() !== 'X509v3 Basic Constraints: critical' || !/^\s*CA:TRUE\b/.test(flags ?? ''))
    return 'it is not the certificate of a CA'
  if (header?.trim() !== 'X509v3 Name Constraints: critical' || section?.trim() !== 'Permitted:')
    return 'it may sign for every name there is'
  const lines = permitted.map((line) => line.trim())
  const foreign = lines.find((line) => !names.some((name) => isJust(line, name)))
  if (foreign !== undefined) return `it may sign for ${JSON.stringify(foreign)}`
  if (!lines.some((line) => line.startsWith('DNS:'))) return 'it may sign for every host name'
  if (!lines.some((line) => line.startsWith('IP:'))) return 'it may sign for every address'
  return undefined
}

function isJust(line: string, name: string): boolean {
  if (isIP(name) === 0) return line === `DNS:${name}`
  const [address = '', mask] = line.replace(/^IP:/, '').split('/')
  if (!line.startsWith('IP:') || isIP(address) !== isIP(name)) return false
  const full = isIPv4(name) ? '255.255.255.255' : Array.from({ length: 8 }, () => 'FFFF').join(':')
  const list = new BlockList()
  list.addAddress(name, isIPv6(name) ? 'ipv6' : 'ipv4')
  return mask === full && list.check(address, isIPv6(name) ? 'ipv6' : 'ipv4')
}
