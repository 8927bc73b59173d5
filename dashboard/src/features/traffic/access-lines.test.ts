import type { AccessLine } from '@vastrox/shared/traffic.ts'
import { describe, expect, it } from 'vitest'
import { addressOf, ALL, filterQuery, oddity, statusTone } from './access-lines.ts'

const line: AccessLine = {
  time: '2026-11-26T12:00:00.000Z',
  release: 12,
  instance: 'web-1',
  client: '203.0.113.9',
  method: 'GET',
  host: 'shop.example.com',
  path: '/cart',
  query: '',
  status: 200,
  ms: 4.2,
  bytesIn: 0,
  bytesOut: 1_200,
  complete: true,
  percent: 100,
  isUptimeCheck: false,
  requestId: 'r1',
}

describe('lines of the access log', () => {
  it('are asked for by what is filled in', () => {
    expect(filterQuery(ALL)).toBe('')
    expect(filterQuery({ status: '5xx', path: ' /a b&c ', client: '2001:db8::1' })).toBe(
      'status=5xx&path=%2Fa+b%26c&client=2001%3Adb8%3A%3A1',
    )
  })

  it('show the address with its query', () => {
    expect(addressOf(line)).toBe('/cart')
    expect(addressOf({ ...line, query: 'token=***' })).toBe('/cart?token=***')
  })

  it('say what is odd about them', () => {
    expect(oddity(line)).toBeUndefined()
    expect(oddity({ ...line, status: 499, complete: false })).toBe('left before the answer')
    expect(oddity({ ...line, complete: false })).toBe('broke off')
    expect(oddity({ ...line, percent: 10 })).toBe('one of 10')
    expect(oddity({ ...line, isUptimeCheck: true })).toBe('uptime check')
  })

  it('have a tone by their status', () => {
    expect([200, 304, 404, 499, 502].map(statusTone)).toEqual([
      'good',
      'idle',
      'warn',
      'busy',
      'bad',
    ])
  })
})
