import { expect, it } from 'vitest'
import { sayWay } from './drain-words.ts'

it('never says of a drain that it is encrypted where it is not', () => {
  expect(sayWay({ kind: 'syslog', target: 'logs.example.com:6514' })).toBe('syslog over TLS')
  expect(sayWay({ kind: 'syslog', target: 'tcp://10.0.0.5:514' })).toBe('syslog, not encrypted')
  expect(sayWay({ kind: 'http', target: 'https://logs.example.com/in' })).toBe('HTTPS, JSON')
  expect(sayWay({ kind: 'http', target: 'http://10.0.0.5/in' })).toBe('HTTP, not encrypted')
})
