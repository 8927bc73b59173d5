import { cp, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firewallOf, listenOn, probe } from '#test/firewall-lab.ts'
import { ruleOf, stateOf } from '#test/firewall-states.ts'
import {
  createNetworkLab,
  LAB,
  type LabEngine,
  type NetworkLab,
  type Place,
} from '#test/network-lab.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'

const UFW = '/usr/sbin/ufw'
const NFT = '/usr/sbin/nft'
const OPEN_IN_UFW = 5_000
const OPEN_IN_NONE = 5_001
const PUBLISHED = 15_432
const { internet4, internet6 } = LAB.host
const RULES = [OPEN_IN_UFW, OPEN_IN_NONE, PUBLISHED].map((port) =>
  ruleOf(`r${port}`, { ports: [String(port)] }),
)

let lab: NetworkLab
let engine: LabEngine
/** The host with a ufw of its own: its settings are copies, and its rules are in the namespace. */
let host: Place
let agent: RunningAgent

const firewall = () => firewallOf(agent.client())
const ports = (address: string): string[] =>
  [OPEN_IN_UFW, OPEN_IN_NONE].map((port) => `tcp,${address},${port}`)
const tryAll = () =>
  probe(lab.internet, ...ports(internet4), ...ports(internet6), `tcp,${internet4},${PUBLISHED}`)

beforeAll(async () => {
  lab = await createNetworkLab()
  engine = await lab.startEngine()
  const own = await mkdtemp(join(lab.directory, 'ufw-'))
  await cp('/etc/ufw', join(own, 'etc'), { recursive: true })
  await cp('/etc/default/ufw', join(own, 'default'))
  await writeFile(join(own, 'sysctl.conf'), '')
  host = lab.host.withFiles({
    '/etc/ufw': join(own, 'etc'),
    '/etc/default/ufw': join(own, 'default'),
    '/etc/ufw/sysctl.conf': join(own, 'sysctl.conf'),
  })
  await listenOn(lab.host, [OPEN_IN_UFW, OPEN_IN_NONE])
  await engine.runContainer({
    name: 'published',
    command: ['listen.ts', '5432'],
    publish: { 5432: { address: '0.0.0.0', port: PUBLISHED } },
  })
})
afterAll(async () => {
  try {
    await agent?.remove()
  } finally {
    await lab?.close()
  }
})

describe('where ufw denies by default before Vastrox comes', () => {
  beforeAll(async () => {
    await host.must(UFW, ['allow', `${OPEN_IN_UFW}/tcp`])
    await host.must(UFW, ['--force', 'enable'])
    agent = await runAgent({ VASTROX_ENGINE_SOCKET: engine.socketPath }, host)
  })

  it('ufw decides as before, and Docker goes past it as before', async () => {
    expect(await tryAll()).toEqual(['open', 'silent', 'open', 'silent', 'open'])
  })

  it('our page says that ufw is there, and ufw’s rules are what they were', async () => {
    const { others, tables, mode } = await firewall().read()

    expect({ mode, ...others }).toEqual({ mode: 'observe', ufw: 'active', firewalld: 'absent' })
    expect(tables).toEqual(expect.arrayContaining(['ip filter', 'ip6 filter']))
    expect(await host.must(UFW, ['status'])).toMatch(/Status: active\s/)
    expect(await host.must(UFW, ['status'])).toMatch(new RegExp(`${OPEN_IN_UFW}/tcp\\s+ALLOW`))
  })

  it('a preview says that what either of the two closes is closed', async () => {
    const { warnings } = await firewall().call('preview-firewall', {
      state: stateOf({ rules: RULES }),
    })

    expect(warnings).toEqual(expect.arrayContaining([expect.stringContaining('ufw is active')]))
  })

  it('what we enforce closes the published port that ufw could not, and opens nothing that it closes', async () => {
    const before = await host.must(NFT, ['-s', 'list', 'table', 'ip', 'filter'])
    await firewall().applyAndConfirm(stateOf({ rules: RULES.slice(0, 2) }))

    expect(await tryAll()).toEqual(['open', 'silent', 'open', 'silent', 'silent'])
    expect(await host.must(NFT, ['-s', 'list', 'table', 'ip', 'filter'])).toBe(before)
  })
})

describe('where ufw is switched on and off after Vastrox has come', () => {
  it('our rules stay in force, and ufw’s come beside them', async () => {
    await host.must(UFW, ['disable'])
    await firewall().applyAndConfirm(stateOf({ rules: RULES.slice(1) }))
    expect(await tryAll()).toEqual(['silent', 'open', 'silent', 'open', 'open'])
    expect((await firewall().read()).others.ufw).toBe('inactive')

    await host.must(UFW, ['--force', 'enable'])

    expect(await tryAll()).toEqual(['silent', 'silent', 'silent', 'silent', 'open'])
    const { others, problem } = await firewall().read()
    expect({ problem, ufw: others.ufw }).toEqual({ problem: null, ufw: 'active' })
  })
})
