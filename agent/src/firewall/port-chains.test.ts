import { describe, expect, it } from 'vitest'
import { placeIn } from '#agent/firewall/engine-forwarding.ts'
import type { LoadedPort } from '#agent/firewall/loaded-port.ts'
import { flowsToEnd } from '#agent/firewall/port-flows.ts'
import { rulesetOf } from '#agent/firewall/ruleset.ts'
import { reservedPorts } from '#agent/ports/reserved-ports.ts'
import { onlyOurs } from '#agent/ports/only-ours.ts'
import { factsOf, stateOf } from '#test/firewall-states.ts'

const portOf = (changes: Partial<LoadedPort> = {}): LoadedPort => ({
  appId: 'app00001',
  title: 'game (web)',
  protocol: 'tcp',
  first: 25_565,
  last: 25_565,
  to: 4_000,
  sources: [],
  newPerSecond: 50,
  connections: 256,
  targets: ['10.128.4.2'],
  spared: [],
  subnet: '10.128.4.0/22',
  ...changes,
})

const PORTS = [
  portOf(),
  portOf({ first: 1_883, last: 1_883, sources: ['203.0.113.0/24', '198.51.100.7'] }),
  portOf({
    protocol: 'udp',
    first: 27_015,
    last: 27_017,
    to: 27_015,
    targets: ['10.128.4.2', '10.128.4.3'],
    newPerSecond: null,
    connections: null,
  }),
  portOf({ protocol: 'udp', first: 5_000, last: 5_001, to: 7_000, subnet: '10.128.8.0/22' }),
  portOf({ first: 9_999, last: 9_999, targets: [] }),
]

describe('the rules of raw ports', () => {
  it.each(['observe', 'isolate', 'enforce'] as const)('are these in %s', async (mode) => {
    const facts = factsOf({ ports: PORTS })
    await expect(rulesetOf(stateOf({ mode }), facts)).toMatchFileSnapshot(
      `rulesets/ports-${mode}.nft`,
    )
  })

  it('drop and reject nothing while the firewall observes', () => {
    const text = rulesetOf(stateOf({ mode: 'observe' }), factsOf({ ports: PORTS }))
    expect(text).not.toMatch(/\b(drop|reject)\b/)
  })

  it('leave no trace without ports, and none of a port that leads nowhere', () => {
    for (const mode of ['observe', 'isolate', 'enforce'] as const)
      expect(rulesetOf(stateOf({ mode }), factsOf({ ports: [portOf({ targets: [] })] }))).toBe(
        rulesetOf(stateOf({ mode }), factsOf()),
      )
  })
})

describe('what the kernel is to forget', () => {
  const [own] = ['203.0.113.10']
  const udp = (changes: Partial<LoadedPort> = {}) => portOf({ protocol: 'udp', ...changes })

  it('is nothing where nothing has changed', () => {
    expect(flowsToEnd([portOf(), udp()], [portOf(), udp()], [own])).toEqual([])
  })

  it('is, after a switch, flows of UDP to the release before, and TCP that nobody has answered', () => {
    const next = { targets: ['10.128.4.3'] }
    expect(
      flowsToEnd(
        [portOf(), udp()],
        [portOf({ ...next, spared: ['10.128.4.2'] }), udp(next)],
        [own],
      ),
    ).toEqual([
      { protocol: 'tcp', port: 25_565, target: '10.128.4.2', unanswered: true },
      { protocol: 'udp', port: 25_565, target: '10.128.4.2' },
    ])
  })

  it('is everything over a port that is gone, at each of its ports', () => {
    expect(flowsToEnd([portOf({ last: 25_566, spared: ['10.128.4.9'] })], [], [own])).toEqual([
      { protocol: 'tcp', port: 25_565, target: '10.128.4.2' },
      { protocol: 'tcp', port: 25_565, target: '10.128.4.9' },
      { protocol: 'tcp', port: 25_566, target: '10.128.4.2' },
      { protocol: 'tcp', port: 25_566, target: '10.128.4.9' },
    ])
  })

  it('is what knocked before a port of UDP was open, or was open to it', () => {
    const knocked = [{ protocol: 'udp', port: 25_565, at: own }]
    expect(flowsToEnd([], [udp()], [own])).toEqual(knocked)
    expect(flowsToEnd([udp({ targets: [] })], [udp()], [own])).toEqual(knocked)
    expect(flowsToEnd([udp({ sources: ['192.0.2.1'] })], [udp()], [own])).toEqual(knocked)
  })
})

describe('a node that is told of ports', () => {
  const network = {
    appId: 'app00001',
    subnet: '10.128.4.0/22',
    cursor: 3,
    taken: { '10.128.4.2': 'one' },
    released: { '10.128.4.3': '2026-11-26T12:00:00.000Z' },
    removedAt: null,
  }
  const book = { find: (appId: string) => (appId === 'app00001' ? network : undefined) }
  const facts = factsOf({ sshPorts: [22, 2_022] })
  const { subnet: _, ...told } = portOf({ spared: ['10.128.4.3'] })

  it('leads to instances of the app alone, those that it has just had spared', () => {
    expect(onlyOurs([told], book, facts)).toEqual({
      ports: [portOf({ spared: ['10.128.4.3'] })],
      problem: undefined,
    })
    const strange = onlyOurs([{ ...told, targets: ['10.128.8.2', '10.128.4.2'] }], book, facts)
    expect(strange.ports[0]?.targets).toEqual(['10.128.4.2'])
    expect(strange.problem).toContain('10.128.8.2 is no instance')
    expect(onlyOurs([{ ...told, appId: 'app00009' }], book, facts).ports).toEqual([])
  })

  it('leads none of its own ports anywhere, and the others all the same', () => {
    const { ports, problem } = onlyOurs([{ ...told, first: 2_020, last: 2_030 }, told], book, facts)
    expect(ports.map(({ targets }) => targets)).toEqual([[], ['10.128.4.2']])
    expect(problem).toBe('tcp 2022 belongs to SSH, and is not led to game (web).')
    expect(reservedPorts(facts, { protocol: 'udp', first: 1, last: 65_535 })).toEqual([])
  })
})

it('stands behind what the operator has in the engine’s chain, and before its end', () => {
  const own = '-A DOCKER-USER -s 192.0.2.0/24 -j DROP'
  expect(placeIn(`-N DOCKER-USER\n${own}\n-A DOCKER-USER -j RETURN\n`)).toBe(2)
  expect(placeIn('-N DOCKER-USER\n')).toBeUndefined()
})
