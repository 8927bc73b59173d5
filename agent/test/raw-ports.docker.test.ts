import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PublishedPort } from '@vastrox/shared/agent-api-ports.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { firewallOf } from '#test/firewall-lab.ts'
import { stateOf } from '#test/firewall-states.ts'
import {
  createNetworkLab,
  LAB,
  type LabEngine,
  type NetworkLab,
  type Place,
} from '#test/network-lab.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'

/** With --long; what the rules say is compared as text otherwise (port-chains.test.ts). */
const IS_LONG = process.env['VASTROX_LONG'] === '1'
const GAME = 'app00001'
const OTHER = 'app00002'
const PORT = 25_565
const HOST = LAB.host.internet4
const WAIT_MS = 600
const PROGRAMS = join(import.meta.dirname, 'lab')

let lab: NetworkLab
let engine: LabEngine
let agent: RunningAgent
/** Two releases of the game, or two instances, and another app. */
let blue: { address: string; place: Place }
let green: { address: string; place: Place }
let other: { address: string; place: Place }

const call = (verb: string, input: unknown = {}) => firewallOf(agent.client()).call(verb, input)

const portOf = (changes: Partial<PublishedPort> = {}): PublishedPort => ({
  appId: GAME,
  title: 'game (web)',
  protocol: 'tcp',
  first: PORT,
  last: PORT,
  to: 4_000,
  sources: [],
  newPerSecond: null,
  connections: null,
  targets: [blue.address],
  spared: [],
  ...changes,
})
const both = (changes: Partial<PublishedPort> = {}): PublishedPort[] => [
  portOf(changes),
  portOf({ ...changes, protocol: 'udp', spared: [] }),
]
const keep = (ports: readonly PublishedPort[]) => call('keep-ports', { ports })

async function ask(from: Place, ...words: readonly string[]): Promise<string[]> {
  const printed = await from.must(process.execPath, [
    join(PROGRAMS, 'ask.ts'),
    String(WAIT_MS),
    ...words,
  ])
  return z.array(z.string()).parse(JSON.parse(printed))
}
const game = (host: string = HOST, port = PORT): string[] => [
  `tcp,${host},${port}`,
  `udp,${host},${port}`,
]

const Players = z.object({
  tcp: z.object({
    tried: z.int(),
    refused: z.int(),
    unanswered: z.int(),
    by: z.record(z.string(), z.int()),
    last: z.string(),
  }),
  udp: z.object({
    sent: z.int(),
    by: z.record(z.string(), z.int()),
    last: z.string(),
    longestSilenceMs: z.int(),
  }),
  stays: z.object({
    by: z.record(z.string(), z.int()),
    endedAfterLines: z.int(),
    lines: z.int(),
  }),
})

/** People who play while something is done. */
async function whilePlaying(work: () => Promise<void>) {
  const child = lab.internet.start(process.execPath, [
    join(PROGRAMS, 'players.ts'),
    HOST,
    `${PORT}`,
  ])
  if (!child.stdout) throw new Error('the players have no output')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const begun = await Promise.race([lines.next(), sleep(5_000, undefined, { ref: false })])
  if (begun?.value !== 'ready') throw new Error('nobody answers the players')
  await work()
  child.stdin?.end()
  const { value } = await lines.next()
  return Players.parse(JSON.parse(String(value)))
}

/** A network as the agent makes it, and what the agent writes down about it. */
async function appNetwork(appId: string, number: number): Promise<string> {
  const { instance } = agent
  const name = `vastrox-${instance}-${appId}`
  const subnet = `10.128.${number * 4}.0/22`
  await engine.engine.act('POST', '/networks/create', {
    json: {
      Name: name,
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: subnet, Gateway: `10.128.${number * 4}.1` }] },
      Options: { 'com.docker.network.bridge.name': `vx${instance}t${number}` },
      Labels: { 'vastrox.instance': instance, 'vastrox.kind': 'network', 'vastrox.app': appId },
    },
  })
  const taken = Object.fromEntries([2, 3].map((at) => [`10.128.${number * 4}.${at}`, `i${at}`]))
  await writeFile(
    join(agent.paths.agent, 'networks', `${appId}.json`),
    JSON.stringify({ appId, subnet, cursor: 9, taken, released: {}, removedAt: null }),
  )
  return name
}

beforeAll(async () => {
  lab = await createNetworkLab()
  engine = await lab.startEngine()
  // As the engine leaves it on a machine that forwarded nothing before.
  await lab.host.must('/usr/sbin/iptables', ['--policy', 'FORWARD', 'DROP'])
  agent = await runAgent({ VASTROX_ENGINE_SOCKET: engine.socketPath }, lab.host)
  const ours = await appNetwork(GAME, 1)
  const others = await appNetwork(OTHER, 2)
  const run = async (name: string, network: string, ports: readonly number[]) => {
    const command = ['game.ts', name, ...ports.map(String)]
    const { address, pid } = await engine.runContainer({ name, command, network })
    return { address, place: lab.placeOfProcess(pid) }
  }
  blue = await run('blue', ours, [4_000, 4_001, 4_002])
  green = await run('green', ours, [4_000, 4_001, 4_002])
  other = await run('other', others, [4_000])
  // Only at its start does it read what was written down.
  await agent.stop()
  await agent.start()
})
afterAll(async () => {
  try {
    await agent?.remove()
  } finally {
    await lab?.close()
  }
})

describe('a raw port', () => {
  it('leads to the instance, which sees who came, by an engine that forwards nothing by itself', async () => {
    const filter = await lab.host.must('/usr/sbin/iptables', ['--list-rules', 'FORWARD'])
    expect(filter).toContain('-P FORWARD DROP')

    await keep(both())

    const greeting = `blue ${LAB.internet.v4} 4000`
    expect(await ask(lab.internet, ...game())).toEqual([greeting, greeting])
    const fromLan = `blue ${LAB.neighbour.v4} 4000`
    expect(await ask(lab.neighbour, ...game(LAB.host.lan4))).toEqual([fromLan, fromLan])
  })

  it('counts who came, and what went', async () => {
    const read = await call('read-ports')
    expect(read).toMatchObject({
      problem: null,
      ports: [
        { protocol: 'tcp', first: PORT, connections: 2, refused: 0 },
        { protocol: 'udp', first: PORT, connections: 2, refused: 0 },
      ],
    })
    const { ports } = z
      .object({ ports: z.array(z.object({ bytesIn: z.int(), bytesOut: z.int() })) })
      .parse(read)
    for (const { bytesIn, bytesOut } of ports) {
      expect(bytesIn).toBeGreaterThan(50)
      expect(bytesOut).toBeGreaterThan(50)
    }
  })

  it('is there for the machine itself, for other apps, and for the app’s other instances by the machine’s address', async () => {
    const fromHost = `blue ${HOST} 4000`
    expect(await ask(lab.host, ...game())).toEqual([fromHost, fromHost])
    const said = await Promise.all(
      [other, green].map(async ({ place }) => (await ask(place, ...game())).join()),
    )
    expect(said).toEqual(said.map(() => expect.stringMatching(/^blue 10.*,blue 10/)))
  })

  it('goes on with the agent killed, and after it has come back', async () => {
    const { tcp, stays } = await whilePlaying(async () => {
      await agent.stop('SIGKILL')
      expect((await ask(lab.internet, ...game()))[0]).toContain('blue')
      await agent.start()
    })

    expect(tcp.tried).toBeGreaterThan(10)
    expect(tcp).toMatchObject({ refused: 0, unanswered: 0 })
    expect(stays.endedAfterLines).toBe(-1)
  })

  it('leads what is new to the next release at once, ends nothing of TCP, and moves who plays by UDP', async () => {
    const { tcp, udp, stays } = await whilePlaying(async () => {
      await keep(both({ targets: [green.address], spared: [blue.address] }))
      await ask(lab.internet, ...game())
    })

    expect(tcp).toMatchObject({ refused: 0, unanswered: 0, last: 'green' })
    expect(udp.last).toBe('green')
    expect(stays).toMatchObject({ endedAfterLines: -1 })
    expect(Object.keys(stays.by)).toEqual(['blue'])
  })

  it.runIf(IS_LONG)(
    'leaves flows of UDP where they are for as long as that is asked for, and moves them then',
    async () => {
      const udp = (changes: Partial<PublishedPort>) => [
        portOf(changes),
        portOf({ ...changes, protocol: 'udp' }),
      ]
      const finished = await whilePlaying(async () => {
        await keep(udp({ targets: [blue.address], spared: [green.address] }))
        expect((await ask(lab.internet, `udp,${HOST},${PORT}`))[0]).toContain('blue')
      })
      expect(Object.keys(finished.udp.by)).toEqual(['green'])

      const moved = await whilePlaying(async () => {
        await keep(udp({ targets: [green.address], spared: [blue.address] }))
        await keep(udp({ targets: [green.address] }))
        await ask(lab.internet, ...game())
      })
      expect(moved.udp.last).toBe('green')
      // Nobody is there any more for whom it was kept.
      expect(moved.stays.endedAfterLines).toBeGreaterThan(-1)
    },
  )

  it.runIf(IS_LONG)(
    'spreads sources over several instances, and a source stays with one',
    async () => {
      await keep(both({ targets: [blue.address, green.address] }))

      const said = await ask(lab.internet, ...game(), ...game(), ...game())
      expect(new Set(said.map((each) => each.split(' ')[0])).size).toBe(1)
      const sources = Array.from({ length: 12 }, (_, at) => `203.0.113.${at + 100}`)
      for (const source of sources)
        await lab.internet.must('/usr/sbin/ip', ['addr', 'add', `${source}/24`, 'dev', 'wan'])
      const found = await Promise.all(
        sources.map(async (source) => {
          const place = await lab.internet.run('/usr/bin/python3', [
            '-c',
            `import socket;s=socket.create_connection(("${HOST}",${PORT}),2,("${source}",0));print(s.recv(99).decode())`,
          ])
          return place.stdout.toString().trim()
        }),
      )
      for (const source of sources)
        await lab.internet.must('/usr/sbin/ip', ['addr', 'del', `${source}/24`, 'dev', 'wan'])
      expect(found.map((each) => each.split(' ')[1])).toEqual(sources)
      expect(new Set(found.map((each) => each.split(' ')[0]))).toEqual(new Set(['blue', 'green']))
    },
  )

  it.runIf(IS_LONG)('leads ranges, moved or not, port by port', async () => {
    await keep([
      portOf({ first: 31_000, last: 31_002, to: 4_000 }),
      portOf({ protocol: 'udp', first: 4_000, last: 4_002, to: 4_000 }),
    ])

    const from = LAB.internet.v4
    expect(
      await ask(lab.internet, `tcp,${HOST},31000`, `tcp,${HOST},31002`, `udp,${HOST},4001`),
    ).toEqual([`blue ${from} 4000`, `blue ${from} 4002`, `blue ${from} 4001`])
    expect(await ask(lab.internet, ...game(), `tcp,${HOST},31003`)).toEqual([
      'refused',
      'refused',
      'refused',
    ])
  })
})

describe('who may come to a raw port', () => {
  it('is whom it is for, though the firewall only observes', async () => {
    await keep(both({ sources: ['203.0.113.0/24'] }))

    expect((await ask(lab.internet, ...game())).join()).toContain('blue')
    expect(await ask(lab.neighbour, ...game(LAB.host.lan4))).toEqual(['refused', 'refused'])
    expect(await ask(other.place, ...game())).toEqual(['refused', 'refused'])

    // Who was kept out a moment ago is let in as soon as that is said.
    await keep(both({ sources: ['203.0.113.0/24', '198.51.100.0/24'] }))
    expect((await ask(lab.neighbour, ...game(LAB.host.lan4))).join()).toContain('blue')
  })

  it.runIf(IS_LONG)(
    'has so many connections at the same time, and begins so many in a second',
    async () => {
      const four = Array.from({ length: 4 }, () => `tcp,${HOST},${PORT}`)
      await keep([portOf({ connections: 3 })])
      const held = await ask(lab.internet, 'hold', ...four)
      expect(held.map((each) => each.split(' ')[0])).toEqual(['blue', 'blue', 'blue', 'refused'])

      await keep([portOf({ newPerSecond: 1 })])
      const begun = await ask(lab.internet, ...four)
      expect(begun.slice(0, 2).join()).toContain('blue')
      expect(begun).toContain('refused')
    },
  )

  it('is nobody once it is removed, and who was connected is cut off', async () => {
    await keep(both())
    const { tcp, stays } = await whilePlaying(async () => {
      await keep([])
      // The kernel does not tell everybody who asks often that a port of UDP is closed.
      expect((await ask(lab.internet, ...game())).join()).not.toContain('blue')
    })

    expect(tcp.refused).toBeGreaterThan(0)
    expect(stays.endedAfterLines).toBeGreaterThan(-1)
    const left = await lab.host.must('/usr/sbin/iptables', ['--list-rules', 'DOCKER-USER'])
    expect(left).not.toContain('vastrox')
  })
})

describe('a firewall that enforces', () => {
  beforeAll(async () => {
    await firewallOf(agent.client()).applyAndConfirm(stateOf({ mode: 'enforce' }))
    await keep([...both({ sources: ['203.0.113.0/24'] }), portOf({ first: 1_883, last: 1_883 })])
  })

  it('lets those in whom a port is for, other apps where it is for everybody, and nobody else', async () => {
    expect((await ask(lab.internet, ...game())).join()).toContain('blue')
    expect(await ask(lab.neighbour, ...game(LAB.host.lan4))).toEqual(['silent', 'silent'])
    expect((await ask(other.place, `tcp,${HOST},1883`))[0]).toContain('blue')
    expect(await ask(other.place, ...game())).toEqual(['refused', 'refused'])
    expect(await ask(lab.internet, `tcp,${HOST},4000`)).toEqual(['silent'])
  })

  it.runIf(IS_LONG)('puts the operator’s rules and bans before it', async () => {
    await call('change-bans', {
      add: [{ address: LAB.internet.v4, seconds: 60, reason: 'test' }],
      remove: [],
    })
    expect(await ask(lab.internet, `tcp,${HOST},${PORT}`)).toEqual(['silent'])
    await call('change-bans', { add: [], remove: [LAB.internet.v4] })
    expect((await ask(lab.internet, `tcp,${HOST},${PORT}`))[0]).toContain('blue')
  })

  it.runIf(IS_LONG)(
    'keeps the ports of apps when a change of its own is taken back with nobody of ours alive',
    async () => {
      await firewallOf(agent.client()).apply(
        stateOf({ mode: 'enforce', maxConnectionsPerSource: 50 }),
        1_500,
      )
      await keep(both({ targets: [green.address] }))
      await agent.stop('SIGKILL')
      await expect
        .poll(
          async () =>
            (await lab.host.must('/usr/sbin/nft', ['list', 'ruleset'])).includes('over 50'),
          { timeout: 10_000, interval: 100 },
        )
        .toBe(false)

      expect((await ask(lab.internet, ...game())).join()).toContain('green')
      await agent.start()
      expect((await ask(lab.internet, ...game())).join()).toContain('green')
    },
  )
})

it.runIf(IS_LONG)(
  'does not believe what it is told: foreign addresses and ports of the product lead nowhere',
  async () => {
    await keep([
      portOf({ targets: [other.address] }),
      portOf({ first: 22, last: 22 }),
      portOf({ first: 18_080, last: 18_080 }),
      portOf({ first: 31_000, last: 31_000 }),
    ])

    expect(
      await ask(lab.internet, `tcp,${HOST},${PORT}`, `tcp,${HOST},22`, `tcp,${HOST},31000`),
    ).toEqual(['silent', 'silent', `blue ${LAB.internet.v4} 4000`])
    expect(await call('read-ports')).toMatchObject({
      problem: expect.stringContaining(other.address),
    })
  },
)
