import { describe, expect, it } from 'vitest'
import { defaultBaseDomain, findPublicAddress } from '#agent/cli/install/addresses.ts'

const at = (address: string, internal = false) => ({ name: 'eth0', address, internal })

describe('the public address', () => {
  it('is the first of an interface that strangers can reach, IPv4 before IPv6', () => {
    const found = findPublicAddress([
      at('127.0.0.1', true),
      at('10.1.2.3'),
      at('2a01:4f8::1'),
      at('8.8.4.4'),
    ])

    expect(found).toBe('8.8.4.4')
  })

  it.each([
    '10.0.0.5',
    '172.17.0.1',
    '192.168.1.2',
    '100.70.0.1',
    '169.254.1.1',
    '203.0.113.7',
    'fe80::1',
    'fd00::2',
  ])('is not %s', (address) => {
    expect(findPublicAddress([at(address)])).toBeUndefined()
  })

  it('gives a base domain that resolves without any set-up', () => {
    expect(defaultBaseDomain('203.0.113.7')).toBe('203-0-113-7.sslip.io')
    expect(defaultBaseDomain('2a01:4f8::1')).toBe('2a01-4f8--1.sslip.io')
    expect(defaultBaseDomain('127.0.0.1')).toBe('localhost')
  })
})
