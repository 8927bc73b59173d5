import { expect, it } from 'vitest'
import { sayBrowser } from './user-agent.ts'

it.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36',
    'Chrome on Linux',
  ],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Safari/604.1', 'Safari on iPhone'],
  ['Mozilla/5.0 (Windows NT 10.0) Chrome/156 Safari/537 Edg/156.0', 'Edge on Windows'],
  ['curl/8.5.0', 'curl'],
  ['', 'Unknown'],
])('calls "%s" %s', (userAgent, words) => {
  expect(sayBrowser(userAgent)).toBe(words)
})
