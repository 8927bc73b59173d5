import type { FirewallState } from '@vastrox/shared/firewall-rule.ts'
import { describe, expect, it } from 'vitest'
import { closesAnything, reachIn } from '#agent/firewall/reach.ts'
import { factsOf, ruleOf, stateOf } from '#test/firewall-states.ts'

const now = new Date('2026-11-26T12:00:00.000Z')
const facts = factsOf()
const loaded = (changes: Partial<FirewallState>) => ({ state: stateOf(changes), facts, now })
const closes = (before: Partial<FirewallState>, after: Partial<FirewallState>): boolean =>
  closesAnything(loaded(before), loaded(after))

const SOONER = '2026-11-26T12:10:00.000Z'
const SOON = '2026-11-26T13:00:00.000Z'
const web = ruleOf('web', { ports: ['8000-8100'] })
const office = ruleOf('office', { ports: ['5432'], sources: ['203.0.113.0/24'] })
const noWeb = ruleOf('no-web', { action: 'deny', ports: ['443'] })
const never = ruleOf('never', { action: 'deny', protocol: 'any' })

describe('who reaches a port', () => {
  it.each([
    ['the product itself', {}, 443, 'open'],
    ['sshd', {}, 22, 'open'],
    ['nobody said anything about', {}, 5432, 'closed'],
    ['a rule opens', { rules: [web] }, 8050, 'open'],
    ['beyond the range of a rule', { rules: [web] }, 8101, 'closed'],
    ['a rule opens to some', { rules: [office] }, 5432, 'limited'],
    [
      'a rule has ended for',
      { rules: [{ ...web, expiresAt: '2026-11-26T11:00:00.000Z' }] },
      8000,
      'closed',
    ],
    ['is kept open', { keepOpen: [{ protocol: 'tcp' as const, port: 25 }] }, 25, 'open'],
    ['a rule denies, of the product itself', { rules: [never] }, 443, 'closed'],
    [
      'is pinned for one, though denied',
      { rules: [never], pinned: [{ protocol: 'tcp' as const, port: 22, source: '192.0.2.1' }] },
      22,
      'limited',
    ],
    [
      'a set without members opens',
      { rules: [ruleOf('a', { sources: ['@none'] })], sets: [{ name: 'none', members: [] }] },
      9,
      'closed',
    ],
    ['is observed only', { mode: 'observe' as const, rules: [never] }, 9, 'open'],
    ['is isolated only', { mode: 'isolate' as const, rules: [never] }, 9, 'open'],
    [
      'has a rate',
      { rules: [ruleOf('a', { action: 'limit', ports: ['22'], ratePerMinute: 6 })] },
      22,
      'limited',
    ],
  ])('that %s', (_words, changes, port, expected) => {
    expect(reachIn(loaded(changes))('tcp', port)).toBe(expected)
  })
})

describe('a change closes something', () => {
  it.each<[string, Partial<FirewallState>, Partial<FirewallState>]>([
    ['when enforcing begins', { mode: 'observe' }, {}],
    ['when a rule that allows goes', { rules: [web] }, {}],
    [
      'when its range gets smaller',
      { rules: [web] },
      { rules: [{ ...web, ports: ['8000-8099'] }] },
    ],
    ['when a rule that denies comes', {}, { rules: [never] }],
    [
      'when one source is denied',
      {},
      { rules: [ruleOf('a', { action: 'deny', sources: ['192.0.2.1'] })] },
    ],
    [
      'when a rule that allows moves behind one that denies',
      { rules: [office, never] },
      { rules: [never, office] },
    ],
    [
      'when sources get fewer',
      { rules: [ruleOf('a', { ports: ['9'] })] },
      { rules: [ruleOf('a', { ports: ['9'], sources: ['192.0.2.1'] })] },
    ],
    [
      'when a member of a set goes',
      {
        rules: [ruleOf('a', { sources: ['@s'] })],
        sets: [{ name: 's', members: ['192.0.2.1', '192.0.2.2'] }],
      },
      { rules: [ruleOf('a', { sources: ['@s'] })], sets: [{ name: 's', members: ['192.0.2.1'] }] },
    ],
    [
      'when a limit that let some in goes',
      { rules: [ruleOf('a', { action: 'limit', ports: ['9'], ratePerMinute: 6 })] },
      {},
    ],
    [
      'when a rate falls',
      { rules: [ruleOf('a', { action: 'limit', ports: ['22'], ratePerMinute: 6 })] },
      { rules: [ruleOf('a', { action: 'limit', ports: ['22'], ratePerMinute: 5 })] },
    ],
    ['when a port is kept open no longer', { keepOpen: [{ protocol: 'udp', port: 53 }] }, {}],
    [
      'when a pin goes that a rule was against',
      { rules: [never], pinned: [{ protocol: 'tcp', port: 22, source: null }] },
      { rules: [never] },
    ],
    [
      'when a rule that allows is to end sooner',
      { rules: [{ ...office, expiresAt: SOON }] },
      { rules: [{ ...office, expiresAt: SOONER }] },
    ],
    ['when it is to end at all', { rules: [web] }, { rules: [{ ...web, expiresAt: SOON }] }],
    [
      'when a rule that denies lasts longer',
      { rules: [{ ...never, expiresAt: SOONER }] },
      { rules: [{ ...never, expiresAt: SOON }] },
    ],
    ['when connections are capped', {}, { maxConnectionsPerSource: 100 }],
    ['when ping is denied', {}, { rules: [ruleOf('a', { action: 'deny', protocol: 'icmp' })] }],
  ])('%s', (_words, before, after) => {
    expect(closes(before, after)).toBe(true)
  })

  it.each<[string, Partial<FirewallState>, Partial<FirewallState>]>([
    [
      'a rule that allows lasts longer',
      { rules: [{ ...web, expiresAt: SOONER }] },
      { rules: [{ ...web, expiresAt: SOON }] },
    ],
    [
      'a rule that denies ends sooner',
      { rules: [{ ...noWeb, expiresAt: SOON }] },
      { rules: [{ ...noWeb, expiresAt: SOONER }] },
    ],
    ['a rule that allows for a while comes', {}, { rules: [{ ...office, expiresAt: SOON }] }],
    ['nothing changes', { rules: [office, never] }, { rules: [office, never] }],
    ['enforcing ends', {}, { mode: 'observe' }],
    ['apps are isolated', { mode: 'observe' }, { mode: 'isolate', rules: [never] }],
    ['a rule that allows comes', { rules: [never] }, { rules: [office, never] }],
    ['a rule that denies goes', { rules: [never] }, {}],
    ['what was closed is denied', {}, { rules: [ruleOf('a', { action: 'deny', ports: ['9'] })] }],
    ['a rule is noted', {}, { rules: [ruleOf('a', { action: 'log' })] }],
    [
      'a rate rises',
      { rules: [ruleOf('a', { action: 'limit', ports: ['22'], ratePerMinute: 5 })] },
      { rules: [ruleOf('a', { action: 'limit', ports: ['22'], ratePerMinute: 6 })] },
    ],
    [
      'a limited port is opened to all',
      { rules: [ruleOf('a', { action: 'limit', ports: ['22'], ratePerMinute: 5 })] },
      { rules: [ruleOf('a', { ports: ['22'] })] },
    ],
    [
      'an app goes out less',
      { egress: [] },
      { egress: [{ appId: 'app00001', internet: false, smtp: false, allow: [] }] },
    ],
  ])('not when %s', (_words, before, after) => {
    expect(closes(before, after)).toBe(false)
  })

  it('or not, is told within the memory of an agent for thousands of rules about one large set', () => {
    const members = Array.from({ length: 10_000 }, (_, at) => `10.${at >> 8}.${at & 255}.1`)
    const sets = [{ name: 'large', members }]
    const rules = Array.from({ length: 2_000 }, (_, at) =>
      ruleOf(`r${at}`, { ports: [String(1 + (at % 1_000))], sources: ['@large'] }),
    )
    const smaller = [{ name: 'large', members: members.slice(1) }]
    const before = process.memoryUsage().heapUsed

    expect(closes({ rules, sets }, { rules, sets })).toBe(false)
    expect(closes({ rules, sets }, { rules, sets: smaller })).toBe(true)

    expect(process.memoryUsage().heapUsed - before).toBeLessThan(128 * 2 ** 20)
  })

  it('for sure, when there is too much to look at', () => {
    const many = Array.from({ length: 100 }, (_, at) =>
      ruleOf(`r${at}`, {
        ports: Array.from({ length: 50 }, (_each, port) => `${1 + at * 100 + port * 2}`),
      }),
    )

    expect(closes({ rules: many }, { rules: many })).toBe(true)
  })
})
