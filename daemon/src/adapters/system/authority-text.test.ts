import { describe, expect, it } from 'vitest'
import { authorityConfig, coversName, leafExtensions } from '#adapters/system/authority-text.ts'

const permitted = {
  domains: ['example.com', 'localhost'],
  addresses: ['127.0.0.1', '::1', '203.0.113.7'],
}

describe('what the local CA may sign', () => {
  it('is the base domain with everything beneath it, localhost, and the addresses of the machine', () => {
    const asked = [
      'example.com',
      'blog.example.com',
      '*.localhost',
      '203.0.113.7',
      '0:0:0:0:0:0:0:1',
    ]

    expect(asked.filter((name) => !coversName(permitted, name))).toEqual([])
  })

  it('is nothing else: no other domain, no look-alike, no other address', () => {
    const asked = [
      'example.org',
      'notexample.com',
      'com',
      '203.0.113.8',
      '::2',
      '',
      'a b.localhost',
    ]

    expect(asked.filter((name) => coversName(permitted, name))).toEqual([])
  })

  it('is written as critical name constraints', () => {
    expect(authorityConfig(permitted)).toContain(`nameConstraints = critical, @permitted
[permitted]
permitted;DNS.0 = example.com
permitted;DNS.1 = localhost
permitted;IP.2 = 127.0.0.1/255.255.255.255
permitted;IP.3 = ::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
permitted;IP.4 = 203.0.113.7/255.255.255.255
`)
  })

  it('takes no text that would add a line of its own to the configuration', () => {
    expect(() => leafExtensions(['a.localhost\nbasicConstraints = CA:TRUE'])).toThrow(
      'is no host name',
    )
    expect(() => authorityConfig({ ...permitted, domains: ['x]\n[y'] })).toThrow('is no host name')
  })
})
