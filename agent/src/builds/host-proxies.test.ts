import { expect, it } from 'vitest'
import { hostProxies, withoutPasswords } from '#agent/builds/host-proxies.ts'

it('a build is given how the host reaches others, and nothing else of its environment', () => {
  const env = {
    https_proxy: 'http://p:1',
    NO_PROXY: 'localhost',
    SECRET: 'x',
    HTTP_PROXY: undefined,
  }

  expect(hostProxies(env)).toEqual({ https_proxy: 'http://p:1', NO_PROXY: 'localhost' })
})

it.each([
  ['http://proxy:3128', 'http://proxy:3128'],
  ['http://anna:hush@proxy:3128/', 'http://proxy:3128/'],
  ['socks5h://anna:hu/sh@x@proxy:1', 'socks5h://proxy:1'],
  ['anna:hush@proxy:3128', 'proxy:3128'],
  ['localhost,10.0.0.0/8', 'localhost,10.0.0.0/8'],
])('the proxy %j is given to the builds of apps as %j', (value, given) => {
  expect(withoutPasswords({ HTTPS_PROXY: value })).toEqual({ HTTPS_PROXY: given })
})
