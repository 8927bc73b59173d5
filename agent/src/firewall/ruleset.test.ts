import type { FirewallMode } from '@vastrox/shared/firewall-rule.ts'
import { describe, expect, it } from 'vitest'
import { rulesetOf } from '#agent/firewall/ruleset.ts'
import { factsOf, ruleOf, stateOf } from '#test/firewall-states.ts'

const NOON = new Date('2026-11-26T12:00:00.000Z')
const BANS = [
  { address: '203.0.113.99', until: '2026-11-26T12:05:00.000Z', reason: 'ssh' },
  { address: '2001:db8:1::/64', until: '2026-11-26T13:00:00.000Z', reason: 'sign-in' },
  { address: '203.0.113.98', until: '2026-11-26T11:59:59.000Z', reason: 'over' },
]

/** Everything that a ruleset can have in it. */
const everything = (mode: FirewallMode) =>
  stateOf({
    mode,
    rules: [
      ruleOf('office-database', {
        ports: ['5432'],
        sources: ['@office', '198.51.100.0/24'],
        expiresAt: '2026-11-26T14:00:00.000Z',
      }),
      ruleOf('bad-network', {
        action: 'deny',
        protocol: 'any',
        sources: ['203.0.113.0/24', '203.0.113.9', '2001:db8:bad::/48'],
      }),
      ruleOf('slow-ssh', { action: 'limit', ports: ['22', '2222-2230'], ratePerMinute: 6 }),
      ruleOf('note-dns', { action: 'log', protocol: 'udp', ports: ['53'] }),
      ruleOf('no-ping', { action: 'deny', protocol: 'icmp' }),
      ruleOf('games', { protocol: 'any', ports: ['9000', '8000-8100', '8050-8200'] }),
    ],
    sets: [{ name: 'office', members: ['203.0.113.0/24', '203.0.113.7', '2001:db8::/32'] }],
    allowList: ['192.0.2.1', '2001:db8:a::/48'],
    keepOpen: [{ protocol: 'udp', port: 51_820 }],
    pinned: [
      { protocol: 'tcp', port: 8443, source: null },
      { protocol: 'tcp', port: 8443, source: '2001:db8:5::1' },
    ],
    egress: [
      {
        appId: 'app00001',
        internet: true,
        smtp: true,
        allow: [{ cidr: '10.1.2.3', protocol: 'tcp', ports: ['5432'] }],
      },
      { appId: 'app00002', internet: false, smtp: false, allow: [] },
      { appId: 'app00003', internet: true, smtp: false, allow: [] },
    ],
    maxConnectionsPerSource: 256,
  })

const FACTS = factsOf({
  operators: [{ protocol: 'tcp', port: 22, source: '198.51.100.9' }],
  resolvers: ['10.0.0.2', '2001:db8:53::53'],
  containerBridges: ['br-0123456789ab', 'docker0'],
  appBridges: [
    { appId: 'app00001', bridge: 'vxab12cdx1' },
    { appId: 'app00002', bridge: 'vxab12cdx2' },
    { appId: 'app00003', bridge: 'vxab12cdx3' },
  ],
  building: { appId: 'app00001' },
  neighbours: ['172.17.0.2'],
  proxies: [{ address: '10.0.0.9', port: 3128 }],
})

const MODES = ['observe', 'isolate', 'enforce'] as const

describe('the text of a ruleset', () => {
  it.each(MODES)('is this, with everything in it, in %s', async (mode) => {
    const text = rulesetOf(everything(mode), FACTS, BANS, NOON)

    await expect(text).toMatchFileSnapshot(`rulesets/everything-${mode}.nft`)
  })

  it.each(MODES)('is this right after the installation, in %s', async (mode) => {
    const text = rulesetOf(stateOf({ mode }), factsOf({ resolvers: ['192.0.2.53'] }), [], NOON)

    await expect(text).toMatchFileSnapshot(`rulesets/first-${mode}.nft`)
  })

  it('keeps nothing from passing while it observes', () => {
    const text = rulesetOf(everything('observe'), FACTS, BANS, NOON)

    expect(text).not.toMatch(/\b(drop|reject|queue|stolen)\b/)
  })

  it.each(MODES)('names nothing of anybody else, and no policy but accept, in %s', (mode) => {
    const text = rulesetOf(everything(mode), FACTS, BANS, NOON)

    expect(text).not.toMatch(/flush|policy drop/)
    expect([...text.matchAll(/^\S.*$/gm)].map(String)).toEqual([
      'add table inet vastrox_ab12cd',
      'delete table inet vastrox_ab12cd',
      'table inet vastrox_ab12cd {',
      '}',
    ])
  })

  it('has no word of a person in it', () => {
    const rules = [ruleOf('a', { comment: '"; drop' })]

    expect(rulesetOf(stateOf({ rules }), factsOf())).not.toContain('"; drop')
  })

  it('counts no question to a name server as a connection elsewhere, which ten calls a second would use up', () => {
    const text = rulesetOf(stateOf({ mode: 'isolate' }), factsOf({ resolvers: ['192.0.2.53'] }))
    const chain = text.slice(text.indexOf('chain of_apps'), text.indexOf('chain to_host'))
    const at = (part: string): number => chain.indexOf(part)

    expect(at('@app_rates')).toBeGreaterThan(0)
    expect(at('192.0.2.53 udp dport 53 accept')).toBeGreaterThan(at('@app_rates'))
    expect(at('192.0.2.53 udp dport 53 accept')).toBeLessThan(at('@outside_rates'))
    // A connection that stays is counted as any other is.
    expect(at('192.0.2.53 tcp dport 53 accept')).toBeGreaterThan(at('@outside_flows'))
  })

  it('does not take this machine for a part of a network that an app may reach (section 7)', () => {
    const allow = ['10.0.0.0/8', '10.1.2.3', '2001:db8:c::/48'].map((cidr) => ({
      cidr,
      protocol: 'tcp' as const,
      ports: ['5432'],
    }))
    const egress = [{ appId: 'app00001', internet: true, smtp: false, allow }]

    const text = rulesetOf(stateOf({ mode: 'isolate', egress }), FACTS)

    const elsewhere = 'fib daddr type != { local, broadcast, anycast }'
    expect(text).toContain(
      [
        `\t\t${elsewhere} ip daddr 10.0.0.0/8 tcp dport 5432 accept`,
        '\t\tip daddr 10.1.2.3 tcp dport 5432 accept',
        `\t\t${elsewhere} ip6 daddr 2001:db8:c::/48 tcp dport 5432 accept`,
      ].join('\n'),
    )
  })

  it('fences the bridge where the engine builds only while something is built', () => {
    const idle = rulesetOf(stateOf({ mode: 'isolate' }), { ...FACTS, building: null })

    expect(idle).not.toContain('of_builds')
    expect(idle).not.toContain('docker0')
  })
})
