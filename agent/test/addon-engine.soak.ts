import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createEngine } from '#agent/engine/engine.ts'
import {
  createNetworkLab,
  LAB,
  type LabEngine,
  type NetworkLab,
  type Place,
} from '#test/network-lab.ts'
import { collect } from '#test/collect.ts'
import { appNetwork } from '#test/raw-ports-lab.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { ENGINE_SOCKET } from '#test/test-installation.ts'

const ADDON = 'addon0001'
const APP = 'app00001'
const PORT = 16_379
const Running = z.object({
  State: z.object({ Status: z.string(), Pid: z.number() }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string(), Gateway: z.string() })),
  }),
})

let lab: NetworkLab
let engine: LabEngine
let agent: RunningAgent
beforeAll(async () => {
  lab = await createNetworkLab()
  engine = await lab.startEngine()
  await lab.host.must('/usr/sbin/iptables', ['--policy', 'FORWARD', 'DROP'])
  agent = await runAgent({ VASTROX_ENGINE_SOCKET: engine.socketPath }, lab.host)
  const machine = createEngine(ENGINE_SOCKET)
  for (const tag of ['vastrox/redis:8.0', 'vastrox/redis-build:8.0'])
    await engine.copyImage(machine, tag)
  machine.close()
}, 300_000)
afterAll(async () => {
  try {
    await agent?.remove()
  } finally {
    await lab?.close()
  }
})

/** What Redis says to somebody who has no password. */
const greeted = async (from: Place, host: string, port: number): Promise<string> =>
  (
    await from.run('/usr/bin/timeout', [
      '3',
      'bash',
      '-c',
      `exec 3<>/dev/tcp/${host}/${port} && printf "PING\\r\\n" >&3 && head -n1 <&3`,
    ])
  ).stdout
    .toString()
    .trim()

const look = () =>
  engine.engine.get(`/containers/vastrox-${agent.instance}-addon-${ADDON}-1/json`, Running)

it('an engine that is restarted starts an add-on again at all its places, and what it is open for, with the agent dead', async () => {
  const network = await appNetwork(agent, engine, APP, 1)
  const { pid } = await engine.runContainer({
    name: 'ours',
    command: ['game.ts', 'ours', '4000'],
    network,
  })
  const app = lab.placeOfProcess(pid)
  await agent.stop()
  await agent.start()
  const client = agent.client()
  const prepared = await collect(client.stream('prepare-image', { stack: 'redis', version: '8.0' }))
  expect(prepared.at(-1)).toMatchObject({ type: 'done' })
  const must = async (verb: string, input: unknown): Promise<void> => {
    const { status, body } = await client.call(verb, input)
    expect([status, body]).toEqual([200, body])
  }
  await must('start-addon', {
    addonId: ADDON,
    addonName: 'cache',
    generation: 1,
    image: { prepared: { stack: 'redis', version: '8.0' } },
    command: ['redis-server'],
    env: { REDIS_PASSWORD: 'secret' },
    volume: { volumeId: 'volume0001', mountPath: '/data', isNew: true },
    limits: { memoryBytes: 64 * 2 ** 20, cpuMillis: 0 },
    stopGraceMs: 1_000,
  })
  await must('keep-addon-links', {
    links: [{ addonId: ADDON, addonName: 'cache', appId: APP, appName: 'blog' }],
  })
  await must('keep-addon-exceptions', {
    exceptions: [
      {
        addonId: ADDON,
        from: LAB.internet.v4,
        hostPort: PORT,
        addonPort: 6_379,
        until: new Date(Date.now() + 600_000).toISOString(),
      },
    ],
  })
  const before = await look()
  const placeOf = ({ NetworkSettings }: z.infer<typeof Running>) =>
    NetworkSettings.Networks[network]?.IPAddress ?? ''
  const reached = async () => [
    await greeted(app, placeOf(before), 6_379),
    await greeted(lab.internet, LAB.host.internet4, PORT),
    await greeted(lab.neighbour, LAB.host.lan4, PORT),
  ]
  const all = ['-NOAUTH Authentication required.', '-NOAUTH Authentication required.', '']
  expect(await reached()).toEqual(all)

  await agent.stop('SIGKILL')
  await engine.restart()
  for (let turn = 0; turn < 300; turn++) {
    const { State } = await look()
    if (State.Status === 'running' && State.Pid !== before.State.Pid) break
    await sleep(100)
  }

  const after = await look()
  expect(after.NetworkSettings).toEqual(before.NetworkSettings)
  const addon = lab.placeOfProcess(after.State.Pid)
  const routes = await addon.must('/usr/sbin/ip', ['route', 'show', 'default'])
  expect(routes).toMatch(/^default via 10\.\d+\.\d+\.254 /)
  // The app's own container is not one of ours, and the engine does not start it again.
  expect((await look()).State.Status).toBe('running')
  expect((await reached()).slice(1)).toEqual(all.slice(1))
  await agent.start()
}, 240_000)
