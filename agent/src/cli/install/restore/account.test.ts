import { describe, expect, it } from 'vitest'
import { dnsLines } from '#agent/cli/install/restore/account.ts'

const apps = [
  { id: 'a', name: 'shop', imageId: null, hosts: ['shop.example.com', 'www.example.com'] },
  { id: 'b', name: 'blog', imageId: null, hosts: [] },
]

describe('the DNS records that must move', () => {
  it('are none where the address is the same', () => {
    const same = { publicAddress: '203.0.113.7', baseDomain: 'apps.example.com' }

    expect(dnsLines(apps, same, same)).toEqual([])
  })

  it('are those of every domain and of the base domain, with the new address', () => {
    const text = dnsLines(
      apps,
      { publicAddress: '203.0.113.7', baseDomain: 'apps.example.com' },
      { publicAddress: '198.51.100.4', baseDomain: 'apps.example.com' },
    ).join('\n')

    for (const name of ['apps.example.com', '*.apps.example.com', 'shop.example.com'])
      expect(text).toMatch(
        new RegExp(`^ *${name.replaceAll(/[.*]/g, '\\$&')} +A +198.51.100.4$`, 'm'),
      )
    expect(text).toContain('from 203.0.113.7')
  })

  it('leave out a base domain that only follows the address, whose change is said', () => {
    const text = dnsLines(
      apps,
      { publicAddress: '203.0.113.7', baseDomain: '203-0-113-7.sslip.io' },
      { publicAddress: '2001:db8::4', baseDomain: '2001-db8--4.sslip.io' },
    ).join('\n')

    expect(text).toContain('*.203-0-113-7.sslip.io and are at *.2001-db8--4.sslip.io')
    expect(text).not.toMatch(/^ +203-0-113-7/m)
    expect(text).toMatch(/^ *shop.example.com +AAAA +2001:db8::4$/m)
  })
})
