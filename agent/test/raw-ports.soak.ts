import type { PublishedPort } from '@vastrox/shared/agent-api-ports.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firewallOf } from '#test/firewall-lab.ts'
import { stateOf } from '#test/firewall-states.ts'
import { LAB } from '#test/network-lab.ts'
import { ask, createPortsLab, game, HOST, PORT, type PortsLab } from '#test/raw-ports-lab.ts'

/* More of raw ports, for test.sh --long; their rules are compared as text in port-chains.test.ts. */

let at: PortsLab
beforeAll(async () => {
  at = await createPortsLab()
})
afterAll(() => at?.close())

describe('a raw port', () => {
  it('goes on with the agent killed, and after it has come back', async () => {
    await at.keep(at.both())
    const { tcp, stays } = await at.whilePlaying(async () => {
      await at.agent.stop('SIGKILL')
      expect((await ask(at.lab.internet, ...game()))[0]).toContain('blue')
      await at.agent.start()
    })

    expect(tcp.tried).toBeGreaterThan(10)
    expect(tcp).toMatchObject({ refused: 0, unanswered: 0 })
    expect(stays.endedAfterLines).toBe(-1)
  })

  it('leads what is new to the next release at once, ends nothing of TCP, and moves who plays by UDP', async () => {
    const { tcp, udp, stays } = await at.whilePlaying(async () => {
      await at.keep(at.both({ targets: [at.green.address], spared: [at.blue.address] }))
      await ask(at.lab.internet, ...game())
    })

    expect(tcp).toMatchObject({ refused: 0, unanswered: 0, last: 'green' })
    expect(udp.last).toBe('green')
    expect(stays).toMatchObject({ endedAfterLines: -1 })
    expect(Object.keys(stays.by)).toEqual(['blue'])
  })

  it('leaves flows of UDP where they are for as long as that is asked for, and moves them then', async () => {
    const udp = (changes: Partial<PublishedPort>) => [
      at.portOf(changes),
      at.portOf({ ...changes, protocol: 'udp' }),
    ]
    await at.keep(udp({ targets: [at.green.address] }))
    const finished = await at.whilePlaying(async () => {
      await at.keep(udp({ targets: [at.blue.address], spared: [at.green.address] }))
      expect((await ask(at.lab.internet, `udp,${HOST},${PORT}`))[0]).toContain('blue')
    })
    expect(Object.keys(finished.udp.by)).toEqual(['green'])

    const moved = await at.whilePlaying(async () => {
      await at.keep(udp({ targets: [at.green.address], spared: [at.blue.address] }))
      await at.keep(udp({ targets: [at.green.address] }))
      await ask(at.lab.internet, ...game())
    })
    expect(moved.udp.last).toBe('green')
    // Nobody is there any more for whom it was kept.
    expect(moved.stays.endedAfterLines).toBeGreaterThan(-1)
  })

  it('spreads sources over several instances, and a source stays with one', async () => {
    await at.keep(at.both({ targets: [at.blue.address, at.green.address] }))

    const said = await ask(at.lab.internet, ...game(), ...game(), ...game())
    expect(new Set(said.map((each) => each.split(' ')[0])).size).toBe(1)
    const sources = Array.from({ length: 12 }, (_, at) => `203.0.113.${at + 100}`)
    for (const source of sources)
      await at.lab.internet.must('/usr/sbin/ip', ['addr', 'add', `${source}/24`, 'dev', 'wan'])
    const found = await Promise.all(
      sources.map(async (source) => {
        const place = await at.lab.internet.run('/usr/bin/python3', [
          '-c',
          `import socket;s=socket.create_connection(("${HOST}",${PORT}),2,("${source}",0));print(s.recv(99).decode())`,
        ])
        return place.stdout.toString().trim()
      }),
    )
    for (const source of sources)
      await at.lab.internet.must('/usr/sbin/ip', ['addr', 'del', `${source}/24`, 'dev', 'wan'])
    expect(found.map((each) => each.split(' ')[1])).toEqual(sources)
    expect(new Set(found.map((each) => each.split(' ')[0]))).toEqual(new Set(['blue', 'green']))
  })

  it('leads ranges, moved or not, port by port', async () => {
    await at.keep([
      at.portOf({ first: 31_000, last: 31_002, to: 4_000 }),
      at.portOf({ protocol: 'udp', first: 4_000, last: 4_002, to: 4_000 }),
    ])

    const from = LAB.internet.v4
    expect(
      await ask(at.lab.internet, `tcp,${HOST},31000`, `tcp,${HOST},31002`, `udp,${HOST},4001`),
    ).toEqual([`blue ${from} 4000`, `blue ${from} 4002`, `blue ${from} 4001`])
    const closed = [`tcp,${HOST},${PORT}`, `tcp,${HOST},31003`]
    expect(await ask(at.lab.internet, ...closed)).toEqual(['refused', 'refused'])
  })

  it('has so many connections at the same time, and begins so many in a second', async () => {
    const four = Array.from({ length: 4 }, () => `tcp,${HOST},${PORT}`)
    await at.keep([at.portOf({ connections: 3 })])
    const held = await ask(at.lab.internet, 'hold', ...four)
    expect(held.map((each) => each.split(' ')[0])).toEqual(['blue', 'blue', 'blue', 'refused'])

    await at.keep([at.portOf({ newPerSecond: 1 })])
    const begun = await ask(at.lab.internet, ...four)
    expect(begun.filter((each) => each.startsWith('blue'))).toHaveLength(2)
    expect(begun).toContain('refused')
  })

  it('is nobody once it is removed, and who was connected is cut off', async () => {
    await at.keep(at.both())
    const { tcp, stays } = await at.whilePlaying(async () => {
      await at.keep([])
      // The kernel does not tell everybody who asks often that a port of UDP is closed.
      expect((await ask(at.lab.internet, ...game())).join()).not.toContain('blue')
    })

    expect(tcp.refused).toBeGreaterThan(0)
    expect(stays.endedAfterLines).toBeGreaterThan(-1)
    const left = await at.lab.host.must('/usr/sbin/iptables', ['--list-rules', 'DOCKER-USER'])
    expect(left).not.toContain('vastrox')
  })
})

describe('a firewall that enforces', () => {
  beforeAll(async () => {
    await firewallOf(at.agent.client()).applyAndConfirm(stateOf({ mode: 'enforce' }))
    await at.keep(at.both({ sources: ['203.0.113.0/24'] }))
  })

  it('puts the operator’s rules and bans before it', async () => {
    await at.call('change-bans', {
      add: [{ address: LAB.internet.v4, seconds: 60, reason: 'test' }],
      remove: [],
    })
    expect(await ask(at.lab.internet, `tcp,${HOST},${PORT}`)).toEqual(['silent'])
    await at.call('change-bans', { add: [], remove: [LAB.internet.v4] })
    expect((await ask(at.lab.internet, `tcp,${HOST},${PORT}`))[0]).toContain('blue')
  })

  it('keeps the ports of apps when a change of its own is taken back with nobody of ours alive', async () => {
    await firewallOf(at.agent.client()).apply(
      stateOf({ mode: 'enforce', maxConnectionsPerSource: 50 }),
      1_500,
    )
    await at.keep(at.both({ targets: [at.green.address] }))
    await at.agent.stop('SIGKILL')
    await expect
      .poll(
        async () =>
          (await at.lab.host.must('/usr/sbin/nft', ['list', 'ruleset'])).includes('over 50'),
        { timeout: 10_000, interval: 100 },
      )
      .toBe(false)

    expect((await ask(at.lab.internet, ...game())).join()).toContain('green')
    await at.agent.start()
    expect((await ask(at.lab.internet, ...game())).join()).toContain('green')
  })
})

it('does not believe what it is told: foreign addresses and ports of the product lead nowhere', async () => {
  await at.keep([
    at.portOf({ targets: [at.other.address] }),
    at.portOf({ first: 22, last: 22 }),
    at.portOf({ first: 18_080, last: 18_080 }),
    at.portOf({ first: 31_000, last: 31_000 }),
  ])

  expect(
    await ask(at.lab.internet, `tcp,${HOST},${PORT}`, `tcp,${HOST},22`, `tcp,${HOST},31000`),
  ).toEqual(['silent', 'silent', `blue ${LAB.internet.v4} 4000`])
  expect(await at.call('read-ports')).toMatchObject({
    problem: expect.stringContaining(at.other.address),
  })
})
