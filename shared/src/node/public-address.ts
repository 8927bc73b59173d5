import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net'

/** What IANA has set aside: private, shared, loopback, link-local, tests, documentation, multicast. */
const SPECIAL_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const
/** All that has been given out is in here; mapped and translated IPv4 (::ffff:, 64:ff9b::) are not. */
const GIVEN_OUT_V6 = ['2000::', 3] as const
/** Of it: tunnels whose other end is an IPv4 address of any kind (Teredo, 6to4), documentation. */
const SPECIAL_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const

const specialV4 = new BlockList()
for (const [address, bits] of SPECIAL_V4) specialV4.addSubnet(address, bits, 'ipv4')
const givenOutV6 = new BlockList()
givenOutV6.addSubnet(...GIVEN_OUT_V6, 'ipv6')
const specialV6 = new BlockList()
for (const [address, bits] of SPECIAL_V6) specialV6.addSubnet(address, bits, 'ipv6')

/**
 * True for an address out in the world (rule C11), in whatever clothes it comes. The one place where
 * this is decided, for daemon and agent alike; false for what is no address.
 */
export function isPublicAddress(text: string): boolean {
  const address = bareAddress(text)
  if (isIP(address) === 0) return false
  return isIPv4(address)
    ? !specialV4.check(address, 'ipv4')
    : givenOutV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6')
}

const traps = { ipv4: new BlockList(), ipv6: new BlockList() }
traps.ipv4.addSubnet('0.0.0.0', 8, 'ipv4')
traps.ipv4.addSubnet('169.254.0.0', 16, 'ipv4')
traps.ipv4.addSubnet('224.0.0.0', 3, 'ipv4')
traps.ipv6.addAddress('::', 'ipv6')
traps.ipv6.addSubnet('64:ff9b::', 32, 'ipv6')
traps.ipv6.addSubnet('fd00:ec2::', 32, 'ipv6')
traps.ipv6.addSubnet('fe80::', 10, 'ipv6')
traps.ipv6.addSubnet('ff00::', 8, 'ipv6')

/**
 * True where a server of an operator's own may be, which mostly is inside: anywhere but where clouds
 * answer with a machine's credentials, where nobody is, and where everybody is.
 */
export function isOperatorsAddress(text: string): boolean {
  const address = bareAddress(text)
  const version = isIP(address)
  if (version === 0) return false
  return version === 4 ? !traps.ipv4.check(address, 'ipv4') : !traps.ipv6.check(address, 'ipv6')
}

/** Without the zone; an IPv4 address in the clothes of IPv6 is judged as what it is. */
export function bareAddress(text: string): string {
  const [plain = ''] = text.split('%')
  if (isIP(plain) !== 6) return plain
  const { address } = new SocketAddress({ address: plain, family: 'ipv6' })
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? plain
}

/**
 * True where a host is an address that is written in another way than usual: `2130706433`,
 * `0x7f.1`, `127.1`. Whoever resolves it may read another address from it than whoever connects.
 */
export function isOddAddress(host: string): boolean {
  if (isIP(host) !== 0) return false
  const last = host.replace(/\.$/, '').split('.').at(-1) ?? ''
  return /^(?:\d+|0x[0-9a-f]*)$/i.test(last)
}
