import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PublishedPort } from '@vastrox/shared/agent-api-ports.ts'
import { z } from 'zod'
import { firewallOf } from '#test/firewall-lab.ts'
import { createNetworkLab, LAB, type LabEngine, type Place } from '#test/network-lab.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'

export const GAME = 'app00001'
const OTHER = 'app00002'
export const ADDON = 'addon0001'
export const PORT = 25_565
export const HOST = LAB.host.internet4
const WAIT_MS = 600
const PROGRAMS = join(import.meta.dirname, 'lab')

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

/** Both protocols of a port of the host. */
export const game = (host: string = HOST, port = PORT): string[] => [
  `tcp,${host},${port}`,
  `udp,${host},${port}`,
]

/** What each target says to somebody there; `refused`, or `silent`. */
export async function ask(from: Place, ...words: readonly string[]): Promise<string[]> {
  const printed = await from.must(process.execPath, [
    join(PROGRAMS, 'ask.ts'),
    String(WAIT_MS),
    ...words,
  ])
  return z.array(z.string()).parse(JSON.parse(printed))
}

/**
 * An agent in the host of a network lab, with two instances of a game (two releases, or one beside the
 * other) and one of another app. Forwarding is closed there, as the engine leaves it on a machine that
 * forwarded nothing before.
 */
export async function createPortsLab() {
  const lab = await createNetworkLab()
  const engine = await lab.startEngine()
  await lab.host.must('/usr/sbin/iptables', ['--policy', 'FORWARD', 'DROP'])
  const agent = await runAgent({ VASTROX_ENGINE_SOCKET: engine.socketPath }, lab.host)
  const ours = await appNetwork(agent, engine, GAME, 1)
  const others = await appNetwork(agent, engine, OTHER, 2)
  const addons = await appNetwork(agent, engine, ADDON, 3, [
    `vastrox-${agent.instance}-addon-${ADDON}`,
  ])
  const run = async (name: string, network: string, ports: readonly number[]) => {
    const command = ['game.ts', name, ...ports.map(String)]
    const { address, pid } = await engine.runContainer({ name, command, network })
    return { address, place: lab.placeOfProcess(pid) }
  }
  const blue = await run('blue', ours, [4_000, 4_001, 4_002])
  const green = await run('green', ours, [4_000, 4_001, 4_002])
  const other = await run('other', others, [4_000])
  const database = await run('database', addons, [5_432])
  // Only at its start does it read what was written down.
  await agent.stop()
  await agent.start()

  const call = (verb: string, input: unknown = {}) => firewallOf(agent.client()).call(verb, input)

  /** To blue, unless something else is said. */
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

  return {
    lab,
    agent,
    blue,
    green,
    other,
    database,
    call,
    portOf,
    /** By TCP and by UDP, where nothing is spared. */
    both: (changes: Partial<PublishedPort> = {}): PublishedPort[] => [
      portOf(changes),
      portOf({ ...changes, protocol: 'udp', spared: [] }),
    ],
    keep: (ports: readonly PublishedPort[]) => call('keep-ports', { ports }),

    /** People who play while something is done. */
    async whilePlaying(work: () => Promise<void>) {
      const child = lab.internet.start(process.execPath, [
        join(PROGRAMS, 'players.ts'),
        HOST,
        String(PORT),
      ])
      if (!child.stdout) throw new Error('the players have no output')
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const begun = await Promise.race([lines.next(), sleep(10_000, undefined, { ref: false })])
      if (begun?.value !== 'ready') throw new Error('nobody answers the players')
      await work()
      child.stdin?.end()
      const { value } = await lines.next()
      return Players.parse(JSON.parse(String(value)))
    },

    async close(): Promise<void> {
      try {
        await agent.remove()
      } finally {
        await lab.close()
      }
    },
  }
}
export type PortsLab = Awaited<ReturnType<typeof createPortsLab>>

/** A network as the agent makes it, and what the agent writes down about it. */
export async function appNetwork(
  { instance, paths }: RunningAgent,
  { engine }: LabEngine,
  appId: string,
  number: number,
  names: readonly string[] = ['i2', 'i3'],
): Promise<string> {
  const name = `vastrox-${instance}-${appId}`
  const subnet = `10.128.${number * 4}.0/22`
  await engine.act('POST', '/networks/create', {
    json: {
      Name: name,
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: subnet, Gateway: `10.128.${number * 4}.1` }] },
      Options: { 'com.docker.network.bridge.name': `vx${instance}t${number}` },
      Labels: { 'vastrox.instance': instance, 'vastrox.kind': 'network', 'vastrox.app': appId },
    },
  })
  const taken = Object.fromEntries(
    names.map((name, at) => [`10.128.${number * 4}.${at + 2}`, name]),
  )
  await writeFile(
    join(paths.agent, 'networks', `${appId}.json`),
    JSON.stringify({ appId, subnet, cursor: 9, taken, released: {}, removedAt: null }),
  )
  return name
}
