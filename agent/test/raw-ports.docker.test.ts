import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firewallOf } from '#test/firewall-lab.ts'
import { stateOf } from '#test/firewall-states.ts'
import { LAB } from '#test/network-lab.ts'
import { ADDON, ask, createPortsLab, game, HOST, PORT, type PortsLab } from '#test/raw-ports-lab.ts'
import { z } from 'zod'

let at: PortsLab
beforeAll(async () => {
  at = await createPortsLab()
})
afterAll(() => at?.close())

describe('a raw port', () => {
  it('leads to the instance, which sees who came, by an engine that forwards nothing by itself', async () => {
    const filter = await at.lab.host.must('/usr/sbin/iptables', ['--list-rules', 'FORWARD'])
    expect(filter).toContain('-P FORWARD DROP')

    await at.keep(at.both())

    const greeting = `blue ${LAB.internet.v4} 4000`
    expect(await ask(at.lab.internet, ...game())).toEqual([greeting, greeting])
    const fromLan = `blue ${LAB.neighbour.v4} 4000`
    expect(await ask(at.lab.neighbour, ...game(LAB.host.lan4))).toEqual([fromLan, fromLan])
  })

  it('counts who came, and what went', async () => {
    const read = await at.call('read-ports')
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
    expect(await ask(at.lab.host, ...game())).toEqual([fromHost, fromHost])
    const said = await Promise.all(
      [at.other, at.green].map(async ({ place }) => (await ask(place, ...game())).join()),
    )
    expect(said).toEqual(said.map(() => expect.stringMatching(/^blue 10.*,blue 10/)))
  })
})

describe('who may come to a raw port', () => {
  it('is whom it is for, though the firewall only observes', async () => {
    await at.keep(at.both({ sources: ['203.0.113.0/24'] }))

    expect((await ask(at.lab.internet, ...game())).join()).toContain('blue')
    expect(await ask(at.lab.neighbour, ...game(LAB.host.lan4))).toEqual(['refused', 'refused'])
    expect(await ask(at.other.place, ...game())).toEqual(['refused', 'refused'])

    // Who was kept out a moment ago is let in as soon as that is said.
    await at.keep(at.both({ sources: ['203.0.113.0/24', '198.51.100.0/24'] }))
    expect((await ask(at.lab.neighbour, ...game(LAB.host.lan4))).join()).toContain('blue')
  })
})

describe('an exception for an add-on', () => {
  const SECONDS = 4
  const exception = (changes: Record<string, unknown> = {}) => ({
    addonId: ADDON,
    from: LAB.internet.v4,
    hostPort: 15_432,
    addonPort: 5_432,
    until: new Date(Date.now() + SECONDS * 1_000).toISOString(),
    ...changes,
  })
  const keep = (...exceptions: unknown[]) => at.call('keep-addon-exceptions', { exceptions })

  it('lets one address in at one port, also after the agent was killed, and ends by the kernel’s clock', async () => {
    const until = new Date(Date.now() + 600_000).toISOString()
    await keep(exception({ until }))

    expect((await ask(at.lab.internet, `tcp,${HOST},15432`))[0]).toMatch(
      /^database 10\.128\.12\.1 /,
    )
    expect(await ask(at.lab.internet, `tcp,${HOST},5432`)).toEqual(['refused'])
    expect(await ask(at.lab.neighbour, `tcp,${LAB.host.lan4},15432`)).toEqual(['refused'])
    await at.agent.stop('SIGKILL')
    expect((await ask(at.lab.internet, `tcp,${HOST},15432`))[0]).toContain('database')
    await at.agent.start()
    expect((await ask(at.lab.internet, `tcp,${HOST},15432`))[0]).toContain('database')

    await keep(exception())
    expect((await ask(at.lab.internet, `tcp,${HOST},15432`))[0]).toContain('database')
    await at.agent.stop('SIGKILL')
    await sleep(SECONDS * 1_000 + 500)
    expect(await ask(at.lab.internet, `tcp,${HOST},15432`)).toEqual(['refused'])
    await at.agent.start()
    expect(await ask(at.lab.internet, `tcp,${HOST},15432`)).toEqual(['refused'])
  })

  it('is refused at a port of the product, or where a raw port is', async () => {
    await at.keep([at.portOf({ first: 15_432, last: 15_432 })])
    const product = firewallOf(at.agent.client())

    await expect(
      product.call('keep-addon-exceptions', { exceptions: [exception({ hostPort: 18_443 })] }),
    ).rejects.toThrow('PORT_TAKEN')
    await expect(keep(exception())).rejects.toThrow('PORT_TAKEN')
    await at.keep([])
    await keep()
  })
})

describe('a firewall that enforces', () => {
  beforeAll(async () => {
    await firewallOf(at.agent.client()).applyAndConfirm(stateOf({ mode: 'enforce' }))
    await at.keep([
      ...at.both({ sources: ['203.0.113.0/24'] }),
      at.portOf({ first: 1_883, last: 1_883 }),
    ])
  })

  it('lets those in whom a port is for, other apps where it is for everybody, and nobody else', async () => {
    expect((await ask(at.lab.internet, ...game())).join()).toContain('blue')
    expect(await ask(at.lab.neighbour, ...game(LAB.host.lan4))).toEqual(['silent', 'silent'])
    expect((await ask(at.other.place, `tcp,${HOST},1883`))[0]).toContain('blue')
    expect(await ask(at.other.place, ...game())).toEqual(['refused', 'refused'])
    expect(await ask(at.lab.internet, `tcp,${HOST},4000`)).toEqual(['silent'])
  })
})
