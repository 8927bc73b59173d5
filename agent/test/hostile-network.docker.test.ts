import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createEngine } from '#agent/engine/engine.ts'
import type { AgentClient } from '#test/agent-client.ts'
import { collect, outputOf } from '#test/collect.ts'
import { firewallOf, listenOn } from '#test/firewall-lab.ts'
import { stateOf } from '#test/firewall-states.ts'
import { createNetworkLab, LAB, type LabEngine, type NetworkLab } from '#test/network-lab.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { ENGINE_SOCKET } from '#test/test-installation.ts'
import { tarOf } from '#test/tar-of.ts'

const IMAGE = 'vastrox/node:26'
const PORT = 5_000
/** Where a cloud gives every machine its credentials: here a namespace of the lab does. */
const METADATA = '169.254.169.254'
const OFFICE = '192.168.77.7'
const VICTIM = { appId: 'victim0001', appName: 'victim' }
const HOSTILE = { appId: 'hostile001', appName: 'hostile' }

const Outcomes = z.array(z.enum(['open', 'refused', 'silent']))
const Inspected = z.object({
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ Gateway: z.string(), IPAddress: z.string() })),
  }),
})

let lab: NetworkLab
let engine: LabEngine
let agent: RunningAgent
let client: AgentClient
let probe: string
let images: Record<string, string>
let victim: string
let bystander: string

async function buildFor(
  app: typeof VICTIM,
  dockerfile: string,
): Promise<{ imageId: string; output: string }> {
  const spec = {
    ...app,
    buildId: randomBytes(8).toString('hex'),
    dockerfile: 'Dockerfile',
    noCache: true,
    secrets: {},
    timeoutMs: 60_000,
  }
  const files = { Dockerfile: dockerfile, 'probe.ts': probe }
  const events = await collect(client.build(spec, await tarOf(files)))
  const last = events.at(-1)
  if (last?.['type'] !== 'done') throw new Error(JSON.stringify(last))
  return { imageId: String(last['imageId']), output: outputOf(events) }
}

const specOf = (app: typeof VICTIM) => ({
  ...app,
  releaseId: 'release001',
  releaseNumber: 1,
  process: 'web',
  generation: 1,
  imageId: images[app.appId],
  env: {},
  limits: { memoryBytes: 256 * 2 ** 20, cpuMillis: 0 },
})

/** Every way out that there is, tried from inside of a container of the hostile app. */
async function tryFromApp(targets: readonly string[]) {
  const events = await collect(
    client.stream('run-once', {
      ...specOf(HOSTILE),
      process: 'run',
      command: `node /probe.ts 1500 ${targets.join(' ')}`,
      timeoutMs: 30_000,
    }),
  )
  return Outcomes.parse(JSON.parse(outputOf(events)))
}

async function tryFromBuild(targets: readonly string[]) {
  const { output } = await buildFor(
    HOSTILE,
    `FROM ${IMAGE}\nCOPY probe.ts /\nRUN node /probe.ts 1500 ${targets.join(' ')}\n`,
  )
  return Outcomes.parse(JSON.parse(output))
}

/** By name, so that what fails says what it was. */
async function reach(attempt: typeof tryFromApp, targets: Readonly<Record<string, string>>) {
  const outcomes = await attempt(Object.values(targets))
  return Object.fromEntries(Object.keys(targets).map((name, at) => [name, outcomes[at]]))
}

const targetsOf = (gateway: string): Record<string, string> => ({
  internet: `tcp,${LAB.internet.v4},${PORT}`,
  metadata: `tcp,${METADATA},${PORT}`,
  metadataByUdp: `udp,${METADATA},${PORT}`,
  office: `tcp,${OFFICE},${PORT}`,
  host: `tcp,${LAB.host.internet4},${PORT}`,
  hostByItsOtherAddress: `tcp,${LAB.host.lan4},${PORT}`,
  hostByUdp: `udp,${LAB.host.internet4},${PORT}`,
  gateway: `tcp,${gateway},${PORT}`,
  otherApp: `tcp,${victim},3000`,
  otherContainer: `tcp,${bystander},${PORT}`,
})
const REFUSED = {
  metadata: 'refused',
  metadataByUdp: 'refused',
  office: 'refused',
  host: 'refused',
  hostByItsOtherAddress: 'refused',
  hostByUdp: 'refused',
  gateway: 'refused',
}

beforeAll(async () => {
  probe = await readFile(join(import.meta.dirname, 'lab/probe.ts'), 'utf8')
  lab = await createNetworkLab()
  await lab.internet.must('/usr/sbin/ip', ['addr', 'add', `${METADATA}/32`, 'dev', 'lo'])
  await lab.neighbour.must('/usr/sbin/ip', ['addr', 'add', `${OFFICE}/32`, 'dev', 'lo'])
  await lab.host.must('/usr/sbin/ip', ['route', 'add', METADATA, 'via', LAB.internet.v4])
  await lab.host.must('/usr/sbin/ip', ['route', 'add', OFFICE, 'via', LAB.neighbour.v4])
  for (const place of [lab.internet, lab.neighbour, lab.host]) await listenOn(place, [PORT])
  engine = await lab.startEngine()
  const machine = createEngine(ENGINE_SOCKET)
  await engine.copyImage(machine, IMAGE)
  machine.close()
  const standing = await engine.runContainer({
    name: 'bystander',
    command: ['listen.ts', String(PORT)],
  })
  bystander = standing.address
  agent = await runAgent({ VASTROX_ENGINE_SOCKET: engine.socketPath }, lab.host)
  client = agent.client()
  const dockerfile = `FROM ${IMAGE}\nCOPY probe.ts /\n`
  images = {
    [VICTIM.appId]: (await buildFor(VICTIM, dockerfile)).imageId,
    [HOSTILE.appId]: (await buildFor(HOSTILE, dockerfile)).imageId,
  }
  const started = await client.call('start-instances', {
    ...specOf(VICTIM),
    ordinals: [1],
    command: `node -e 'require("node:net").createServer((socket) => socket.on("error", () => {}).write("hello")).listen(3000)'`,
    stopGraceMs: 0,
  })
  const { instances } = z
    .object({ instances: z.array(z.object({ host: z.string() })) })
    .parse(started.body)
  victim = instances[0]?.host ?? ''
})
afterAll(async () => {
  await agent?.remove()
  await lab?.close()
})

/** Of the hostile app's own bridge: found by a container that waits in it. */
async function gatewayOfHostile(): Promise<string> {
  const started = await client.call('start-instances', {
    ...specOf(HOSTILE),
    ordinals: [1],
    command: 'sleep 600',
    stopGraceMs: 0,
  })
  const { instances } = z
    .object({ instances: z.array(z.object({ name: z.string() })) })
    .parse(started.body)
  const { NetworkSettings } = await engine.engine.get(
    `/containers/${instances[0]?.name}/json`,
    Inspected,
  )
  return Object.values(NetworkSettings.Networks)[0]?.Gateway ?? ''
}

describe('a hostile app and a hostile build, in a network of the lab', () => {
  it('reach much where the firewall only observes, which proves that the ways are there', async () => {
    const gateway = await gatewayOfHostile()
    const open = {
      internet: 'open',
      metadata: 'open',
      office: 'open',
      host: 'open',
      gateway: 'open',
    }

    expect(await reach(tryFromApp, targetsOf(gateway))).toMatchObject({
      ...open,
      otherApp: 'silent',
    })
    expect(await reach(tryFromBuild, targetsOf('172.17.0.1'))).toMatchObject({
      ...open,
      otherApp: 'silent',
    })
  })

  it('reach the internet and nothing else once containers are isolated (rules sections 6 and 7)', async () => {
    await firewallOf(client).applyAndConfirm(stateOf({ mode: 'isolate' }))
    const gateway = await gatewayOfHostile()

    const fromApp = await reach(tryFromApp, targetsOf(gateway))
    expect(fromApp).toMatchObject({ internet: 'open', ...REFUSED })
    expect(fromApp['otherApp']).not.toBe('open')
    expect(fromApp['otherContainer']).not.toBe('open')
    const fromBuild = await reach(tryFromBuild, targetsOf('172.17.0.1'))
    expect(fromBuild).toMatchObject({ internet: 'open', ...REFUSED })
    expect(fromBuild['otherApp']).not.toBe('open')
    expect(fromBuild['otherContainer']).not.toBe('open')
  })

  it('cannot fill the table of connections, which would keep everybody else out (section 6)', async () => {
    await firewallOf(client).applyAndConfirm(stateOf({ mode: 'isolate' }))
    const flows = async (): Promise<number> =>
      Number(await lab.host.must('/usr/bin/cat', ['/proc/sys/net/netfilter/nf_conntrack_count']))
    const flood = `const sockets=Array.from({length:40},()=>require("node:dgram").createSocket("udp4"));let port=10000;const more=()=>{for(let at=0;at<20;at++,port++)for(const socket of sockets)socket.send("x",port,"${LAB.internet.v4}",()=>{});if(port<11000)setTimeout(more,20);else{console.log("sent");setTimeout(process.exit,500)}};more()`
    const before = await flows()
    const events = await collect(
      client.stream('run-once', {
        ...specOf(HOSTILE),
        process: 'run',
        command: `node -e '${flood}'`,
        timeoutMs: 30_000,
      }),
    )

    expect(outputOf(events)).toContain('sent')
    const taken = (await flows()) - before
    console.log(`40000 flows begun, ${taken} remembered`)
    expect(taken).toBeGreaterThan(500)
    expect(taken).toBeLessThan(4_000)
  })
})
