import { describe, expect, it } from 'vitest'
import { bareAddress, isOddAddress, isOperatorsAddress, isPublicAddress } from './public-address.ts'

describe('where an address is (rule C11)', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.128.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '198.20.0.1',
    '223.255.255.254',
  ])('%s is out in the world, in its own clothes and in others', (address) => {
    expect(isPublicAddress(address)).toBe(true)
    expect(isPublicAddress(`::ffff:${address}`)).toBe(true)
    expect(isPublicAddress(`64:ff9b::${address}`)).toBe(false)
    expect(isPublicAddress(`::${address}`)).toBe(false)
    expect(isOperatorsAddress(address)).toBe(true)
  })

  it.each(['2606:4700::1111', '2a01:4f8::1', '2400:cb00::1', '2001:4860:4860::8888', '3ffe::1'])(
    '%s is out in the world',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  it.each(['10.0.0.53', '192.168.1.1', '127.0.0.1', '172.20.0.2', '100.64.0.1', '::1', 'fd12::53'])(
    '%s may be an operator’s server, and is nothing for users',
    (address) => {
      expect(isOperatorsAddress(address)).toBe(true)
      expect(isPublicAddress(address)).toBe(false)
    },
  )

  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fe80::1',
    'fd00:ec2::254',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
    '64:ff9b::a9fe:a9fe',
    'no address',
  ])('%s is nobody’s', (address) => {
    expect(isOperatorsAddress(address)).toBe(false)
    expect(isPublicAddress(address)).toBe(false)
  })

  it('is written as usual, or odd', () => {
    for (const odd of ['2130706433', '0x7f.1', '127.1', '1.2.3.4.', '0', '256.1.1.1', 'a.0x1'])
      expect(isOddAddress(odd), odd).toBe(true)
    for (const fine of ['1.2.3.4', '::1', 'example.com', '1.example', 'x0.example', 'a.1x'])
      expect(isOddAddress(fine), fine).toBe(false)
    expect(bareAddress('fe80::1%eth0')).toBe('fe80::1')
    expect(bareAddress('::ffff:7f00:1')).toBe('127.0.0.1')
  })
})
