import { describe, expect, it } from 'vitest'
import { exceptionChains } from '#agent/firewall/exception-chains.ts'
import { reachIn } from '#agent/firewall/reach.ts'
import { rulesetOf } from '#agent/firewall/ruleset.ts'
import { reservedPorts } from '#agent/ports/reserved-ports.ts'
import { factsOf, ruleOf, stateOf } from '#test/firewall-states.ts'

const exception = {
  addonId: 'addon0001',
  addonName: 'db',
  from: '203.0.113.7',
  hostPort: 15_432,
  addonPort: 5_432,
  until: '2026-11-26T14:00:00.000Z',
  target: '10.128.4.2',
}

describe('an exception for an add-on', () => {
  it('is for one source, one port and some time, whose end the kernel knows', () => {
    expect(exceptionChains([exception])).toEqual([
      'chain exceptions_arriving {',
      '\ttype nat hook prerouting priority -102; policy accept;',
      '\tmeta nfproto ipv4 ip daddr != 127.0.0.0/8 fib daddr type local meta time < 1795701600 ip saddr 203.0.113.7 tcp dport 15432 counter dnat ip to 10.128.4.2:5432 comment "addon addon0001"',
      '}',
      'chain exceptions_answering {',
      '\ttype nat hook postrouting priority 99; policy accept;',
      '\tip daddr 10.128.4.2 ct status dnat masquerade',
      '}',
    ])
    expect(exceptionChains([])).toEqual([])
  })

  it('keeps nobody out in observe, and is let in by a firewall that enforces, unless a rule says no', () => {
    const facts = factsOf({ exceptions: [exception] })
    const observed = rulesetOf(stateOf({ mode: 'observe' }), facts)
    const enforced = rulesetOf(stateOf(), facts)

    expect(observed).not.toMatch(/drop|reject/)
    expect(enforced).toContain('meta time < 1795701600 ip saddr 203.0.113.7 tcp dport 15432 accept')
    expect(enforced).toContain('oifname "vxab12cd*" ct status dnat accept')
    const deny = ruleOf('no', { action: 'deny', ports: ['15432'] })
    const lines = rulesetOf(stateOf({ rules: [deny] }), facts).split('\n')
    const at = (part: string): number => lines.findIndex((each) => each.includes(part))
    expect(at('15432 counter')).toBeGreaterThan(-1)
    expect(at('ip saddr 203.0.113.7 tcp dport 15432 accept')).toBeGreaterThan(at('rule'))
  })

  it('is a way in as long as it lasts, and its port is nobody else’s', () => {
    const facts = factsOf({ exceptions: [exception] })
    const reachAt = (now: string) =>
      reachIn({ state: stateOf(), facts, now: new Date(now) })('tcp', 15_432)

    expect(reachAt('2026-11-26T13:59:59.000Z')).toBe('limited')
    expect(reachAt('2026-11-26T14:00:00.000Z')).toBe('closed')
    expect(reservedPorts(facts, { protocol: 'tcp', first: 15_000, last: 16_000 })).toEqual([
      { port: 15_432, by: 'an exception of an add-on' },
    ])
  })
})
