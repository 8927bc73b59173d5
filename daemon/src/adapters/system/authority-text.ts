import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** What a CA is constrained to: these domains with everything beneath them, and these addresses. */
export interface PermittedNames {
  domains: readonly string[]
  addresses: readonly string[]
}

const DNS_NAME =
  /^(?=.{1,253}$)(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/

/** Configuration of openssl for the CA's own certificate. */
export function authorityConfig({ domains, addresses }: PermittedNames): string {
  const permitted = [
    ...domains.map((domain) => `permitted;DNS:${checkName(domain)}`),
    ...addresses.map((address) => `permitted;IP:${checkName(address)}/${fullMask(address)}`),
  ]
  return `[req]
distinguished_name = subject
prompt = no
[subject]
O = Vastrox
CN = Vastrox local CA (${domains[0]})
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
nameConstraints = critical, @permitted
[permitted]
${permitted.map((line, at) => line.replace(/^permitted;(DNS|IP):/, `permitted;$1.${at} = `)).join('\n')}
`
}

/** Extensions of a leaf for these names. */
export function leafExtensions(names: readonly string[]): string {
  const alternatives = names.map((name, at) =>
    isAddress(name) ? `IP.${at} = ${name}` : `DNS.${at} = ${checkName(name)}`,
  )
  return `[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = @names
[names]
${alternatives.join('\n')}
`
}

/** Whether the constraints allow a certificate for the name. */
export function coversName({ domains, addresses }: PermittedNames, name: string): boolean {
  if (isAddress(name)) return addresses.some((address) => sameAddress(address, name))
  return (
    DNS_NAME.test(name) && domains.some((domain) => name === domain || name.endsWith(`.${domain}`))
  )
}

const isAddress = (name: string): boolean => isIPv4(name) || isIPv6(name)

/** The text goes into a configuration file: nothing else than a name may get there. */
function checkName(name: string): string {
  if (!isAddress(name) && !DNS_NAME.test(name))
    throw new Error(`${JSON.stringify(name)} is no host name`)
  return name
}

const fullMask = (address: string): string =>
  isIPv4(address) ? '255.255.255.255' : Array.from({ length: 8 }, () => 'ffff').join(':')

/** `::1` and `0:0:0:0:0:0:0:1` are one address. */
function sameAddress(one: string, other: string): boolean {
  if (isIPv4(one) !== isIPv4(other)) return false
  const family = isIPv4(one) ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addAddress(one, family)
  return list.check(other, family)
}
