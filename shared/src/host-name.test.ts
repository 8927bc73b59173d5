import { describe, expect, it } from 'vitest'
import { counterpartOf, readHostName } from './host-name.ts'

describe('a host name as people type or paste it', () => {
  it.each([
    ['example.com', 'example.com'],
    ['  WWW.Example.COM. ', 'www.example.com'],
    ['https://example.com/shop?a=1#x', 'example.com'],
    ['http://example.com:8080/', 'example.com'],
    ['*.example.com', '*.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['Bücher。example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['straße.de', 'xn--strae-oqa.de'],
    ['1-2-3-4.sslip.io', '1-2-3-4.sslip.io'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('understands %s', (typed, host) => {
    expect(readHostName(typed)).toEqual({ host, isWildcard: host.startsWith('*.') })
  })

  it.each([
    ['', /Type a host name/],
    ['localhost', /has a dot/],
    ['127.0.0.1', /IP address/],
    ['http://127.1/', /IP address/],
    ['0x7f.1', /IP address/],
    ['１２７.0.0.1', /IP address/],
    ['2001:db8::1', /IP address/],
    ['[::1]', /IP address|characters/],
    ['example.com:443', /Leave the port/],
    ['example.com/shop', /Leave the path/],
    ['ftp://example.com', /host name alone/],
    ['me@example.com', /mail address/],
    ['a..example.com', /dot too many/],
    ['_dmarc.example.com', /underscore/],
    ['a.*.example.com', /star/],
    ['*', /star/],
    ['-a.example.com', /hyphens/],
    ['a b.example.com', /characters/],
    ['exa%6dple.com', /characters/],
    ['a\ufffd.com', /DNS knows/],
    [`${'a'.repeat(64)}.example`, /63/],
    [`${'a.'.repeat(130)}com`, /253/],
  ])('says what is wrong with %s', (typed, problem) => {
    expect(readHostName(typed).problem).toMatch(problem)
  })

  it('knows www and apex as counterparts', () => {
    expect(counterpartOf('example.com')).toBe('www.example.com')
    expect(counterpartOf('www.example.com')).toBe('example.com')
  })
})
