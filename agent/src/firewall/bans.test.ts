import { describe, expect, it } from 'vitest'
import { banText, changeBans } from '#agent/firewall/bans.ts'
import { factsOf, stateOf } from '#test/firewall-states.ts'

const now = new Date('2026-11-26T12:00:00.000Z')
const known = {
  state: stateOf({
    allowList: ['192.0.2.0/24', '2001:db8:a:1::5'],
    pinned: [{ protocol: 'tcp', port: 22, source: '198.51.100.9' }],
  }),
  facts: factsOf({ resolvers: ['203.0.113.53'] }),
  own: [
    { device: 'eth0', address: '203.0.113.10', network: '203.0.113.0/24' },
    { device: 'docker0', address: '172.17.0.1', network: '172.17.0.0/16' },
  ],
  now,
}
const ban = (address: string, seconds = 600) => ({ address, seconds, reason: 'guesses' })

describe('bans', () => {
  it('are of an address, or of the /64 of an IPv6 one, until a time', () => {
    const changed = changeBans(
      [],
      { add: [ban('203.0.113.7'), ban('2001:db8:1:2:3::4')], remove: [] },
      known,
    )

    expect(changed.bans).toEqual([
      { address: '203.0.113.7', until: '2026-11-26T12:10:00.000Z', reason: 'guesses' },
      { address: '2001:db8:1:2::/64', until: '2026-11-26T12:10:00.000Z', reason: 'guesses' },
    ])
  })

  it.each([
    ['the allow-list has it', '192.0.2.7'],
    ['its /64 holds somebody of the allow-list', '2001:db8:a:1::6'],
    ['the operator is there', '198.51.100.9'],
    ['it is loopback', '127.0.0.1'],
    ['it is loopback as an IPv6 socket says it', '::ffff:127.0.0.1'],
    ['it is the name server', '203.0.113.53'],
    ['it is this machine', '203.0.113.10'],
    ['it is a container, which may be a proxy (section 6)', '172.17.0.5'],
  ])('are refused where %s', (_words, address) => {
    const { bans, refused } = changeBans([], { add: [ban(address)], remove: [] }, known)

    expect(bans).toEqual([])
    expect(refused).toEqual([{ address, reason: expect.any(String) }])
  })

  it('end, are lifted by any address of theirs, and are never made shorter by another one', () => {
    const before = [
      { address: '203.0.113.1', until: '2026-11-26T11:59:00.000Z', reason: 'over' },
      { address: '203.0.113.2', until: '2026-11-26T14:00:00.000Z', reason: 'long' },
      { address: '2001:db8:1:2::/64', until: '2026-11-26T14:00:00.000Z', reason: 'lifted' },
    ]

    const changed = changeBans(
      before,
      { add: [ban('203.0.113.2')], remove: ['2001:db8:1:2::9', '203.0.113.200'] },
      known,
    )

    expect(changed.bans).toEqual([{ ...before[1], reason: 'guesses' }])
    expect(changed.removed).toEqual(['2001:db8:1:2::/64'])
  })

  it('change what is loaded in one transaction, whether or not they are in it', () => {
    const changed = changeBans(
      [{ address: '203.0.113.1', until: '2026-11-26T14:00:00.000Z', reason: '' }],
      { add: [ban('203.0.113.2', 90)], remove: ['203.0.113.1'] },
      known,
    )

    expect(banText('vastrox_ab12cd', changed, now).trim().split('\n')).toEqual([
      'add element inet vastrox_ab12cd banned4 { 203.0.113.1 timeout 1h }',
      'delete element inet vastrox_ab12cd banned4 { 203.0.113.1 }',
      'add element inet vastrox_ab12cd banned4 { 203.0.113.2 timeout 1h }',
      'delete element inet vastrox_ab12cd banned4 { 203.0.113.2 }',
      'add element inet vastrox_ab12cd banned4 { 203.0.113.2 timeout 90s }',
    ])
  })
})
