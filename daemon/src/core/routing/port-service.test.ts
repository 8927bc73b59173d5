import { PublishedPort } from '@vastrox/shared/agent-api-ports.ts'
import type { CreateAppPort } from '@vastrox/shared/app-port.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { owner } from '#test/fakes/actors.ts'
import { createHarness, type Harness } from '#test/harness.ts'

const GAME = { 'server.js': '', Procfile: 'web: node server.js\ngame: node game.js' }
const MINECRAFT: CreateAppPort = { protocol: 'tcp', ports: '25565' }

/** An app that is live, and whose instances listen where ports lead to. */
async function live(): Promise<Harness> {
  const harness = createHarness()
  harness.addApp('hello', { watchMs: 0, drainMs: 5_000 })
  await harness.start()
  await harness.deploy('a1')
  listening(harness, [25_565, 4_000], [19_132])
  return harness
}

function listening({ node }: Harness, tcp: number[], udp: number[] = [], connected = 0): void {
  const own = { tcp, udp, connections: tcp.map((port) => ({ port, count: connected })) }
  node.ports.sockets = new Proxy([], {
    get: (target, key) =>
      key === 'filter'
        ? (isWanted: (one: { name: string }) => boolean) =>
            [...node.containers.keys()].map((name) => ({ name, ...own })).filter(isWanted)
        : Reflect.get(target, key),
  })
}

const hostsOf = ({ node }: Harness) =>
  node.running().map((name) => node.containers.get(name)?.seen.host)
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
  )

describe('a port of the server', () => {
  it('leads to the live instances as soon as it is published, with limits that nobody has to know', async () => {
    const harness = await live()

    const port = await harness.ports.add(harness.actor, 'hello', MINECRAFT)

    expect(port).toMatchObject({
      name: '25565-tcp',
      address: '203.0.113.10:25565',
      to: 25_565,
      process: 'web',
      sources: [],
      newPerSecond: 50,
      connections: 256,
      instances: 1,
      problem: null,
      traffic: { connections: 3, refused: 1, bytesIn: 2_048, bytesOut: 4_096 },
    })
    expect(harness.node.ports.now()).toMatchObject([
      { first: 25_565, last: 25_565, to: 25_565, targets: hostsOf(harness), spared: [] },
    ])
    expect(harness.auditOf('port.add')).toMatchObject([{ target: 'hello 25565/tcp' }])
  })

  it('leads to the next release at the switch, spares what goes on over TCP, and nothing once that is over', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', MINECRAFT)
    await harness.ports.add(harness.actor, 'hello', {
      protocol: 'udp',
      ports: '19132',
    })
    const [before] = hostsOf(harness)
    listening(harness, [25_565], [19_132], 1)

    await harness.deploy('b2')

    const [tcp, udp] = harness.node.ports.now().toReversed()
    const [after] = harness
      .instances()
      .flatMap(({ state, host }) => (state === 'live' ? [host] : []))
    expect(after).not.toBe(before)
    expect(tcp).toMatchObject({ targets: [after], spared: [before] })
    expect(udp).toMatchObject({ targets: [after], spared: [] })
    // Somebody plays on until the time of the drain is over.
    await harness.clock.pass(4_000)
    expect(harness.instances().map(({ state }) => state)).toContain('draining')
    await harness.clock.pass(2_000)
    expect(harness.node.ports.now().map(({ spared }) => spared)).toEqual([[], []])
    expect(harness.instances()).toHaveLength(1)
  })

  it('gives flows of UDP their time where that is asked for', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', {
      protocol: 'udp',
      ports: '19132',
      oldFlows: 'finish',
    })
    const [before] = hostsOf(harness)

    await harness.deploy('b2')
    await harness.clock.pass(4_000)

    expect(harness.node.ports.now()).toMatchObject([{ spared: [before] }])
    await harness.clock.pass(2_000)
    expect(harness.node.ports.now()).toMatchObject([{ spared: [] }])
  })

  it('is closed while the app is stopped, and after the app was destroyed', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', MINECRAFT)

    await harness.clock.until(harness.deployments.stop(harness.actor, 'hello'))
    expect(harness.node.ports.now()).toMatchObject([{ targets: [] }])
    expect((await harness.ports.list(harness.actor, 'hello')).ports).toMatchObject([
      { instances: 0, problem: 'The app is stopped.' },
    ])

    await harness.clock.pass(10_000)
    expect(harness.problems).toEqual([])
  })

  it('leads to a process of its own, which is up when it listens there', async () => {
    const harness = await live()
    await harness.deploy('b2', { files: GAME })
    await harness.ports.add(harness.actor, 'hello', { ...MINECRAFT, process: 'game', to: 4_000 })
    expect((await harness.ports.list(harness.actor, 'hello')).ports[0]?.problem).toBe(
      'No instance of game runs: vastrox scale hello game=1',
    )
    listening(harness, [])
    const scaling = harness.deployments.scale(harness.actor, 'hello', { game: 1 })
    await harness.clock.pass(5_000)
    expect(harness.node.ports.now()).toMatchObject([{ targets: [] }])

    listening(harness, [4_000])
    await harness.end(scaling.id)

    expect(harness.node.ports.now()).toMatchObject([
      { targets: harness.instances().flatMap((row) => (row.process === 'game' ? [row.host] : [])) },
    ])
    expect(harness.node.ports.now()[0]?.targets).toHaveLength(1)
  })

  it('needs no HTTP: a web process that listens at its port only is healthy', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', MINECRAFT)
    harness.node.behave = () => ({ listens: [] })

    const deployment = await harness.deploy('b2')

    expect(deployment.state).toBe('watching')
    expect(harness.instances().filter(({ state }) => state === 'live')).toMatchObject([
      { port: null },
    ])
  })

  it('fails a deployment of which nothing listens there, in words, and leads where it led', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', MINECRAFT)
    const [before] = hostsOf(harness)
    listening(harness, [])

    const deployment = await harness.deploy('b2')

    expect(deployment).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('nothing listens on port 25565'),
    })
    expect(harness.node.ports.now()).toMatchObject([{ targets: [before] }])
  })

  it('is told to the node once it answers again, and no domain waits for that', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', MINECRAFT)
    harness.node.away = 'AGENT_UNREACHABLE'

    expect(await codeOf(harness.ports.remove(harness.actor, 'hello', '25565-tcp'))).toBe(
      'AGENT_UNREACHABLE',
    )
    expect(harness.node.ports.now()).toHaveLength(1)
    harness.node.away = undefined
    await harness.clock.pass(61_000)

    expect(harness.node.ports.now()).toEqual([])
  })

  it('keeps no deployment waiting for a machine that cannot lead ports', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', MINECRAFT)
    harness.node.ports.refuse = new CodedError('FIREWALL_UNAVAILABLE', { reason: 'no nftables' })

    expect((await harness.deploy('b2')).state).toBe('watching')

    expect(harness.problems).toContainEqual(expect.stringContaining('ports of apps'))
    expect((await harness.ports.list(harness.actor, 'hello')).ports[0]?.problem).toContain(
      'has not taken the ports',
    )
  })

  it('keeps an app awake', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', MINECRAFT)

    expect(harness.sleep.get(harness.actor, 'hello').staysAwake).toContain('ports of the server')
  })
})

describe('who gets a port', () => {
  const add = (harness: Harness, wish: CreateAppPort, app = 'hello') =>
    codeOf(harness.ports.add(harness.actor, app, wish))

  it('is nobody where a program of the server, another app or the operator has it', async () => {
    const harness = await live()
    harness.addApp('other')
    harness.node.ports.takenBy = (protocol, port) =>
      protocol === 'tcp' && port === 5_432 ? 'postgres' : undefined
    await add(harness, { protocol: 'tcp', ports: '27015-27030' })

    await expect(
      harness.ports.add(harness.actor, 'other', { protocol: 'tcp', ports: '5430-5440' }),
    ).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      details: { reason: '5432/tcp of the server belongs to postgres.' },
    })
    expect(await add(harness, { protocol: 'tcp', ports: '27030-27031' }, 'other')).toBe(
      'PORT_TAKEN',
    )
    expect(await add(harness, { protocol: 'udp', ports: '27015' }, 'other')).toBe('nothing')
    expect(await add(harness, { protocol: 'tcp', ports: '443' })).toBe('PORT_NOT_ALLOWED')
    expect(harness.node.ports.now()).toHaveLength(2)
  })

  it('is said by the operator, in ranges that may touch each other, and by team', async () => {
    const harness = await live()
    harness.ports.setPolicy(harness.actor, { ranges: ['5000-5009', '5010-5019'], perTeam: 12 })

    expect(await add(harness, { protocol: 'tcp', ports: '5005-5014' })).toBe('nothing')
    expect(await add(harness, { protocol: 'tcp', ports: '5019-5020' })).toBe('PORT_NOT_ALLOWED')
    expect(await add(harness, { protocol: 'udp', ports: '5000-5002' })).toBe('PORTS_TOO_MANY')
    expect(await add(harness, { protocol: 'udp', ports: '5000-5001' })).toBe('nothing')
    expect(harness.auditOf('port-policy.set')).toHaveLength(1)
  })

  it('has a hundred of them at most', async () => {
    const harness = await live()

    expect(await add(harness, { protocol: 'tcp', ports: '20000-20099' })).toBe('nothing')
    expect(await add(harness, { protocol: 'udp', ports: '20000' })).toBe('PORTS_TOO_MANY')
    expect(await add(harness, { protocol: 'udp', ports: '20000-20100' })).toBe('REQUEST_INVALID')
  })

  it('has to have such a process, and the right to publish', async () => {
    const harness = await live()
    const viewer = { ...owner(), permissions: new Set(['app.read' as const]) }

    expect(await add(harness, { ...MINECRAFT, process: 'game' })).toBe('PROCESS_NOT_FOUND')
    expect(await codeOf(harness.ports.add(viewer, 'hello', MINECRAFT))).toBe('PERMISSION_DENIED')
    expect(harness.node.ports.now()).toEqual([])
  })

  it('is not half there where the node refuses it', async () => {
    const harness = await live()
    harness.node.ports.refuse = new CodedError('FIREWALL_REFUSED', { reason: 'no' })

    expect(await add(harness, MINECRAFT)).toBe('FIREWALL_REFUSED')

    expect((await harness.ports.list(harness.actor, 'hello')).ports).toEqual([])
  })

  it('is not left open by a node that took it and could not say so', async () => {
    const harness = await live()
    harness.node.ports.lose = new CodedError('AGENT_UNREACHABLE')

    expect(await add(harness, MINECRAFT)).toBe('AGENT_UNREACHABLE')
    expect(harness.node.ports.now()).toHaveLength(1)
    harness.node.ports.lose = undefined
    await harness.clock.pass(61_000)

    expect(harness.node.ports.now()).toEqual([])
    const other = await harness.ports.add(harness.actor, 'hello', { ...MINECRAFT, ports: '4000' })
    expect(other.problem).toBeNull()
  })

  it('is as it was where the node refuses what it is changed to', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', MINECRAFT)
    harness.node.ports.refuse = new CodedError('FIREWALL_REFUSED', { reason: 'no' })

    const change = harness.ports.change(harness.actor, 'hello', '25565-tcp', { to: 4_000 })
    expect(await codeOf(change)).toBe('FIREWALL_REFUSED')

    const { ports } = await harness.ports.list(harness.actor, 'hello')
    expect(ports).toMatchObject([{ to: 25_565 }])
    harness.node.ports.refuse = undefined
    await harness.clock.pass(61_000)
    expect(harness.node.ports.now()).toMatchObject([{ to: 25_565 }])
  })

  it('has a title that the node takes, however long its app and process are called', async () => {
    const harness = await live()
    const name = `a${'b'.repeat(39)}`
    harness.addApp(name)

    await harness.ports.add(harness.actor, name, { ...MINECRAFT, process: `p${'q'.repeat(62)}` })

    const [port] = harness.node.ports.now()
    expect(PublishedPort.shape.title.safeParse(port?.title).success).toBe(true)
  })

  it('may change whom it is for and where it leads, at once', async () => {
    const harness = await live()
    await harness.ports.add(harness.actor, 'hello', MINECRAFT)

    const port = await harness.ports.change(harness.actor, 'hello', '25565-tcp', {
      sources: ['203.0.113.0/24'],
      to: 4_000,
      connections: null,
    })

    expect(port).toMatchObject({ sources: ['203.0.113.0/24'], to: 4_000, newPerSecond: 50 })
    expect(harness.node.ports.now()).toMatchObject([
      { sources: ['203.0.113.0/24'], to: 4_000, connections: null },
    ])
    expect(await codeOf(harness.ports.change(harness.actor, 'hello', '1-tcp', {}))).toBe(
      'PORT_NOT_FOUND',
    )
    await harness.ports.remove(harness.actor, 'hello', '25565-tcp')
    expect(harness.node.ports.now()).toEqual([])
  })
})
