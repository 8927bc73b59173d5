import type { Actor } from '@vastrox/shared/actor.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { createAbuse, THRESHOLDS } from '#core/firewall/abuse.ts'
import { withAbuseNotes } from '#core/firewall/with-abuse-notes.ts'
import { createFakeClock } from '#test/fakes/clock.ts'
import { CLIENT, createAccessHarness } from '#test/access-harness.ts'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'

const coded = (code: string) => expect.objectContaining({ code })
const MOST = THRESHOLDS['sign-in'].count

let harness: AppHarness
let operator: Actor
beforeEach(() => {
  harness = createAppHarness()
  operator = { ...harness.actor, address: '198.51.100.9' }
})

const bans = () => harness.firewall.bans
const abuse = () => harness.firewall.abuse
const banned = () =>
  bans()
    .list(operator)
    .map(({ address }) => address)
const fail = (address: string, times = MOST) => {
  for (let turn = 0; turn < times; turn += 1) abuse().note(address, 'sign-in')
}

describe('failures become a ban', () => {
  it('once they are many within a while, with an audit event and the node told', async () => {
    fail('203.0.113.9', MOST - 1)
    expect(banned()).toEqual([])

    fail('203.0.113.9', 1)
    await harness.clock.pass(0)

    expect(bans().list(operator)).toMatchObject([
      { address: '203.0.113.9', actor: 'vastrox', reason: '20 failed sign-ins within 10 minutes' },
    ])
    expect(harness.node.firewall.bans.has('203.0.113.9')).toBe(true)
    expect(harness.audited()).toContain('ban.create 203.0.113.9')
  })

  it('and not when they are spread over the day', async () => {
    for (let turn = 0; turn < 3 * MOST; turn += 1) {
      fail('203.0.113.9', 1)
      await harness.clock.pass(60_000)
    }

    expect(banned()).toEqual([])
  })

  it('holds for the /64 of an IPv6 address', async () => {
    for (let host = 0; host < MOST; host += 1) fail(`2001:db8:1:2::${host.toString(16)}`, 1)

    await harness.clock.pass(0)
    expect(banned()).toEqual(['2001:db8:1:2::/64'])
    expect([...harness.node.firewall.bans.keys()]).toEqual(['2001:db8:1:2::'])
  })

  it('lasts twice as long each time, a day at most, and ends by itself', async () => {
    const lengths: number[] = []
    for (let turn = 0; turn < 7; turn += 1) {
      fail('203.0.113.9')
      const [ban] = bans().list(operator)
      const ms = Date.parse(ban?.until ?? '') - Date.parse(ban?.at ?? '')
      lengths.push(ms / 3_600_000)
      await harness.clock.pass(ms + 1)
      expect(banned()).toEqual([])
    }

    expect(lengths).toEqual([1, 2, 4, 8, 16, 24, 24])
  })

  it('spares the allow-list, this machine, and an operator who is there', async () => {
    await harness.firewall.service.apply(operator, { allowList: ['192.0.2.0/24'] })
    abuse().notePresent('198.51.100.9')

    for (const address of ['192.0.2.77', '127.0.0.1', '::1', '198.51.100.9', 'unknown'])
      fail(address, 5 * MOST)
    expect(banned()).toEqual([])

    await harness.clock.pass(13 * 3_600_000)
    fail('198.51.100.9')
    expect(banned()).toEqual(['198.51.100.9'])
  })

  it('of many networks at once are told in a few calls, not one each (section 6)', async () => {
    const addresses = Array.from({ length: 500 }, (_, at) => `203.0.${at >> 8}.${at & 255}`)
    for (const address of addresses) fail(address)
    await harness.clock.pass(0)

    expect(harness.node.firewall.bans.size).toBe(500)
    const calls = harness.node.calls.filter((call) => call.startsWith('change-bans'))
    expect(calls.length).toBeLessThan(5)
  })

  it('is none where the node is against it, and is not shown as one', async () => {
    harness.node.firewall.mayNotBan = () => 'Somebody who looks after this machine is there.'

    fail('203.0.113.9')
    await harness.clock.pass(0)

    expect(banned()).toEqual([])
    expect(harness.node.firewall.bans.size).toBe(0)
  })

  it('counts what the proxy refuses', () => {
    harness.firewall.start()

    harness.proxy.refuse('203.0.113.50', THRESHOLDS.proxy.count - 1)
    harness.proxy.refuse('203.0.113.51', THRESHOLDS.proxy.count)

    expect(banned()).toEqual(['203.0.113.51'])
  })

  it('bans nobody for having read a page that made the browser ask for what is not here', () => {
    harness.firewall.start()
    const { count } = THRESHOLDS.proxy

    harness.proxy.refuse('203.0.113.50', 0, 100 * count)
    expect(banned()).toEqual([])

    // Beside what no page can cause they count as much as that, and no more.
    harness.proxy.refuse('203.0.113.51', count / 2 - 1, 100 * count)
    expect(banned()).toEqual([])
    harness.proxy.refuse('203.0.113.51', 1)
    expect(banned()).toEqual(['203.0.113.51'])
  })

  it('never blames a trusted proxy for its visitors', () => {
    const found: string[] = []
    const trusting = createAbuse({
      clock: createFakeClock(),
      allowList: () => [],
      trustedProxies: () => ['10.0.0.0/8'],
      say: () => {},
      onTooMuch: ({ network }) => found.push(network),
    })

    for (let turn = 0; turn < 5 * MOST; turn += 1) trusting.note('10.1.2.3', 'token')

    expect(found).toEqual([])
  })

  it('leaves one line for each failure, for fail2ban and CrowdSec', () => {
    const lines: unknown[] = []
    const saying = createAbuse({
      clock: createFakeClock(),
      allowList: () => [],
      trustedProxies: () => [],
      say: (event, details) => lines.push({ event, ...details }),
      onTooMuch: () => {},
    })

    saying.note('203.0.113.9', 'ssh')
    saying.note('203.0.113.9', 'proxy', 40)
    saying.note('203.0.113.9', 'proxy', 0, 40)
    saying.note('no address', 'ssh')

    expect(lines).toEqual([
      { event: 'abuse.failure', kind: 'ssh', address: '203.0.113.9' },
      { event: 'abuse.failure', kind: 'proxy', address: '203.0.113.9', count: 40 },
    ])
  })
})

describe('a ban by hand', () => {
  it('is made and lifted, and is told to the node again after a restart', async () => {
    const ban = await bans().ban(operator, { address: '203.0.113.9', seconds: 600 })
    harness.node.firewall.bans.clear()

    await harness.restartFirewall().bans.round()
    expect([...harness.node.firewall.bans.keys()]).toEqual(['203.0.113.9'])

    await bans().lift(operator, ban.id)
    expect(banned()).toEqual([])
    expect(harness.node.firewall.bans.size).toBe(0)
    await expect(bans().lift(operator, ban.id)).rejects.toThrow(coded('BAN_NOT_FOUND'))
    expect(harness.audited()).toContain('ban.lift 203.0.113.9')
  })

  it('is told to the node, or lifted there, once it is back (section 6)', async () => {
    await bans().ban(operator, { address: '203.0.113.9' })
    await bans().round()
    harness.node.away = 'AGENT_UNREACHABLE'
    await expect(bans().lift(operator, '203.0.113.9')).rejects.toThrow(coded('AGENT_UNREACHABLE'))
    fail('203.0.113.10')
    await harness.clock.pass(0)

    harness.node.away = undefined
    expect([...harness.node.firewall.bans.keys()]).toEqual(['203.0.113.9'])
    await bans().round()

    expect(banned()).toEqual(['203.0.113.10'])
    expect([...harness.node.firewall.bans.keys()]).toEqual(['203.0.113.10'])
  })

  it('that was lifted is lifted on the node after a crash before it was told, too', async () => {
    await bans().ban(operator, { address: '203.0.113.9' })
    harness.node.away = 'AGENT_UNREACHABLE'
    await expect(bans().lift(operator, '203.0.113.9')).rejects.toThrow(coded('AGENT_UNREACHABLE'))
    harness.node.away = undefined

    await harness.restartFirewall().bans.round()

    expect(harness.node.firewall.bans.size).toBe(0)
  })

  it('is lifted by its address, too', async () => {
    await bans().ban(operator, { address: '2001:db8:1:2:3::4' })

    await bans().lift(operator, '2001:db8:1:2:9::9')

    expect(banned()).toEqual([])
  })

  it('is refused for where one is, for the allow-list, and where the node is against it', async () => {
    await harness.firewall.service.apply(operator, { allowList: ['192.0.2.0/24'] })
    harness.node.firewall.mayNotBan = (address) =>
      address === '203.0.113.1' ? 'That is the gateway.' : undefined

    for (const address of ['198.51.100.9', '192.0.2.1', '127.0.0.1', '203.0.113.1'])
      await expect(bans().ban(operator, { address }), address).rejects.toThrow(coded('BAN_REFUSED'))

    expect(banned()).toEqual([])
  })

  it('is nobody’s without the right', async () => {
    const reader: Actor = { ...operator, permissions: new Set(['firewall.read']) }

    await expect(bans().ban(reader, { address: '203.0.113.9' })).rejects.toThrow(
      coded('PERMISSION_DENIED'),
    )
  })
})

describe('the ways in', () => {
  it('count wrong passwords, links and tokens, and know operators by where they come from', async () => {
    const { access, teamId, addUser } = createAccessHarness()
    addUser('viewer', 'viewer')
    const noted: string[] = []
    const watched = withAbuseNotes(access, {
      note: (address, kind) => noted.push(`${kind} ${address}`),
      notePresent: (address) => noted.push(`present ${address}`),
    })

    await expect(watched.signIn.byPassword('admin', 'wrong', CLIENT)).rejects.toThrow(
      coded('SIGN_IN_FAILED'),
    )
    expect(() => watched.signIn.byLink('used', CLIENT)).toThrow(coded('SIGN_IN_LINK_INVALID'))
    expect(() => watched.authenticateToken('vxt_api_wrong', '203.0.113.9')).toThrow(
      coded('TOKEN_INVALID'),
    )
    const { token } = access.createSignInLink()
    const { sessionId } = watched.signIn.byLink(token, CLIENT)
    watched.sessions.authenticate(sessionId, '198.51.100.9')
    const viewers = watched.signIn.byLink(access.createSignInLink('viewer').token, CLIENT)
    watched.sessions.authenticate(viewers.sessionId, '198.51.100.10')

    expect(noted).toEqual([
      `sign-in ${CLIENT.address}`,
      `sign-in ${CLIENT.address}`,
      'token 203.0.113.9',
      'present 198.51.100.9',
    ])
    expect(teamId).not.toBe('')
  })
})

describe('a token that has expired or was revoked', () => {
  it('is not valid, and no guess: whoever still asks with it is not banned', () => {
    const { access, pass } = createAccessHarness()
    const noted: string[] = []
    const watched = withAbuseNotes(access, {
      note: (address, kind) => noted.push(`${kind} ${address}`),
      notePresent: () => {},
    })
    const wish = CreateToken.parse({ name: 'poller', expiresInDays: 1 })
    const { token } = access.tokens.create(access.rootActor(), wish)
    const revoked = access.tokens.create(access.rootActor(), { ...wish, name: 'old CI' })
    access.tokens.revoke(access.rootActor(), revoked.id)
    pass(2 * 86_400_000)

    expect(() => watched.authenticateToken(revoked.token, '198.51.100.9')).toThrow(
      coded('TOKEN_INVALID'),
    )
    expect(() => watched.authenticateToken(token, '198.51.100.9')).toThrow(coded('TOKEN_INVALID'))
    expect(noted).toEqual([])
    expect(() => watched.authenticateToken(`${token}x`, '198.51.100.9')).toThrow(
      coded('TOKEN_INVALID'),
    )
    expect(noted).toEqual(['token 198.51.100.9'])
  })
})

describe('where an app may connect to', () => {
  it('is the internet and nothing else until somebody says so, and reaches the node', async () => {
    harness.addApp()
    const { egress } = harness.firewall

    expect(egress.get(operator, 'hello')).toEqual({ internet: true, smtp: false, allow: [] })
    const allow = [{ cidr: '10.0.0.5', protocol: 'tcp' as const, ports: ['5432'] }]
    await egress.change(operator, 'hello', { allow })
    await egress.change(operator, 'hello', { smtp: true })

    expect(egress.get(operator, 'hello')).toEqual({ internet: true, smtp: true, allow })
    expect(harness.node.firewall.loaded().egress).toMatchObject([{ internet: true, smtp: true }])
    const developer: Actor = { ...operator, permissions: new Set(['app.read', 'app.change']) }
    await expect(egress.change(developer, 'hello', { smtp: false })).rejects.toThrow(
      coded('PERMISSION_DENIED'),
    )
    expect(harness.audited().filter((line) => line === 'egress.change hello')).toHaveLength(2)
  })

  it('is kept where the node is away, and told when it is back', async () => {
    harness.addApp()
    harness.node.away = 'AGENT_UNREACHABLE'

    await harness.firewall.egress.change(operator, 'hello', { internet: false })
    expect(harness.node.firewall.loaded().egress).toEqual([])
    harness.node.away = undefined
    await harness.firewall.changes.round()

    expect(harness.node.firewall.loaded().egress).toMatchObject([{ internet: false }])
  })
})
