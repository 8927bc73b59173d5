import { expect, it } from 'vitest'
import {
  moved,
  sayPackets,
  sayPorts,
  saySources,
  secondsLeft,
} from '#features/firewall/rule-words.ts'

it('says ports as people do', () => {
  expect(sayPorts({ protocol: 'tcp', ports: ['5432'] })).toBe('5432 over TCP')
  expect(sayPorts({ protocol: 'any', ports: [] })).toBe('every port')
  expect(sayPorts({ protocol: 'any', ports: ['80', '443'] })).toBe('80, 443')
  expect(sayPorts({ protocol: 'udp', ports: [] })).toBe('every port over UDP')
  expect(sayPorts({ protocol: 'icmp', ports: [] })).toBe('ICMP')
})

it('names a few sources and counts the rest', () => {
  expect(saySources({ sources: [] })).toBe('from anywhere')
  expect(saySources({ sources: ['@office'] })).toBe('from @office')
  expect(saySources({ sources: ['a', 'b', 'c', 'd', 'e'] })).toBe('from a, b, c and 2 more')
})

it('says packets as people do', () => {
  expect([0, 1, 2, 12_400].map(sayPackets)).toEqual([
    '0 packets',
    '1 packet',
    '2 packets',
    '12K packets',
  ])
})

it('moves a rule by one place, and none beyond the ends', () => {
  expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c'])
  expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b'])
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
  expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b'])
})

it('counts down to nothing and not further', () => {
  const until = '2026-11-26T12:01:00.000Z'

  expect(secondsLeft(until, new Date('2026-11-26T12:00:00.000Z'))).toBe(60)
  expect(secondsLeft(until, new Date('2026-11-26T12:00:59.100Z'))).toBe(1)
  expect(secondsLeft(until, new Date('2026-11-26T12:02:00.000Z'))).toBe(0)
})
