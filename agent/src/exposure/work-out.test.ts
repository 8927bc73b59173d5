import type { FirewallState } from '@vastrox/shared/firewall-rule.ts'
import { describe, expect, it } from 'vitest'
import type { Holder } from '#agent/exposure/holders.ts'
import { addressesToTry, type Seen, workOut } from '#agent/exposure/work-out.ts'
import { parseSockets } from '#agent/firewall/sockets.ts'
import { factsOf, ruleOf, stateOf } from '#test/firewall-states.ts'

const OBSERVE = stateOf({ mode: 'observe' })
const web = { id: 'a'.repeat(64), name: 'web', image: 'nginx:1', ours: false }
const OWN = [
  { device: 'eth0', address: '203.0.113.10', network: '203.0.113.0/24' },
  { device: 'eth0', address: 'fe80::1', network: 'fe80::/64' },
  { device: 'eth1', address: '10.0.0.5', network: '10.0.0.0/24' },
  { device: 'docker0', address: '172.17.0.1', network: '172.17.0.0/16' },
]

const holderOf = (changes: Partial<Holder> = {}): Holder => ({
  pid: 100,
  name: 'postgres',
  program: '/usr/lib/postgresql/15/bin/postgres',
  commandLine: ['postgres'],
  user: 'postgres',
  unit: 'postgresql.service',
  containerId: null,
  ...changes,
})

const socketAt = (
  address: string,
  port: number,
  changes: Partial<Seen['sockets'][number]> = {},
) => ({
  protocol: 'tcp' as const,
  address,
  port,
  remoteAddress: '0.0.0.0',
  remotePort: 0,
  state: 'listening' as const,
  inode: '1',
  ...changes,
})

const seenOf = (changes: Partial<Seen> = {}, state: FirewallState = OBSERVE): Seen => ({
  sockets: [],
  holders: new Map([['1', holderOf()]]),
  containers: [],
  published: [],
  own: OWN,
  others: [],
  loaded: { state, facts: factsOf(), now: new Date('2026-11-26T12:00:00.000Z') },
  isLoaded: true,
  engineMajor: 28,
  ...changes,
})

const listening = (address: string, port = 5432): Partial<Seen> => ({
  sockets: [socketAt(address, port)],
})
const publishing = (address: string): Partial<Seen> => ({
  published: [{ protocol: 'tcp', address, port: 8080, container: web }],
  containers: [web],
})

describe('who reaches a port (issue 4, part 3)', () => {
  it.each<[string, Partial<Seen>, FirewallState, string, string[]]>([
    ['of all addresses, with nothing enforced', listening('0.0.0.0'), OBSERVE, 'world', []],
    ['of all IPv6 addresses', listening('0:0:0:0:0:0:0:0'), OBSERVE, 'world', []],
    ['of the loopback address', listening('127.0.0.1'), OBSERVE, 'machine', []],
    ['of ::1', listening('0:0:0:0:0:0:0:1'), OBSERVE, 'machine', []],
    ['of 127.0.0.53', listening('127.0.0.53', 53), OBSERVE, 'machine', []],
    ['of a public address', listening('203.0.113.10'), OBSERVE, 'some', ['203.0.113.0/24']],
    ['of a private address', listening('10.0.0.5'), OBSERVE, 'some', ['10.0.0.0/24']],
    ['of a bridge', listening('172.17.0.1'), OBSERVE, 'some', ['containers on docker0']],
    ['of a link-local address', listening('fe80::1'), OBSERVE, 'some', ['neighbours on eth0']],
    ['that no rule opens', listening('0.0.0.0'), stateOf(), 'closed', []],
    [
      'that a rule opens to one network',
      listening('0.0.0.0'),
      stateOf({ rules: [ruleOf('a', { ports: ['5432'], sources: ['198.51.100.0/24'] })] }),
      'some',
      ['198.51.100.0/24'],
    ],
    [
      'that a rule closes for one network',
      listening('0.0.0.0'),
      stateOf({
        rules: [
          ruleOf('a', { action: 'deny', ports: ['5432'], sources: ['198.51.100.0/24'] }),
          ruleOf('b', { ports: ['5432'] }),
        ],
      }),
      'some',
      ['everybody but 198.51.100.0/24'],
    ],
    [
      'that is kept open',
      listening('0.0.0.0'),
      stateOf({ keepOpen: [{ protocol: 'tcp', port: 5432 }] }),
      'world',
      [],
    ],
    [
      'whose rules somebody has taken out of the kernel',
      { ...listening('0.0.0.0'), isLoaded: false },
      stateOf(),
      'world',
      [],
    ],
    ['of a foreign container', publishing('0.0.0.0'), OBSERVE, 'world', []],
    ['of a foreign container, enforced', publishing('0.0.0.0'), stateOf(), 'closed', []],
    ['of a container on loopback', publishing('127.0.0.1'), OBSERVE, 'machine', []],
    [
      'of a container on loopback, with an old Docker',
      { ...publishing('127.0.0.1'), engineMajor: 20 },
      OBSERVE,
      'some',
      ['machines on the same network'],
    ],
    [
      'of a container on loopback, with an old Docker and a firewall that enforces',
      { ...publishing('127.0.0.1'), engineMajor: 20 },
      stateOf(),
      'machine',
      [],
    ],
  ])('%s', (_words, changes, state, reach, to) => {
    expect(workOut(seenOf(changes, state))).toMatchObject([{ reach, to }])
  })
})

describe('what answers at a port', () => {
  it('is one entry for both families, and for a container without its forwarder', () => {
    const forwarder = holderOf({
      name: 'docker-proxy',
      commandLine: [
        '/usr/bin/docker-proxy',
        '-container-ip',
        '172.17.0.2',
        '-container-port',
        '80',
      ],
    })

    const found = workOut(
      seenOf({
        sockets: [
          socketAt('0.0.0.0', 22, { inode: '2' }),
          socketAt('0:0:0:0:0:0:0:0', 22, { inode: '2' }),
          socketAt('0.0.0.0', 8080, { inode: '3' }),
          socketAt('127.0.0.1', 41_000, { state: 'established' }),
        ],
        holders: new Map([
          ['2', holderOf({ name: 'sshd' })],
          ['3', forwarder],
        ]),
        ...publishing('0.0.0.0'),
      }),
    )

    expect(found).toMatchObject([
      { port: 22, addresses: ['0.0.0.0', '::'], by: { kind: 'process', name: 'sshd' } },
      { port: 8080, by: { kind: 'container', name: 'web', image: 'nginx:1' } },
    ])
  })

  it('is the container behind a forwarder even where the engine does not answer', () => {
    const commandLine = [
      '/usr/bin/docker-proxy',
      '-container-ip',
      '172.17.0.2',
      '-container-port',
      '80',
    ]

    const [found] = workOut(
      seenOf({
        ...listening('0.0.0.0', 8080),
        holders: new Map([['1', holderOf({ commandLine })]]),
      }),
    )

    expect(found?.by).toMatchObject({ kind: 'container', name: 'container at 172.17.0.2' })
  })

  it('is the container of a program that has the network of the machine', () => {
    const [found] = workOut(
      seenOf({
        ...listening('0.0.0.0', 9000),
        containers: [web],
        holders: new Map([['1', holderOf({ containerId: web.id })]]),
      }),
    )

    expect(found?.by).toMatchObject({ kind: 'container', name: 'web', pid: 100 })
  })

  it('is ours only with a program of ours: a stranger on our port is a stranger', () => {
    const program = '/opt/vastrox/node-26.10.0-x64/node'
    const oursAt = (changes: Partial<Holder>): boolean | undefined =>
      workOut(
        seenOf({ ...listening('0.0.0.0', 443), holders: new Map([['1', holderOf(changes)]]) }),
      )[0]?.by.ours

    expect(oursAt({ program })).toBe(true)
    expect(oursAt({ program: '/usr/sbin/apache2' })).toBe(false)
  })

  it('says that something else filters, too, instead of guessing what', () => {
    const others = [{ name: 'ufw', concerns: 'host' as const, message: 'ufw is active.' }]

    expect(workOut(seenOf({ ...listening('0.0.0.0'), others }))[0]?.because).toContain(
      'Something else filters, too (ufw)',
    )
    expect(workOut(seenOf({ ...publishing('0.0.0.0'), others }))[0]?.because).not.toContain('ufw')
  })
})

describe('a warning', () => {
  const warned = (changes: Partial<Seen>, state = OBSERVE) =>
    workOut(seenOf(changes, state))[0]?.warning
  const by = (name: string) => ({ holders: new Map([['1', holderOf({ name })]]) })

  it.each<[string, Partial<Seen>, RegExp]>([
    ['a database on all addresses', listening('0.0.0.0'), /PostgreSQL .*postgres.* on port 5432/],
    [
      'a database on an unusual port',
      { ...listening('0.0.0.0', 7000), ...by('redis-server') },
      /Redis/,
    ],
    [
      'a foreign container that Docker published',
      publishing('0.0.0.0'),
      /port 8080 of the container web/,
    ],
    [
      "Docker's own API",
      { ...listening('10.0.0.5', 2375), ...by('dockerd') },
      /whoever reaches it is root/,
    ],
    ['the port mapper', { ...listening('0.0.0.0', 111), ...by('rpcbind') }, /port mapper/],
  ])('is given for %s', (_words, changes, message) => {
    expect(warned(changes)).toMatchObject({
      message: expect.stringMatching(message),
      canFence: true,
    })
  })

  it('is given for a stranger on a port that Vastrox needs, and no rule mends that', () => {
    expect(warned({ ...listening('127.0.0.1', 443), ...by('apache2') })).toMatchObject({
      message: 'apache2 has port 443, which Vastrox needs.',
      canFence: false,
    })
  })

  it('is not given for what is closed, kept to the machine, or meant to be open', () => {
    expect(warned(listening('0.0.0.0'), stateOf())).toBeNull()
    expect(warned(listening('127.0.0.1'))).toBeNull()
    expect(warned({ ...listening('0.0.0.0', 22), ...by('sshd') })).toBeNull()
  })
})

describe('where a port is tried', () => {
  it.each([
    [['0.0.0.0'], ['203.0.113.10', '2001:db8::1']],
    [['127.0.0.1'], ['203.0.113.10', '2001:db8::1']],
    [['10.0.0.5'], ['10.0.0.5']],
    [['fe80::1'], []],
  ])('that listens on %j', (addresses, expected) => {
    expect(addressesToTry(addresses, ['203.0.113.10', '2001:db8::1'])).toEqual(expected)
  })
})

it('reads the tables of the kernel: who listens, for both protocols', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   107        0 4711 1',
  ].join('\n')

  expect(parseSockets(table, 'tcp')).toMatchObject([
    { address: '127.0.0.1', port: 5432, state: 'listening', inode: '4711' },
  ])
})

describe('a raw port of an app', () => {
  const port = {
    appId: 'app00001',
    title: 'game (web)',
    protocol: 'udp' as const,
    first: 27_015,
    last: 27_016,
    to: 27_015,
    sources: [] as string[],
    newPerSecond: null,
    connections: null,
    targets: ['10.128.4.2'],
    spared: [],
    subnet: '10.128.4.0/22',
  }
  const led = (sources: string[], state: FirewallState) =>
    workOut({
      ...seenOf({}, state),
      loaded: {
        state,
        facts: factsOf({ ports: [{ ...port, sources }] }),
        now: new Date('2026-11-26T12:00:00.000Z'),
      },
    })

  it('is ours, port by port, and reached by those whom it is for in every mode', () => {
    expect(led([], OBSERVE)).toMatchObject([
      { port: 27_015, protocol: 'udp', reach: 'world', by: { name: 'game (web)', ours: true } },
      { port: 27_016, reach: 'world', warning: null },
    ])
    for (const state of [OBSERVE, stateOf()])
      expect(led(['203.0.113.0/24'], state)[0]).toMatchObject({
        reach: 'some',
        to: ['203.0.113.0/24'],
      })
    expect(led([], stateOf())[0]).toMatchObject({ reach: 'world' })
  })

  it('is closed to whom a rule of the operator keeps out', () => {
    const deny = ruleOf('no-games', { action: 'deny', protocol: 'udp', ports: ['27015'] })
    expect(led([], stateOf({ rules: [deny] })).map(({ reach }) => reach)).toEqual([
      'closed',
      'world',
    ])
  })
})

describe('an exception for an add-on', () => {
  const exception = {
    addonId: 'addon0001',
    addonName: 'db',
    from: '203.0.113.7',
    hostPort: 15_432,
    addonPort: 5_432,
    until: '2026-11-26T14:00:00.000Z',
    target: '10.128.4.2',
  }
  const shown = (state: FirewallState, now: string) =>
    workOut({
      ...seenOf({}, state),
      loaded: { state, facts: factsOf({ exceptions: [exception] }), now: new Date(now) },
    })

  it('is shown with whom it is for and when it ends, and is gone then', () => {
    for (const state of [OBSERVE, stateOf()])
      expect(shown(state, '2026-11-26T13:00:00.000Z')).toMatchObject([
        {
          port: 15_432,
          protocol: 'tcp',
          reach: 'some',
          to: ['203.0.113.7'],
          because: expect.stringContaining('ends by itself at 2026-11-26T14:00:00.000Z'),
          by: { ours: true, name: 'add-on db' },
        },
      ])
    expect(shown(OBSERVE, '2026-11-26T14:00:00.000Z')).toEqual([])
  })

  it('is closed where a rule of the operator closes its port', () => {
    const deny = ruleOf('no', { action: 'deny', ports: ['15432'] })

    expect(shown(stateOf({ rules: [deny] }), '2026-11-26T13:00:00.000Z')).toMatchObject([
      { reach: 'closed', to: [] },
    ])
  })
})
