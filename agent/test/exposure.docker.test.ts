import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ExposedPort, ExposureReport } from '@vastrox/shared/exposure.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firewallOf, listenOn, probe } from '#test/firewall-lab.ts'
import { ruleOf, stateOf } from '#test/firewall-states.ts'
import { createNetworkLab, LAB, type LabEngine, type NetworkLab } from '#test/network-lab.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'

const OPEN = 5_000
const CLOSED = 5_001
const OF_MACHINE = 5_002
const FILTERED = 5_003
const PUBLISHED = 15_432
const PUBLISHED_TO_LOOPBACK = 15_433
const IP = '/usr/sbin/ip'
const NFT = '/usr/sbin/nft'

const { internet4, internet6 } = LAB.host
const ENFORCED = stateOf({ rules: [ruleOf('open', { protocol: 'any', ports: [String(OPEN)] })] })

let lab: NetworkLab
let engine: LabEngine
let agent: RunningAgent

const ask = async (verb: 'list-exposure' | 'test-exposure') => {
  const { status, body } = await agent.client().call(verb)
  expect(status, JSON.stringify(body)).toBe(200)
  return ExposureReport.parse(body)
}
const portOf = ({ ports }: ExposureReport, port: number, protocol = 'tcp'): ExposedPort => {
  const found = ports.find((each) => each.port === port && each.protocol === protocol)
  if (!found) throw new Error(`nothing is told about ${port}/${protocol}`)
  return found
}
const outcomesOf = ({ tested }: ExposedPort) =>
  Object.fromEntries(tested?.tries.map(({ address, outcome }) => [address, outcome]) ?? [])
/** Devices, addresses and routes of the host, of both families. */
const network = async (): Promise<string> => {
  const printed = await Promise.all(
    [['-o', 'addr'], ['route'], ['-6', 'route']].map((words) => lab.host.must(IP, words)),
  )
  // Times and the order of what comes up by itself are no part of it.
  return printed
    .join('\n')
    .replaceAll(/\b(tentative|(expires|valid_lft|preferred_lft) \S+) */g, '')
    .split('\n')
    .toSorted()
    .join('\n')
}

beforeAll(async () => {
  lab = await createNetworkLab()
  engine = await lab.startEngine()
  await listenOn(lab.host, [OPEN, CLOSED, FILTERED])
  const inside = lab.host.start(process.execPath, [
    '-e',
    `require('net').createServer().listen(${OF_MACHINE}, '127.0.0.1', () => console.log('ready'))`,
  ])
  inside.stdout?.resume()
  await engine.runContainer({
    name: 'somebody-elses',
    command: ['listen.ts', '5432', '5433'],
    publish: {
      5432: { address: '0.0.0.0', port: PUBLISHED },
      5433: { address: '127.0.0.1', port: PUBLISHED_TO_LOOPBACK },
    },
  })
  agent = await runAgent({ VASTROX_ENGINE_SOCKET: engine.socketPath }, lab.host)
})
afterAll(async () => {
  await agent?.remove()
  await lab?.close()
})

describe('a machine with nothing enforced', () => {
  it('is told as it is, with a warning about what somebody else has published', async () => {
    const report = await ask('list-exposure')

    expect(report).toMatchObject({
      mode: 'observe',
      problem: null,
      addresses: expect.arrayContaining([internet4, internet6]),
      testedAt: null,
    })
    expect(portOf(report, OPEN)).toMatchObject({
      reach: 'world',
      by: { kind: 'process', name: 'listen', user: 'root', ours: false },
      tested: null,
    })
    expect(portOf(report, OF_MACHINE)).toMatchObject({ reach: 'machine', addresses: ['127.0.0.1'] })
    expect(portOf(report, PUBLISHED)).toMatchObject({
      reach: 'world',
      by: { kind: 'container', name: 'somebody-elses', ours: false },
      warning: { level: 'warn', canFence: true },
    })
    expect(report.ports.filter(({ port }) => port === PUBLISHED)).toHaveLength(1)
    // The engine of the lab is one before 28.
    expect(portOf(report, PUBLISHED_TO_LOOPBACK)).toMatchObject({
      reach: 'some',
      to: ['machines on the same network'],
    })
  })

  it('is tested from outside over both families, and left as it was', async () => {
    const before = await network()

    const report = await ask('test-exposure')

    expect(outcomesOf(portOf(report, OPEN))).toMatchObject({
      [internet4]: 'answered',
      [internet6]: 'answered',
    })
    expect(portOf(report, OPEN).tested?.agrees).toBe(true)
    expect(outcomesOf(portOf(report, OPEN, 'udp'))).toMatchObject({ [internet6]: 'answered' })
    expect(outcomesOf(portOf(report, PUBLISHED))).toMatchObject({ [internet4]: 'answered' })
    expect(outcomesOf(portOf(report, OF_MACHINE))).toMatchObject({ [internet4]: 'refused' })
    expect(portOf(report, OF_MACHINE).tested?.agrees).toBe(true)
    expect(report.ports.filter(({ tested }) => tested?.agrees === false)).toEqual([])
    expect(await network()).toBe(before)
    expect(existsSync(join(agent.paths.agent, 'exposure/testing'))).toBe(false)
  })
})

describe('a machine whose firewall enforces', () => {
  it('says that the test before was under other rules', async () => {
    await firewallOf(agent.client()).applyAndConfirm(ENFORCED)

    const report = await ask('list-exposure')

    expect(report).toMatchObject({ mode: 'enforce', testIsStale: true })
    expect(portOf(report, CLOSED)).toMatchObject({ reach: 'closed', tested: { agrees: null } })
  })

  it('is closed where the page says so, as a stranger on the internet finds as well', async () => {
    const report = await ask('test-exposure')

    expect(report.testIsStale).toBe(false)
    expect(outcomesOf(portOf(report, CLOSED))).toMatchObject({
      [internet4]: 'silent',
      [internet6]: 'silent',
    })
    expect(portOf(report, PUBLISHED)).toMatchObject({ reach: 'closed', warning: null })
    expect(outcomesOf(portOf(report, PUBLISHED))).toMatchObject({ [internet4]: 'silent' })
    expect(portOf(report, PUBLISHED_TO_LOOPBACK)).toMatchObject({ reach: 'machine' })
    expect(portOf(report, OPEN)).toMatchObject({ reach: 'world', tested: { agrees: true } })
    expect(report.ports.filter(({ tested }) => tested?.agrees === false)).toEqual([])
    // What the page says is what the internet sees, port by port.
    const outside = await probe(
      lab.internet,
      ...report.ports
        .filter(({ protocol }) => protocol === 'tcp')
        .map(({ port }) => `tcp,${internet4},${port}`),
    )
    expect(outside).toEqual(
      report.ports
        .filter(({ protocol }) => protocol === 'tcp')
        .map((each) =>
          each.reach === 'world' && outcomesOf(each)[internet4] === 'answered' ? 'open' : 'silent',
        ),
    )
  })

  it('marks what somebody else’s rules make of it, and names them', async () => {
    await lab.host.must(NFT, [
      `add table inet somebody { chain arriving { type filter hook prerouting priority -160; iifname != "lo" tcp dport ${FILTERED} drop; }; }`,
    ])
    await firewallOf(agent.client()).applyAndConfirm(
      stateOf({ rules: [ruleOf('filtered', { ports: [String(FILTERED)] })] }),
    )

    const report = await ask('test-exposure')

    expect(report.others).toEqual([expect.stringContaining('"inet somebody"')])
    expect(portOf(report, FILTERED)).toMatchObject({
      reach: 'world',
      because: expect.stringContaining('Something else filters, too (inet somebody)'),
      tested: { agrees: false },
    })
    await lab.host.must(NFT, ['delete table inet somebody'])
  })

  it('marks what rules of iptables make of it, of the host and of published ports, as ufw’s are', async () => {
    const iptables = (...words: string[]) => lab.host.must('/usr/sbin/iptables', words)
    await firewallOf(agent.client()).applyAndConfirm(
      stateOf({ rules: [ruleOf('both', { ports: [String(OPEN), String(PUBLISHED)] })] }),
    )
    await iptables('-P', 'INPUT', 'DROP')
    await iptables('-I', 'DOCKER-USER', '-p', 'tcp', '--dport', '5432', '-j', 'DROP')

    const report = await ask('test-exposure')

    await iptables('-P', 'INPUT', 'ACCEPT')
    await iptables('-D', 'DOCKER-USER', '-p', 'tcp', '--dport', '5432', '-j', 'DROP')
    expect(report.others).toEqual([
      expect.stringContaining('"ip filter"'),
      expect.stringContaining('DOCKER-USER'),
    ])
    expect(outcomesOf(portOf(report, OPEN))).toMatchObject({
      [internet4]: 'silent',
      [internet6]: 'answered',
    })
    expect(portOf(report, OPEN).tested?.agrees).toBe(false)
    expect(portOf(report, PUBLISHED)).toMatchObject({
      because: expect.stringContaining('(DOCKER-USER)'),
      tested: { agrees: false },
    })
  })

  it('is seen to have been changed by somebody, by one rule', async () => {
    await firewallOf(agent.client()).applyAndConfirm(ENFORCED)
    expect((await ask('list-exposure')).problem).toBeNull()
    const table = `vastrox_${agent.instance}`
    await lab.host.must(NFT, [`insert rule inet ${table} arriving tcp dport 9 accept`])

    expect((await ask('list-exposure')).problem).toMatch(/Somebody has changed/)
  })

  it('is seen to have lost its rules when somebody takes the table away', async () => {
    // Where rules close something they are back within a second: see firewall.docker.test.ts.
    await firewallOf(agent.client()).applyAndConfirm(stateOf({ mode: 'observe' }))
    const takeAway = () =>
      lab.host.run(NFT, ['delete', 'table', 'inet', `vastrox_${agent.instance}`])

    // On a slow machine it may be back before anybody looks: it is taken away once more then.
    let report = await ask('list-exposure')
    for (let tries = 0; tries < 5 && report.problem === null; tries += 1) {
      await takeAway()
      report = await ask('list-exposure')
    }

    expect(report.problem).toMatch(/not in the kernel/)
    expect(portOf(report, CLOSED)).toMatchObject({ reach: 'world' })
  })
})

describe('a test that is cut short', () => {
  it('takes its cable with it when the agent is killed, and the next start forgets it', async () => {
    await agent.stop()
    await agent.start()
    await firewallOf(agent.client()).applyAndConfirm(stateOf())
    const asked = agent
      .client()
      .call('test-exposure')
      .catch(() => 'gone')
    const cable = `vxt${agent.instance}`
    for (let waited = 0; waited < 5_000; waited += 50) {
      if ((await lab.host.run(IP, ['link', 'show', cable])).exitCode === 0) break
      await sleep(50)
    }
    expect((await lab.host.run(IP, ['link', 'show', cable])).exitCode).toBe(0)
    await expect(agent.client().call('test-exposure')).resolves.toMatchObject({
      status: 409,
      body: { error: { code: 'EXPOSURE_TEST_RUNNING' } },
    })

    await agent.stop('SIGKILL')

    expect(await asked).toBe('gone')
    await expect
      .poll(async () => (await lab.host.run(IP, ['link', 'show', cable])).exitCode, {
        timeout: 5_000,
      })
      .not.toBe(0)
    expect(existsSync(join(agent.paths.agent, 'exposure/testing'))).toBe(true)
    await agent.start()
    expect(existsSync(join(agent.paths.agent, 'exposure/testing'))).toBe(false)
  })
})
