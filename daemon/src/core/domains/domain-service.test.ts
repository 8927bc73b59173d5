import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AddDomain } from '@vastrox/shared/domain.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createTeamStore } from '#store/team-store.ts'
import { createDnsServer, type DnsServer } from '#test/dns-server.ts'
import { owner } from '#test/fakes/actors.ts'
import { createHarness, type Harness } from '#test/harness.ts'
import { createTestDomains, type TestDomains } from '#test/test-domains.ts'

const coded = (code: string, reason?: RegExp) =>
  expect.objectContaining({
    code,
    ...(reason && { details: expect.objectContaining({ reason: expect.stringMatching(reason) }) }),
  })
const PLAIN = { redirectTo: null, withCounterpart: false, prove: false }
const wish = (host: string, changes: Partial<AddDomain> = {}): AddDomain => ({
  host,
  ...PLAIN,
  ...changes,
})

let harness: Harness
let domains: TestDomains
let dns: DnsServer
beforeEach(async () => {
  dns = await createDnsServer({})
  harness = createHarness()
  const audit = createAuditLog({
    audit: createAuditStore(harness.db),
    clock: harness.clock,
    key: Buffer.alloc(32, 7),
  })
  domains = createTestDomains(harness, {
    audit,
    checks: { dnsServers: [dns.address], httpPort: 9 },
  })
  harness.addApp()
  await harness.start()
})
afterEach(async () => {
  await domains.stop()
  await dns.close()
})

const add = (host: string, changes?: Partial<AddDomain>, app = 'hello', actor = harness.actor) =>
  domains.service.add(actor, app, wish(host, changes))
const hosts = (app = 'hello') =>
  harness.routing
    .snapshot()
    .routes.filter((route) => route.app === app)
    .map(({ host }) => host)
    .toSorted()
const actions = () =>
  createAuditStore(harness.db)
    .list(harness.actor, undefined, 50)
    .map(({ action }) => action)

describe('a domain', () => {
  it('is routed at once, and removed at once, the app’s own name untouched', async () => {
    await harness.deploy('a1')

    const { domain, offer } = await add('example.com')
    expect(domain).toMatchObject({ host: 'example.com', isPrimary: true, isServed: true })
    expect(offer).toBe('www.example.com')
    expect(hosts()).toEqual(['example.com', 'hello.localhost'])
    expect(domains.wanted).toEqual(['example.com'])

    await domains.service.remove(harness.actor, 'hello', 'example.com')
    expect(hosts()).toEqual(['hello.localhost'])
    expect(domains.service.list(harness.actor, 'hello')).toEqual([])
    expect(actions()).toEqual(expect.arrayContaining(['domain.add', 'domain.remove']))
  })

  it('waits for the first deployment where nothing runs yet', async () => {
    await add('example.com')
    expect(hosts()).toEqual([])

    await harness.deploy('a1')

    expect(hosts()).toEqual(['example.com', 'hello.localhost'])
  })

  it('comes with its counterpart in one act, as a redirect', async () => {
    await harness.deploy('a1')

    const { domain, also } = await add('www.example.co.uk', { withCounterpart: true })

    expect(domain).toMatchObject({ host: 'www.example.co.uk', isPrimary: true, redirectTo: null })
    expect(also).toMatchObject({ host: 'example.co.uk', redirectTo: 'www.example.co.uk' })
    expect(hosts()).toEqual(['example.co.uk', 'hello.localhost', 'www.example.co.uk'])
  })

  it('offers no counterpart of deeper names, nor one that is there', async () => {
    expect((await add('shop.example.com')).offer).toBeNull()
    await add('www.example.com')
    expect((await add('example.com')).offer).toBeNull()
  })

  it('is shown for people and stored for machines', async () => {
    const { domain } = await add('xn--bcher-kva.de')

    expect(domain).toMatchObject({ host: 'xn--bcher-kva.de', unicode: 'bücher.de' })
    const star = await add('*.xn--bcher-kva.de')
    expect(star.domain).toMatchObject({ unicode: '*.bücher.de', isPrimary: false })
  })

  it.each([
    ['apps.test', 'DOMAIN_RESERVED'],
    ['other.apps.test', 'DOMAIN_RESERVED'],
    ['*.apps.test', 'DOMAIN_RESERVED'],
    ['co.uk', 'DOMAIN_IS_SUFFIX'],
    ['*.co.uk', 'DOMAIN_IS_SUFFIX'],
    ['github.io', 'DOMAIN_IS_SUFFIX'],
  ])('cannot be %s', async (host, code) => {
    await expect(add(host)).rejects.toEqual(coded(code))
    expect(domains.service.list(harness.actor, 'hello')).toEqual([])
  })
})

describe('redirects and the primary domain', () => {
  it('turn round: the target becomes the address, and nothing leads on twice', async () => {
    await add('example.com', { withCounterpart: true })
    const change = (host: string, changes: object) =>
      domains.service.change(harness.actor, 'hello', host, changes)

    await expect(change('example.com', { redirectTo: 'www.example.com' })).rejects.toEqual(
      coded('DOMAIN_REDIRECT_INVALID', /redirects itself/),
    )
    await change('www.example.com', { redirectTo: null })
    await change('example.com', { redirectTo: 'www.example.com' })

    expect(domains.service.list(harness.actor, 'hello')).toMatchObject([
      { host: 'www.example.com', isPrimary: true, redirectTo: null },
      { host: 'example.com', isPrimary: false, redirectTo: 'www.example.com' },
    ])
    await add('other.example.com')
    await expect(change('www.example.com', { redirectTo: 'other.example.com' })).rejects.toEqual(
      coded('DOMAIN_REDIRECT_INVALID', /one redirect must not lead to another/),
    )
    for (const [host, changes, reason] of [
      ['example.com', { isPrimary: true }, /redirects to/],
      ['other.example.com', { redirectTo: 'other.example.com' }, /itself/],
      ['other.example.com', { redirectTo: 'else.example.com' }, /not a domain of the app/],
    ] as const)
      await expect(change(host, changes)).rejects.toEqual(coded('DOMAIN_REDIRECT_INVALID', reason))
  })

  it('have an heir when the primary one is removed', async () => {
    await add('example.com', { withCounterpart: true })

    await domains.service.remove(harness.actor, 'hello', 'example.com')

    expect(domains.service.list(harness.actor, 'hello')).toMatchObject([
      { host: 'www.example.com', isPrimary: true, redirectTo: null },
    ])
  })
})

describe('a domain that moves', () => {
  it('is the other app’s in one snapshot, with no request between that finds nobody', async () => {
    harness.addApp('other')
    await harness.deploy('a1')
    await add('example.com')
    await expect(
      domains.service.move(harness.actor, 'hello', 'example.com', 'other'),
    ).rejects.toEqual(coded('DOMAIN_MOVE_REFUSED', /nothing deployed/))
    await harness.deploy('b1', { appName: 'other' })
    const before = harness.routing.snapshot().generation
    const idOf = (host: string) =>
      harness.routing.snapshot().routes.find((route) => route.host === host)?.id
    const ids = { moved: idOf('example.com'), stayed: idOf('hello.localhost') }

    await domains.service.move(harness.actor, 'hello', 'example.com', 'other')

    expect(hosts()).toEqual(['hello.localhost'])
    expect(hosts('other')).toEqual(['example.com', 'other.localhost'])
    // What the proxy has kept by the id of a route is the former app's, and goes with it (decision 137).
    expect(idOf('example.com')).not.toBe(ids.moved)
    expect(idOf('hello.localhost')).toBe(ids.stayed)
    const sent = harness.proxy.published.filter(({ generation }) => generation > before)
    for (const { routes } of sent) expect(routes.map(({ host }) => host)).toContain('example.com')
    expect(domains.service.list(harness.actor, 'other')).toMatchObject([{ isPrimary: true }])
  })
})

describe('who has a name', () => {
  const STRANGER = owner({ id: 'user9', teamId: 'team9' })
  beforeEach(() => {
    createTeamStore(harness.db).insertForPlatform('team9', 'nine', '2026-11-22T12:00:00.000Z')
    harness.addApp('theirs', {}, STRANGER)
  })

  it('is one app of the platform, and nobody is told whose', async () => {
    await add('example.com')
    harness.addApp('second')

    await expect(add('example.com', {}, 'second')).rejects.toEqual(
      coded('DOMAIN_TAKEN', /move it with domains:move/),
    )
    const refused = await add('example.com', {}, 'theirs', STRANGER).catch(
      (error: unknown) => error,
    )
    expect(refused).toEqual(coded('DOMAIN_TAKEN'))
    expect(JSON.stringify(refused)).not.toMatch(/hello|team1/)
    await expect(domains.service.remove(STRANGER, 'hello', 'example.com')).rejects.toEqual(
      coded('APP_NOT_FOUND'),
    )
  })

  it('must be proven beside, above or beneath a name of another team, and is served from then on', async () => {
    await harness.deploy('a1')
    await add('example.com')

    for (const host of ['*.example.com', 'shop.example.com']) {
      const { domain } = await add(host, {}, 'theirs', STRANGER)
      expect(domain).toMatchObject({
        isServed: false,
        proof: { name: expect.stringMatching(/^_vastrox\./) },
      })
    }
    expect(hosts('theirs')).toEqual([])
    const [, shop] = domains.service.list(STRANGER, 'theirs')
    dns.set({ '_vastrox.shop.example.com': { TXT: ['something else', shop?.proof?.value ?? ''] } })
    const proven = await domains.service.check(
      STRANGER,
      'theirs',
      'shop.example.com',
      new AbortController().signal,
    )

    expect(proven).toMatchObject({ isServed: true, proof: null })
    expect(domains.wanted).toContain('shop.example.com')
  })

  it('changes hands by a proof alone', async () => {
    await harness.deploy('a1')
    await add('example.com')

    const { domain } = await add('example.com', { prove: true }, 'theirs', STRANGER)
    expect(hosts()).toContain('example.com')
    dns.set({ '_vastrox.example.com': { TXT: [domain.proof?.value ?? ''] } })
    await domains.service.check(STRANGER, 'theirs', 'example.com', new AbortController().signal)

    expect(hosts()).toEqual(['hello.localhost'])
    expect(domains.service.list(harness.actor, 'hello')).toEqual([])
    expect(domains.service.list(STRANGER, 'theirs')).toMatchObject([{ isServed: true }])
    expect(actions()).toContain('domain.lost')
  })

  it('must be proven where a star would answer for the dashboard’s host, whoever claims it', async () => {
    const audit = { append: () => {} }
    const other = createTestDomains(harness, {
      audit,
      baseDomain: 'panel.example.com',
      checks: { dnsServers: [dns.address], httpPort: 9 },
    })

    const star = await other.service.add(STRANGER, 'theirs', wish('*.example.com'))
    const plain = await other.service.add(STRANGER, 'theirs', wish('*.example.net'))
    await other.stop()

    expect(star.domain).toMatchObject({ isServed: false, proof: { name: '_vastrox.example.com' } })
    expect(plain.domain).toMatchObject({ isServed: true })
  })

  it('is free once its app is in the trash', async () => {
    await add('example.com')
    harness.apps.markDestroyed(harness.actor, harness.app().id, '2026-11-22T12:00:00.000Z')

    const { domain } = await add('example.com', {}, 'theirs', STRANGER)

    expect(domain).toMatchObject({ isServed: true })
  })
})
