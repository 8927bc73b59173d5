import { describe, expect, it } from 'vitest'
import {
  bannable,
  contains,
  mergeNetworks,
  parseNetwork,
  sayNetwork,
} from '#agent/firewall/addresses.ts'

const say = (text: string): string => sayNetwork(parseNetwork(text))

describe('addresses', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7/32', '203.0.113.7'],
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['::1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::7/32', '2001:db8::/32'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
  ])('%s is said as %s', (text, said) => {
    expect(say(text)).toBe(said)
  })

  it('are banned alone in IPv4, and with their /64 in IPv6', () => {
    expect(sayNetwork(bannable('203.0.113.7'))).toBe('203.0.113.7')
    expect(sayNetwork(bannable('2001:db8:1:2:3::4'))).toBe('2001:db8:1:2::/64')
    expect(sayNetwork(bannable('::ffff:203.0.113.7'))).toBe('203.0.113.7')
  })

  it('that another network holds are left out of a set, which nft would refuse', () => {
    const merged = mergeNetworks(
      [
        '10.1.0.0/16',
        '2001:db8::1',
        '10.0.0.0/8',
        '10.1.2.3',
        '192.0.2.1',
        '2001:db8::/32',
        '192.0.2.1',
      ].map(parseNetwork),
    )

    expect(merged.map(sayNetwork)).toEqual(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'])
  })

  it('of one family are in no network of the other', () => {
    expect(contains(parseNetwork('::/0'), parseNetwork('203.0.113.7'))).toBe(false)
    expect(contains(parseNetwork('0.0.0.0/0'), parseNetwork('203.0.113.7'))).toBe(true)
  })
})
