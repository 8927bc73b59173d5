import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isGuarded } from '#agent/firewall/arm-guard.ts'
import { openKeptFiles } from '#agent/firewall/kept-files.ts'
import { openKillGroups, removeKillGroups } from '#agent/supervisor/kill-group.ts'
import { besiege, firewallOf, listenOn, probe } from '#test/firewall-lab.ts'
import { ruleOf, stateOf } from '#test/firewall-states.ts'
import {
  createNetworkLab,
  LAB,
  type LabEngine,
  type NetworkLab,
  type Place,
} from '#test/network-lab.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'

const IS_LONG = process.env['VASTROX_LONG'] === '1'
/** What is open by a rule, what nobody opened, and what an operator uses (of running-agent.ts). */
const OPEN = 5_000
const CLOSED = 5_001
const DASHBOARD = 18_444
const SSH = 12_222
const PUBLISHED = 15_432
const PUBLISHED_TO_LOOPBACK = 15_433

const { internet4, internet6, lan4, lan6 } = LAB.host
const rules = [ruleOf('open', { protocol: 'any', ports: [String(OPEN)] })]
const ENFORCED = stateOf({ rules })

let lab: NetworkLab
let engine: LabEngine
let agent: RunningAgent
let container: string

const firewall = () => firewallOf(agent.client())
/** The rulesets of everybody else in the namespace, byte for byte. */
const otherTables = async (): Promise<string> => {
  const printed = await lab.host.must('/usr/sbin/nft', ['list', 'tables'])
  const others = printed.split('\n').filter((line) => line !== '' && !line.includes('vastrox'))
  const texts = await Promise.all(
    others.map((line) => lab.host.must('/usr/sbin/nft', ['-s', 'list', ...line.split(' ')])),
  )
  return texts.join('')
}

beforeAll(async () => {
  lab = await createNetworkLab()
  engine = await lab.startEngine()
  await listenOn(lab.host, [OPEN, CLOSED, DASHBOARD, SSH])
  const { address } = await engine.runContainer({
    name: 'somebody-elses',
    command: ['listen.ts', '5432', '5433', '5434'],
    publish: {
      5432: { address: '0.0.0.0', port: PUBLISHED },
      5433: { address: '127.0.0.1', port: PUBLISHED_TO_LOOPBACK },
    },
  })
  container = address
  await lab.host.must('/usr/sbin/nft', [
    'add table inet somebody { chain c { tcp dport 1 counter; }; }',
  ])
  agent = await runAgent({ VASTROX_ENGINE_SOCKET: engine.socketPath }, lab.host)
})
afterAll(async () => {
  try {
    await agent?.remove()
  } finally {
    await lab?.close()
  }
})

describe('a firewall that observes', () => {
  it('keeps nobody out, counts whom it would, and leaves everybody else’s rules alone', async () => {
    const before = await otherTables()

    const seen = [
      ...(await probe(
        lab.internet,
        `tcp,${internet4},${CLOSED}`,
        `udp,${internet4},${CLOSED}`,
        `tcp,${internet4},${PUBLISHED}`,
      )),
      ...(await probe(
        lab.neighbour,
        `tcp,${lan6},${CLOSED}`,
        `udp,${lan6},${CLOSED}`,
        `tcp,${container},5434`,
      )),
    ]

    expect(seen).toEqual(['open', 'open', 'open', 'open', 'open', 'open'])
    const { wouldDrop, mode, problem, tables } = await firewall().read()
    expect({ mode, problem }).toEqual({ mode: 'observe', problem: null })
    expect(wouldDrop).toEqual(
      expect.arrayContaining([
        {
          protocol: 'tcp',
          port: CLOSED,
          packets: expect.any(Number),
          lastSources: expect.arrayContaining([LAB.internet.v4, LAB.neighbour.v6]),
        },
        {
          protocol: 'tcp',
          port: PUBLISHED,
          packets: expect.any(Number),
          lastSources: [LAB.internet.v4],
        },
      ]),
    )
    expect(tables).toContain('inet somebody')
    expect(await otherTables()).toBe(before)
  })

  it('has no statement in the kernel that could keep a packet from passing', async () => {
    const text = await lab.host.must('/usr/sbin/nft', [
      'list',
      'table',
      'inet',
      `vastrox_${agent.instance}`,
    ])

    expect(text).not.toMatch(/\b(drop|reject)\b/)
  })
})

describe('a firewall that enforces', () => {
  it('tells before what it closes, and closes nothing without being asked to confirm', async () => {
    const preview = await firewall().call('preview-firewall', { state: ENFORCED })

    expect(preview['closes']).toBe(true)
    expect(preview['effects']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          protocol: 'tcp',
          port: OPEN,
          before: 'open',
          after: 'open',
          ours: false,
        }),
        expect.objectContaining({ protocol: 'udp', port: CLOSED, before: 'open', after: 'closed' }),
        expect.objectContaining({
          port: PUBLISHED,
          what: 'container somebody-elses',
          after: 'closed',
        }),
        expect.objectContaining({ port: DASHBOARD, after: 'open', ours: true }),
      ]),
    )
    await expect(firewall().apply(ENFORCED, 0)).rejects.toThrow('FIREWALL_CONFIRM_NEEDED')
    expect(await probe(lab.internet, `tcp,${internet4},${CLOSED}`)).toEqual(['open'])
  })

  it('closes what no rule opens: processes, published ports and container addresses, over both families', async () => {
    const before = await otherTables()
    await firewall().applyAndConfirm(ENFORCED)

    const fromInternet = await probe(
      lab.internet,
      ...[internet4, internet6].flatMap((address) => [
        `tcp,${address},${OPEN}`,
        `udp,${address},${OPEN}`,
        `tcp,${address},${DASHBOARD}`,
        `tcp,${address},${CLOSED}`,
        `udp,${address},${CLOSED}`,
        `tcp,${address},9`,
      ]),
      `tcp,${internet4},${PUBLISHED}`,
    )
    const fromNeighbour = await probe(
      lab.neighbour,
      `tcp,${lan4},${OPEN}`,
      `tcp,${lan6},${OPEN}`,
      `tcp,${lan6},${CLOSED}`,
      `tcp,${internet4},${CLOSED}`,
      `tcp,${lan4},${PUBLISHED}`,
      `tcp,${container},5432`,
      `tcp,${container},5433`,
      `tcp,${container},5434`,
    )

    const each = ['open', 'open', 'open', 'silent', 'silent', 'silent']
    expect(fromInternet).toEqual([...each, ...each, 'silent'])
    expect(fromNeighbour).toEqual(['open', 'open', ...Array.from({ length: 6 }, () => 'silent')])
    expect(await otherTables()).toBe(before)
  })

  it('lets the machine itself, its containers and their answers go on', async () => {
    const out = await probe(
      lab.host,
      `tcp,127.0.0.1,${CLOSED}`,
      `tcp,127.0.0.1,${PUBLISHED_TO_LOOPBACK}`,
      `tcp,${container},5434`,
      `tcp,${internet4},${CLOSED}`,
    )

    expect(out).toEqual(['open', 'open', 'open', 'open'])
  })

  it('forgets a rule at its time, whether or not anybody of ours is there', async () => {
    const endsAt = Date.now() + 5_000
    const expiresAt = new Date(endsAt).toISOString()
    const short = ruleOf('short', { ports: [String(CLOSED)], expiresAt })
    await firewall().apply({ ...ENFORCED, rules: [...rules, short] }, 0)
    expect(await probe(lab.internet, `tcp,${internet4},${CLOSED}`)).toEqual(['open'])

    await expect.poll(() => probe(lab.internet, `tcp,${internet4},${CLOSED}`)).toEqual(['silent'])
    // The kernel forgets it a moment early: until its time has come, to take it away is to close something.
    await expect.poll(() => Date.now()).toBeGreaterThan(endsAt)
  })

  it('opens a published port to whom a rule names, without a guard, since that closes nothing', async () => {
    const rule = ruleOf('database', { ports: [String(PUBLISHED)], sources: [LAB.internet.v4] })

    await firewall().apply({ ...ENFORCED, rules: [...rules, rule] }, 0)

    expect(await probe(lab.internet, `tcp,${internet4},${PUBLISHED}`)).toEqual(['open'])
    expect(await probe(lab.neighbour, `tcp,${lan4},${PUBLISHED}`, `tcp,${container},5432`)).toEqual(
      ['silent', 'silent'],
    )
    const { counters } = await firewall().read()
    expect(counters.find(({ ruleId }) => ruleId === 'database')?.packets).toBeGreaterThan(0)
  })

  it('holds a limit for each source, and one source to its number of connections', async () => {
    const limit = ruleOf('slow', { action: 'limit', ports: [String(CLOSED)], ratePerMinute: 3 })
    await firewall().applyAndConfirm({
      ...ENFORCED,
      rules: [...rules, limit],
      maxConnectionsPerSource: 5,
    })
    const times = (count: number, target: string): string[] =>
      Array.from({ length: count }, () => target)

    const slow = await probe(lab.internet, ...times(5, `tcp,${internet6},${CLOSED}`))
    const many = await probe(lab.neighbour, ...times(12, `tcp,${lan6},${OPEN}`))

    expect(slow.filter((outcome) => outcome === 'open')).toHaveLength(3)
    expect(many.filter((outcome) => outcome === 'open')).toHaveLength(5)
    await firewall().applyAndConfirm(ENFORCED)
  })
})

describe('bans', () => {
  const change = (add: string[], remove: string[] = []) =>
    firewall().call('change-bans', {
      add: add.map((address) => ({ address, seconds: 600, reason: 'guesses' })),
      remove,
    })

  it('turn an address away at once, an IPv6 one with its /64, and live through a restart', async () => {
    await firewall().apply({ ...ENFORCED, allowList: ['198.51.100.0/24'] }, 0)

    const reply = await change([LAB.internet.v4, '2001:db8:1::beef', LAB.neighbour.v4])
    expect(reply['refused']).toEqual([
      { address: LAB.neighbour.v4, reason: 'It is on the allow-list.' },
    ])
    const targets = [`tcp,${internet4},${OPEN}`, `tcp,${internet6},${OPEN}`]
    expect(await probe(lab.internet, ...targets)).toEqual(['silent', 'silent'])
    expect(await probe(lab.neighbour, `tcp,${lan4},${OPEN}`)).toEqual(['open'])

    await agent.stop('SIGKILL')
    await agent.start()
    expect(await probe(lab.internet, ...targets)).toEqual(['silent', 'silent'])
    expect((await firewall().read()).bans.map(({ address }) => address)).toEqual([
      LAB.internet.v4,
      '2001:db8:1::/64',
    ])

    await change([], [LAB.internet.v4, '2001:db8:1::beef'])
    expect(await probe(lab.internet, ...targets)).toEqual(['open', 'open'])
  })

  it('are never of where somebody is signed in by sshd, since when they may be', async () => {
    const port = 12_223
    const say = (place: Place, program: string) => {
      const child = place.start(process.execPath, ['--eval', program])
      return { child, said: child.stdout ? once(child.stdout, 'data') : undefined }
    }
    const sshd = say(
      lab.host,
      `process.title = 'sshd'
       require('net').createServer(() => console.log('in')).listen(${port}, '::', () => console.log('up'))`,
    )
    await sshd.said
    await firewall().apply(ENFORCED, 0)
    const signedIn = say(
      lab.internet,
      `require('net').connect(${port}, '${internet4}', () => console.log('in'))`,
    )
    try {
      await signedIn.said

      const reply = await change([LAB.internet.v4])

      expect(reply['refused']).toEqual([
        {
          address: LAB.internet.v4,
          reason: 'Somebody who looks after this machine is there.',
        },
      ])
    } finally {
      for (const { child } of [signedIn, sshd]) {
        child.kill()
        await once(child, 'exit')
      }
      await firewall().applyAndConfirm(ENFORCED)
    }
  })
})

describe('an sshd that is moved', () => {
  it('is open where it is by now, also in what the next boot loads before an agent is there', async () => {
    const port = 12_224
    const sshd = lab.host.start(process.execPath, [
      '--eval',
      `process.title = 'sshd'; require('net').createServer((socket) => socket.end('hello')).listen(${port}, '::', () => console.log('up'))`,
    ])
    try {
      if (sshd.stdout) await once(sshd.stdout, 'data')
      await agent.stop()
      await agent.start()

      expect(await probe(lab.internet, `tcp,${internet4},${port}`)).toEqual(['open'])
      const text = await readFile(`${agent.paths.agent}/firewall/confirmed.nft`, 'utf8')
      expect(text).toMatch(new RegExp(`tcp dport \\{[^}]*\\b${port}\\b[^}]*\\} accept`))
    } finally {
      sshd.kill()
      await once(sshd, 'exit')
      await firewall().applyAndConfirm(ENFORCED)
    }
  })
})

describe('somebody who flushes every rule of the machine', () => {
  beforeAll(async () => {
    await firewall().applyAndConfirm(ENFORCED)
  })

  it('finds ours back by itself, as the kernel tells of it, before anybody asks', async () => {
    const table = `inet vastrox_${agent.instance}`
    const isThere = async (): Promise<boolean> =>
      (await lab.host.must('/usr/sbin/nft', ['list', 'tables'])).includes(table)
    const waits: number[] = []
    for (let turn = 0; turn < 3; turn += 1) {
      await lab.host.must('/usr/sbin/nft', ['delete', 'table', ...table.split(' ')])
      const goneAt = performance.now()
      await expect.poll(isThere, { timeout: 9_000, interval: 20 }).toBe(true)
      waits.push(Math.round(performance.now() - goneAt))
    }

    console.log(`back after ${waits.join(', ')} ms`)
    expect(await probe(lab.internet, `tcp,${internet4},${CLOSED}`)).toEqual(['silent'])
  })

  it('finds ours back in force, and the others’ as they left them', async () => {
    await lab.host.must('/usr/sbin/nft', ['delete', 'table', 'inet', `vastrox_${agent.instance}`])
    const without = await lab.host.must('/usr/sbin/nft', ['list', 'tables'])

    const { problem, mode } = await firewall().read()

    expect({ problem, mode }).toEqual({ problem: null, mode: 'enforce' })
    expect(await probe(lab.internet, `tcp,${internet4},${CLOSED}`)).toEqual(['silent'])
    const tables = (await lab.host.must('/usr/sbin/nft', ['list', 'tables'])).split('\n')
    expect(tables.filter((line) => !line.includes('vastrox')).join('\n')).toBe(without)
  })
})

describe('an agent that cannot read what was confirmed', () => {
  it('loads its text, rather than leave the machine open', async () => {
    const confirmed = `${agent.paths.agent}/firewall/confirmed.json`
    const readable = await readFile(confirmed, 'utf8')
    await agent.stop()
    await lab.host.must('/usr/sbin/nft', ['delete', 'table', 'inet', `vastrox_${agent.instance}`])
    await writeFile(confirmed, '{ "of": "another version" }')
    await agent.start()

    expect(
      await probe(lab.internet, `tcp,${internet4},${OPEN}`, `tcp,${internet4},${CLOSED}`),
    ).toEqual(['open', 'silent'])

    await agent.stop()
    await writeFile(confirmed, readable)
    await agent.start()
    expect((await firewall().read()).problem).toBeNull()
  })
})

describe('operators who shut themselves out', () => {
  beforeAll(async () => {
    await firewall().applyAndConfirm(ENFORCED)
  })

  /** The way in is denied to everybody. */
  const LOCKED_OUT = {
    ...ENFORCED,
    rules: [ruleOf('oops', { action: 'deny', ports: [String(DASHBOARD), String(SSH)] }), ...rules],
  }
  const waysIn = [`tcp,${internet4},${DASHBOARD}`, `tcp,${internet6},${SSH}`]
  const canComeIn = async (): Promise<boolean> =>
    (await probe(lab.internet, ...waysIn)).every((outcome) => outcome === 'open')
  /** How long it took until they can. */
  async function untilTheyComeIn(withinMs: number): Promise<number> {
    const begun = performance.now()
    while (performance.now() - begun < withinMs)
      if (await canComeIn()) return performance.now() - begun
    throw new Error(`nobody came in within ${withinMs} ms`)
  }
  const CONFIRM_MS = IS_LONG ? 60_000 : 8_000

  it('are back in time with everything of ours killed right after the change, its whole control group too', async () => {
    const groups = openKillGroups(`lab${agent.instance}`)
    const group = groups.create('agent')
    group.add(agent.pid())
    try {
      await firewall().apply(LOCKED_OUT, CONFIRM_MS)
      await group.end()

      expect(await canComeIn()).toBe(false)
      const backAfterMs = Math.round(await untilTheyComeIn(CONFIRM_MS + 5_000))

      console.log(JSON.stringify({ confirmWithinMs: CONFIRM_MS, backAfterMs }))
      expect(backAfterMs).toBeLessThan(CONFIRM_MS + 4_000)
    } finally {
      await group.end()
      removeKillGroups(`lab${agent.instance}`)
      await agent.stop()
      await agent.start()
    }
    const { reverted, pending, mode } = await firewall().read()
    expect({ because: reverted?.because, pending, mode }).toEqual({
      because: 'not-confirmed',
      pending: null,
      mode: 'enforce',
    })
    expect(await probe(lab.internet, `tcp,${internet4},${CLOSED}`)).toEqual(['silent'])
  })

  it('are back after a reboot that comes before they confirm', async () => {
    await firewall().apply(LOCKED_OUT, 600_000)
    expect(await canComeIn()).toBe(false)

    await reboot()

    expect(await canComeIn()).toBe(true)
    expect((await firewall().read()).reverted?.because).toBe('reboot')
    expect(await probe(lab.internet, `tcp,${internet4},${CLOSED}`)).toEqual(['silent'])
  })

  it('are back at once when they ask for it, and told when a confirmation comes too late', async () => {
    const { generation } = await firewall().apply(LOCKED_OUT, 600_000)

    await firewall().call('revert-firewall', {})

    expect(await canComeIn()).toBe(true)
    await expect(firewall().confirm(generation)).rejects.toThrow('FIREWALL_NOT_PENDING')
  })

  it('keep waiting for a confirmation over a restart of the agent, and get another guard for one that died', async () => {
    const { generation } = await firewall().apply(LOCKED_OUT, IS_LONG ? 15_000 : 600_000)
    await agent.stop('SIGKILL')
    await killGuard()
    const files = openKeptFiles(`${agent.paths.agent}/firewall`)
    expect(await isGuarded(files, generation)).toBe(false)
    await agent.start()

    expect((await firewall().read()).pending?.generation).toBe(generation)
    expect(await isGuarded(files, generation)).toBe(true)
    expect(await canComeIn()).toBe(false)
    if (IS_LONG) await untilTheyComeIn(20_000)
    else await firewall().call('revert-firewall', {})
    expect(await canComeIn()).toBe(true)
  })

  it('are back by the agent alone where no guard can be started any more', async () => {
    await firewall().apply(LOCKED_OUT, 8_000)
    await agent.stop('SIGKILL')
    await killGuard()
    // Where a guard says that it stands watch there is no place for it.
    const place = `${agent.paths.agent}/firewall/guard.json`
    await rm(place)
    await mkdir(place)
    try {
      await agent.start()
      await untilTheyComeIn(15_000)
    } finally {
      await rm(place, { recursive: true })
    }
    expect((await firewall().read()).reverted?.because).toBe('not-confirmed')
  })

  it('do not lose what they confirmed, neither by kills nor by a reboot', async () => {
    const confirmed = {
      ...ENFORCED,
      rules: [...rules, ruleOf('kept', { action: 'deny', ports: [String(SSH)] })],
    }
    const generation = await firewall().applyAndConfirm(confirmed)
    const ssh = `tcp,${internet4},${SSH}`

    await agent.stop('SIGKILL')
    await agent.start()
    expect(await probe(lab.internet, ssh)).toEqual(['silent'])
    await reboot()

    expect(await probe(lab.internet, ssh, `tcp,${internet4},${DASHBOARD}`)).toEqual([
      'silent',
      'open',
    ])
    expect((await firewall().read()).confirmedGeneration).toBe(generation)
    await firewall().apply(ENFORCED, 0)
  })

  async function killGuard(): Promise<void> {
    const record = await readFile(`${agent.paths.agent}/firewall/guard.json`, 'utf8')
    const { pid } = z.object({ pid: z.int() }).parse(JSON.parse(record))
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    while (isAlive(pid)) await sleep(10)
  }

  /** What a reboot leaves: no process, no rules, the files. */
  async function reboot(): Promise<void> {
    await agent.stop('SIGKILL')
    await killGuard()
    await lab.host.must('/usr/sbin/nft', ['delete', 'table', 'inet', `vastrox_${agent.instance}`])
    await agent.start()
  }
})

describe('a thousand rules, changed again and again under a thousand tries a second', () => {
  it('never let a closed port answer or an open one refuse', async () => {
    const seconds = IS_LONG ? 120 : 6
    const open = [OPEN, DASHBOARD]
    const targets = (v4: string, v6: string): string[] =>
      [v4, v6].flatMap((address) => [
        ...open.map((port) => `open,${address},${port}`),
        `closed,${address},${CLOSED}`,
        `closed,${address},9`,
        ...(address === v4 ? [`closed,${v4},${PUBLISHED}`] : []),
      ])
    const thousand = (turn: number) => ({
      ...ENFORCED,
      rules: [
        ...Array.from({ length: 1_000 }, (_, at) =>
          ruleOf(`r${at}`, {
            action: (at + turn) % 3 === 0 ? 'deny' : 'allow',
            protocol: at % 2 === 0 ? 'tcp' : 'any',
            ports: [String(20_000 + ((at + turn) % 5_000))],
            sources:
              at % 4 === 0 ? [`10.${at % 250}.0.0/16`, `2001:db8:${at.toString(16)}::/48`] : [],
          }),
        ),
        ...rules,
      ],
    })
    await firewall().applyAndConfirm(ENFORCED)
    const before = await otherTables()
    const sieges = [
      besiege(lab.internet, 500, seconds + 30, targets(internet4, internet6)),
      besiege(lab.neighbour, 500, seconds + 30, [
        ...targets(lan4, lan6),
        `closed,${container},5434`,
      ]),
    ]

    let changes = 0
    // On a busy machine a change takes seconds: for a while, and some of them.
    for (const until = Date.now() + seconds * 1_000; Date.now() < until || changes < 3; changes++)
      await firewall().applyAndConfirm(changes % 4 === 3 ? ENFORCED : thousand(changes))
    const results = await Promise.all(sieges.map((siege) => siege.end()))

    console.log(JSON.stringify({ changes, results }))
    for (const { answered, refused, lost, failed, letIn, tried, underWay } of results) {
      expect({ answered, refused, lost, failed, underWay }).toEqual({
        answered: 0,
        refused: 0,
        lost: 0,
        failed: {},
        underWay: 0,
      })
      expect(tried).toBeGreaterThan(seconds * 350)
      expect(letIn).toBeGreaterThan(tried / 4)
    }
    expect(changes).toBeGreaterThan(seconds / 6)
    expect(await otherTables()).toBe(before)
  })
})
