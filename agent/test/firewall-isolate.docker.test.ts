import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect, outputOf } from '#test/collect.ts'
import { firewallOf, listenOn, probe } from '#test/firewall-lab.ts'
import { stateOf } from '#test/firewall-states.ts'
import {
  createNetworkLab,
  LAB,
  type LabEngine,
  type NetworkLab,
  type Place,
} from '#test/network-lab.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { tarOf } from '#test/tar-of.ts'

/** Of running-agent.ts. */
const PROXY = 18_080
const DASHBOARD = 18_444
const HOST_PORT = 5_000
const METADATA = '169.254.169.254'
const PRIVATE = '192.168.50.1'
const RESOLVER = '10.0.0.53'
const APP = 'app00001'
const ISOLATED = stateOf({ mode: 'isolate' })

let lab: NetworkLab
let engine: LabEngine
let agent: RunningAgent
/** The networks of containers: two of our apps, and somebody else's on the engine's own bridge. */
let app: Place
let foreign: Place
let otherApp: string
let sibling: string
let foreignAddress: string

const firewall = () => firewallOf(agent.client())

/** A network as the agent makes it for an app, by its bridge's name and labels. */
async function appNetwork(appId: string, number: number): Promise<string> {
  const { instance } = agent
  const name = `vastrox-${instance}-${appId}`
  await engine.engine.act('POST', '/networks/create', {
    json: {
      Name: name,
      Driver: 'bridge',
      IPAM: {
        Config: [{ Subnet: `10.128.${number * 4}.0/22`, Gateway: `10.128.${number * 4}.1` }],
      },
      Options: { 'com.docker.network.bridge.name': `vx${instance}t${number}` },
      Labels: { 'vastrox.instance': instance, 'vastrox.kind': 'network', 'vastrox.app': appId },
    },
  })
  return name
}

beforeAll(async () => {
  lab = await createNetworkLab()
  engine = await lab.startEngine()
  for (const address of [METADATA, PRIVATE, RESOLVER]) {
    await lab.neighbour.must('/usr/sbin/ip', ['addr', 'add', `${address}/32`, 'dev', 'lo'])
    await lab.host.must('/usr/sbin/ip', ['route', 'add', address, 'via', LAB.neighbour.v4])
  }
  await lab.internet.must('/usr/sbin/ip', [
    'route',
    'add',
    '10.128.0.0/12',
    'via',
    LAB.host.internet4,
  ])
  await listenOn(lab.host, [HOST_PORT, PROXY, DASHBOARD])
  await listenOn(lab.neighbour, [53, 80, 5432], RESOLVER)
  await listenOn(lab.internet, [25, 80])
  const resolvConf = join(lab.directory, 'resolv.conf')
  await writeFile(resolvConf, `nameserver ${RESOLVER}\nnameserver 127.0.0.53\n`)
  agent = await runAgent(
    { VASTROX_ENGINE_SOCKET: engine.socketPath },
    lab.host.withFiles({ '/etc/resolv.conf': resolvConf }),
  )
  const ours = await appNetwork(APP, 1)
  const others = await appNetwork('app00002', 2)
  const command = ['listen.ts', '3000']
  const first = await engine.runContainer({ name: 'first', command, network: ours })
  app = lab.placeOfProcess(first.pid)
  sibling = (await engine.runContainer({ name: 'second', command, network: ours })).address
  otherApp = (await engine.runContainer({ name: 'other', command, network: others })).address
  const somebody = await engine.runContainer({ name: 'somebody', command })
  foreign = lab.placeOfProcess(somebody.pid)
  foreignAddress = somebody.address
  await firewall().apply(ISOLATED, 0)
})
afterAll(async () => {
  try {
    await agent?.remove()
  } finally {
    await lab?.close()
  }
})

const allowed = (): string[] => [
  `tcp,${LAB.internet.v4},80`,
  `tcp,${RESOLVER},53`,
  `udp,${RESOLVER},53`,
  `tcp,${sibling},3000`,
  `tcp,10.128.4.1,${PROXY}`,
  `tcp,${LAB.host.internet4},${PROXY}`,
]
const forbidden = (): string[] => [
  `tcp,10.128.4.1,${HOST_PORT}`,
  `udp,10.128.4.1,${HOST_PORT}`,
  `tcp,${LAB.host.internet4},${HOST_PORT}`,
  `tcp,10.128.4.1,${DASHBOARD}`,
  `tcp,172.17.0.1,${HOST_PORT}`,
  `tcp,${METADATA},80`,
  `tcp,${PRIVATE},5432`,
  `tcp,${RESOLVER},5432`,
  `tcp,${otherApp},3000`,
  `tcp,${foreignAddress},3000`,
  `tcp,${LAB.internet.v4},25`,
]
const each = (outcome: string, targets: readonly string[]): string[] => targets.map(() => outcome)

describe('an app that is isolated', () => {
  it('reaches the internet, the name server, its own network and what everybody may visit', async () => {
    expect(await probe(app, ...allowed())).toEqual(each('open', allowed()))
  })

  it('is refused at once by this machine, its gateway, metadata, private ranges, other apps and mail', async () => {
    expect(await probe(app, ...forbidden())).toEqual(each('refused', forbidden()))
  })

  it('is reached by this machine, and by nobody else', async () => {
    expect(await probe(lab.host, `tcp,${sibling},3000`)).toEqual(['open'])
    expect(await probe(lab.internet, `tcp,${sibling},3000`)).toEqual(['silent'])
    expect(await probe(lab.neighbour, `tcp,${sibling},3000`)).toEqual(['silent'])
    expect(await probe(foreign, `tcp,${sibling},3000`)).toEqual(['silent'])
  })

  it('goes where its policy says, and nowhere else', async () => {
    const allow = [{ cidr: `${PRIVATE}/32`, protocol: 'tcp' as const, ports: ['5432'] }]
    await firewall().apply(
      { ...ISOLATED, egress: [{ appId: APP, internet: false, smtp: false, allow }] },
      0,
    )

    expect(
      await probe(
        app,
        `tcp,${PRIVATE},5432`,
        `tcp,${PRIVATE},80`,
        `tcp,${LAB.internet.v4},80`,
        `udp,${RESOLVER},53`,
      ),
    ).toEqual(['open', 'refused', 'refused', 'open'])

    await firewall().apply(
      { ...ISOLATED, egress: [{ appId: APP, internet: true, smtp: true, allow: [] }] },
      0,
    )
    expect(await probe(app, `tcp,${LAB.internet.v4},25`, `tcp,${PRIVATE},5432`)).toEqual([
      'open',
      'refused',
    ])
    await firewall().apply(ISOLATED, 0)
  })

  it('does not reach this machine by a network that it may reach', async () => {
    const networks = ['10.0.0.0/8', '192.168.0.0/16', '203.0.113.0/24']
    const allow = networks.map((cidr) => ({ cidr, protocol: 'tcp' as const, ports: [] }))
    await firewall().apply(
      { ...ISOLATED, egress: [{ appId: APP, internet: false, smtp: false, allow }] },
      0,
    )

    expect(
      await probe(
        app,
        `tcp,${PRIVATE},5432`,
        `tcp,${LAB.internet.v4},80`,
        `tcp,10.128.4.1,${HOST_PORT}`,
        `tcp,${LAB.host.internet4},${HOST_PORT}`,
        `tcp,${LAB.host.internet4},${DASHBOARD}`,
      ),
    ).toEqual(['open', 'open', 'refused', 'refused', 'refused'])
    await firewall().apply(ISOLATED, 0)
  })
})

describe('while apps are isolated', () => {
  it('this machine and containers of others go on as they were', async () => {
    const targets = [
      `tcp,172.17.0.1,${HOST_PORT}`,
      `tcp,${METADATA},80`,
      `tcp,${PRIVATE},5432`,
      `tcp,${LAB.internet.v4},25`,
    ]

    expect(await probe(foreign, ...targets)).toEqual(each('open', targets))
    expect(
      await probe(
        lab.internet,
        `tcp,${LAB.host.internet4},${HOST_PORT}`,
        `udp,${LAB.host.internet6},${HOST_PORT}`,
      ),
    ).toEqual(['open', 'open'])
    expect((await firewall().read()).mode).toBe('isolate')
  })
})

describe('a build that is isolated', () => {
  /** Prints `<target> open` or `<target> closed`; TCP by bash. */
  const dockerfile = (targets: readonly string[], once: string): string =>
    [
      'FROM vastrox/base:trixie',
      `RUN : ${once} ${targets
        .map((target) => {
          const [, address, port] = target.split(',')
          return `; timeout 1 bash -c "exec 3<>/dev/tcp/${address}/${port}" 2>/dev/null && echo "${target} open" || echo "${target} closed"`
        })
        .join(' ')}`,
      '',
    ].join('\n')

  const specOf = (once: string) => ({
    appId: APP,
    appName: 'blog',
    buildId: `build${once}`.padEnd(16, '0'),
    dockerfile: 'Dockerfile',
    noCache: true,
    secrets: {},
    timeoutMs: 60_000,
  })

  async function build(targets: readonly string[], once: string): Promise<string> {
    const tar = await tarOf({ Dockerfile: dockerfile(targets, once) })
    const events = await collect(agent.client().build(specOf(once), tar))
    expect(events.at(-1)).toEqual(expect.objectContaining({ type: 'done' }))
    return outputOf(events)
  }

  beforeAll(async () => {
    await engine.engine.act('POST', '/images/create', {
      query: { fromSrc: '-', repo: 'vastrox/base', tag: 'trixie' },
      body: Readable.from([await bashTar()]),
      headers: { 'Content-Type': 'application/x-tar' },
    })
  })

  it('reaches the internet and the name server, and neither this machine nor anything private', async () => {
    const tcp = (targets: string[]): string[] =>
      targets.filter((target) => target.startsWith('tcp') && !target.includes(sibling))
    const open = tcp(allowed()).filter((target) => !target.includes('10.128.4.1'))
    const closed = [...tcp(forbidden()), `tcp,${sibling},3000`]

    const output = await build([...open, ...closed], '1')

    expect(output.match(/tcp,\S+ \w+/g)?.toSorted()).toEqual(
      [
        ...open.map((target) => `${target} open`),
        ...closed.map((target) => `${target} closed`),
      ].toSorted(),
    )
  })

  it('goes where the policy of its app says', async () => {
    const allow = [{ cidr: PRIVATE, protocol: 'tcp' as const, ports: ['5432'] }]
    await firewall().apply(
      { ...ISOLATED, egress: [{ appId: APP, internet: true, smtp: false, allow }] },
      0,
    )

    const output = await build([`tcp,${PRIVATE},5432`, `tcp,${PRIVATE},80`], '2')

    expect(output).toContain(`tcp,${PRIVATE},5432 open`)
    expect(output).toContain(`tcp,${PRIVATE},80 closed`)
  })

  it('is fenced from the middle on where that is only then asked for', async () => {
    await firewall().apply(stateOf({ mode: 'observe' }), 0)
    const tries = `for each in ${Array.from({ length: 60 }, (_, at) => at).join(' ')}; do timeout 1 bash -c "exec 3<>/dev/tcp/${PRIVATE}/80" 2>/dev/null && echo open || { echo shut; exit 0; }; timeout 0.2 bash -c "while :; do :; done"; done`
    const tar = await tarOf({ Dockerfile: `FROM vastrox/base:trixie\nRUN ${tries}\n` })
    let output = ''

    for await (const event of agent.client().build(specOf('3'), tar)) {
      if (event.type !== 'output') continue
      if (output === '') await firewall().apply(ISOLATED, 0)
      output += event.text
    }

    expect(output).toMatch(/^(open\s+)+shut\s*$/)
  })

  it('leaves no fence behind on the engine’s own bridge', async () => {
    const table = ['list', 'table', 'inet', `vastrox_${agent.instance}`]
    const fence = async () =>
      /of_builds|docker0/.exec(await lab.host.must('/usr/sbin/nft', table))?.[0]

    // A build is over before the table is written anew.
    await expect.poll(fence, { timeout: 30_000 }).toBeUndefined()
  })
})

/** A system of the machine's own bash and what it needs: what a build can try connections with. */
async function bashTar(): Promise<Buffer> {
  const must = async (program: `/usr/bin/${string}`, ...args: string[]): Promise<Buffer> => {
    const { exitCode, stderr, stdout } = await run(program, args, { timeoutMs: 20_000 })
    if (exitCode !== 0) throw new Error(stderr)
    return stdout
  }
  const programs = ['bash', 'sh', 'timeout'].map((name) => `/usr/bin/${name}`)
  const listed = (await must('/usr/bin/ldd', ...programs)).toString()
  const libraries = [...listed.matchAll(/(\/lib\S+\.so[.\d]*)/g)].map(([path]) => `/usr${path}`)
  const directory = await mkdtemp(join(lab.directory, 'bash-'))
  const files = new Set([...programs, ...libraries])
  await must('/usr/bin/cp', '--dereference', '--parents', '-t', directory, ...files)
  for (const name of ['bin', 'lib', 'lib64'])
    await must('/usr/bin/ln', '-s', `usr/${name}`, join(directory, name))
  const tar = await must('/usr/bin/tar', '-c', '-C', directory, '.')
  await rm(directory, { recursive: true })
  return tar
}
