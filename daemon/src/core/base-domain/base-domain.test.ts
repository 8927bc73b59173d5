import { describe, expect, it } from 'vitest'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createDomainStore } from '#store/domain-store.ts'
import { createHarness, createWorld, type Harness } from '#test/harness.ts'
import { createTestBaseDomain, type TestBaseDomain } from '#test/test-base-domain.ts'

const DAY_MS = 86_400_000

const auditOf = ({ db, clock }: Harness) =>
  createAuditLog({
    audit: createAuditStore(db),
    clock,
    key: masterKeyOf(Buffer.alloc(32, 7)).deriveKey('audit'),
  })

/** An app that runs, on a platform at `localhost`. */
async function start(options: Partial<Parameters<typeof createTestBaseDomain>[1]> = {}) {
  const harness = createHarness()
  const moving = createTestBaseDomain(harness, { audit: auditOf(harness), ...options })
  harness.addApp('hello')
  await harness.start()
  await harness.deploy('a1')
  return { harness, moving }
}

const routesOf = ({ routing }: Harness) =>
  routing.snapshot().routes.map(({ host, rules }) => [host, rules?.visitorsTo])

const move = ({ service }: TestBaseDomain, harness: Harness, name: string) =>
  service.move(harness.actor, { name, anyway: false })

describe('moving the platform to a domain of its own', () => {
  it('gives every app its new name and sends visitors of the old one on, for 30 days', async () => {
    const { harness, moving } = await start()

    const moved = await move(moving, harness, 'example.com')

    expect(moved).toMatchObject({
      name: 'example.com',
      dashboardUrl: 'https://example.com:8443',
      appUrlPattern: 'http://<app>.example.com',
      isMoving: false,
      former: [{ name: 'localhost', dashboardHost: 'localhost', sendsOn: true }],
      undo: { to: 'localhost' },
    })
    expect(Date.parse(moved.former[0]?.until ?? '') - harness.clock.now().getTime()).toBe(
      30 * DAY_MS,
    )
    expect(routesOf(harness)).toEqual([
      ['hello.example.com', undefined],
      ['hello.localhost', 'hello.example.com'],
    ])
    expect(harness.proxy.published.at(-1)?.settings.baseDomain).toBe('example.com')
    expect(harness.node.written).toEqual([
      { baseDomain: 'example.com', formerDomains: ['localhost'] },
    ])
    expect(moving.told).toEqual(['ensure hello.example.com', 'want again', 'dashboard'])
    expect(harness.auditOf('base-domain.move')).toMatchObject([
      { target: 'example.com', details: { from: 'localhost', to: 'example.com' } },
    ])
  })

  it('sends nobody from a name that browsers trust to one that they do not', async () => {
    const { harness, moving } = await start()
    harness.world.trusted.add('hello.localhost')

    await move(moving, harness, 'example.com')
    expect(routesOf(harness)).toContainEqual(['hello.localhost', undefined])

    harness.world.trusted.add('hello.example.com')
    expect(routesOf(harness)).toContainEqual(['hello.localhost', 'hello.example.com'])
  })

  it('ends the old names by itself when their time is over', async () => {
    const { harness, moving } = await start()
    await move(moving, harness, 'example.com')

    harness.clock.jump(30 * DAY_MS + 1)
    await moving.service.tend()

    expect(routesOf(harness)).toEqual([['hello.example.com', undefined]])
    expect(moving.service.get(harness.actor)).toMatchObject({ former: [], undo: null })
    await expect(moving.service.undo(harness.actor)).rejects.toMatchObject({
      code: 'BASE_DOMAIN_NO_UNDO',
    })
  })

  it('is taken back, and names that were given out meanwhile go on answering', async () => {
    const { harness, moving } = await start()
    await move(moving, harness, 'example.com')

    const back = await moving.service.undo(harness.actor)

    expect(back).toMatchObject({
      name: 'localhost',
      former: [{ name: 'example.com' }],
      undo: null,
    })
    expect(routesOf(harness)).toEqual([
      ['hello.example.com', 'hello.localhost'],
      ['hello.localhost', undefined],
    ])
    expect(harness.node.written.at(-1)).toEqual({
      baseDomain: 'localhost',
      formerDomains: ['example.com'],
    })
  })

  it('keeps the names of several moves, all of which lead to the last', async () => {
    const { harness, moving } = await start()
    await move(moving, harness, 'one.example')
    await move(moving, harness, 'two.example')

    expect(routesOf(harness)).toEqual([
      ['hello.localhost', 'hello.two.example'],
      ['hello.one.example', 'hello.two.example'],
      ['hello.two.example', undefined],
    ])
  })

  it('changes nothing where the DNS does not lead here, and sends nobody on where that is wished', async () => {
    let leads = false
    const { harness, moving } = await start({ leadsHere: () => leads })

    await expect(move(moving, harness, 'example.com')).rejects.toMatchObject({
      code: 'BASE_DOMAIN_ELSEWHERE',
      details: { reason: 'example.com leads elsewhere.' },
    })
    expect(routesOf(harness)).toEqual([['hello.localhost', undefined]])
    expect(moving.service.get(harness.actor).name).toBe('localhost')

    await moving.service.move(harness.actor, { name: 'example.com', anyway: true })
    expect(routesOf(harness)).toContainEqual(['hello.localhost', undefined])

    // Once it does lead here, they are sent on with nobody doing anything.
    leads = true
    await moving.service.tend()
    expect(routesOf(harness)).toContainEqual(['hello.localhost', 'hello.example.com'])
  })

  it('refuses a name that an app has, which would be given the cookies of the dashboard', async () => {
    const { harness, moving } = await start()
    const app = harness.app('hello')
    const claim = (host: string) =>
      createDomainStore(harness.db).saveForPlatform({
        id: host,
        teamId: app.teamId,
        appId: app.id,
        host,
        registrable: 'example.com',
        redirectTo: null,
        isPrimary: false,
        servedSince: harness.clock.now().toISOString(),
        provenAt: null,
        proof: null,
        check: null,
        nextCheckAt: null,
        waitingSince: null,
        createdAt: harness.clock.now().toISOString(),
      })
    claim('*.example.com')

    for (const name of ['apps.example.com', 'localhost'])
      await expect(move(moving, harness, name)).rejects.toMatchObject({
        code: name === 'localhost' ? 'BASE_DOMAIN_SAME' : 'BASE_DOMAIN_TAKEN',
      })

    claim('example.com')
    await expect(move(moving, harness, 'example.com')).rejects.toMatchObject({
      details: { reason: 'hello has example.com.' },
    })
  })

  it('shares the name of the dashboard with no app that is called so, neither the new one nor the old', async () => {
    const { harness, moving } = await start()
    await move(moving, harness, 'example.com')

    await expect(move(moving, harness, 'hello.example.com')).rejects.toMatchObject({
      code: 'BASE_DOMAIN_TAKEN',
      details: { reason: expect.stringContaining('both be at hello.example.com') },
    })

    await move(moving, harness, 'apps.example.com')
    const late = harness.addApp('apps')
    expect(harness.routing.hostsOf(late)).not.toContain('apps.example.com')
    await expect(move(moving, harness, 'example.com')).rejects.toMatchObject({
      code: 'BASE_DOMAIN_TAKEN',
    })
    await moving.service.undo(harness.actor)
    expect(harness.routing.hostsOf(late)).not.toContain('apps.example.com')
  })

  it('claims a name for itself as soon as it moves there', async () => {
    const { harness, moving } = await start()
    const { place } = moving
    place.save(place.newMove({ from: 'localhost', to: 'example.com', by: 'anna' }))

    expect(place.own()).toContain('example.com')
    await moving.service.tend()
    expect(harness.node.written).toEqual([])
  })

  it('sends nobody back to localhost, which is their own machine', async () => {
    const { harness, moving } = await start({ leadsHere: (name) => name !== 'localhost' })
    await move(moving, harness, 'example.com')
    await moving.service.undo(harness.actor)

    expect(routesOf(harness)).toContainEqual(['hello.example.com', undefined])
  })

  it('leaves a claimed name to the app that has it, whatever another app is called', async () => {
    const { harness, moving } = await start()
    const shop = harness.addApp('shop')
    createDomainStore(harness.db).saveForPlatform({
      id: 'd1',
      teamId: shop.teamId,
      appId: shop.id,
      host: 'hello.example.com',
      registrable: 'example.com',
      redirectTo: null,
      isPrimary: false,
      servedSince: harness.clock.now().toISOString(),
      provenAt: null,
      proof: null,
      check: null,
      nextCheckAt: null,
      waitingSince: null,
      createdAt: harness.clock.now().toISOString(),
    })

    await move(moving, harness, 'example.com')

    expect(harness.routing.hostsOf(harness.app('hello'))).toEqual(['hello.localhost'])
    // Nor are its visitors sent there.
    expect(routesOf(harness)).toContainEqual(['hello.localhost', undefined])
  })

  it('leaves everything as it was when config.json cannot be written', async () => {
    const { harness, moving } = await start()
    harness.node.away = 'AGENT_UNREACHABLE'

    await expect(move(moving, harness, 'example.com')).rejects.toMatchObject({
      code: 'AGENT_UNREACHABLE',
    })

    harness.node.away = undefined
    expect(moving.service.get(harness.actor)).toMatchObject({
      name: 'localhost',
      isMoving: false,
      former: [],
    })
    expect(routesOf(harness)).toEqual([['hello.localhost', undefined]])
    await expect(move(moving, harness, 'example.com')).resolves.toMatchObject({
      name: 'example.com',
    })
  })

  for (const at of ['afterBegun', 'afterConfig', 'afterRoutes'])
    it(`is finished by the next daemon when the one before died ${at}`, async () => {
      const { harness, moving } = await start({
        crashPoint: (name) => {
          if (name === `baseDomain.${at}`) throw new Dead()
        },
      })
      const never = move(moving, harness, 'example.com')
      await never.catch(() => {})
      // Nothing that ran after the death counts: the row is put back to where it was.
      harness.db.prepare("UPDATE base_domain_moves SET state = 'moving', ended_at = NULL").run()

      const next = createTestBaseDomain(harness, { audit: auditOf(harness) })
      expect(next.place.baseDomain()).toBe('example.com')
      await next.service.start()

      expect(next.service.get(harness.actor)).toMatchObject({
        name: 'example.com',
        isMoving: false,
        former: [{ name: 'localhost' }],
      })
      expect(routesOf(harness)).toContainEqual(['hello.localhost', 'hello.example.com'])
    })

  it('writes down what root has changed in config.json, and has routes for it', async () => {
    const { harness } = await start()

    const next = createTestBaseDomain(harness, {
      audit: auditOf(harness),
      installation: { baseDomain: 'example.com' },
    })
    await next.service.start()

    expect(next.place.former()).toMatchObject([{ name: 'localhost', sendsOn: false }])
    expect(routesOf(harness)).toEqual([
      ['hello.example.com', undefined],
      ['hello.localhost', undefined],
    ])
  })

  it('says what a move means before anybody makes it', async () => {
    const { harness, moving } = await start({
      canProveByDns: (name) => name === '*.example.com',
      leadsHere: () => false,
    })

    const found = await moving.service.check(harness.actor, 'example.com')

    expect(found.leadsHere).toBe(false)
    expect(found.consequences.join('\n')).toContain('One certificate for *.example.com is ordered')
    expect(found.consequences.join('\n')).toContain('there is a new local CA to trust')
    expect(moving.service.get(harness.actor).name).toBe('localhost')
  })

  it('is for who may change the server alone', async () => {
    const { harness, moving } = await start()
    const guest = { ...harness.actor, permissions: new Set(['node.read'] as const) }

    await expect(move(moving, { ...harness, actor: guest }, 'example.com')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(createWorld().place).toBeUndefined()
  })
})

class Dead extends Error {}
