import type { AlertEvent } from '@vastrox/shared/alert.ts'
import { DEFAULT_ROUTE_SETTINGS } from '@vastrox/shared/route-settings.ts'
import { AddUptimeCheck } from '@vastrox/shared/uptime.ts'
import { describe, expect, it } from 'vitest'
import { createAuditLog } from '#core/audit/audit-log.ts'
import type { UptimeFound, UptimeLook } from '#ports/uptime-probe.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createRouteSettingsStore } from '#store/route-settings-store.ts'
import { createHarness, type Harness } from '#test/harness.ts'
import { idleUptime } from '#test/idle-uptime.ts'

const UP: UptimeFound = {
  isUp: true,
  isSlow: false,
  reason: null,
  tookMs: 12,
  certificateDays: null,
}
const DOWN: UptimeFound = { ...UP, isUp: false, reason: 'It answers 500.' }

/** What answers is what a test says; every look is written down. */
function createWatch(
  harness: Harness,
  wait: (look: UptimeLook, signal: AbortSignal) => Promise<void> = async () => {},
) {
  const { db, events, clock, newId } = harness
  const problems: string[] = []
  const watch = {
    looks: [] as { look: UptimeLook; atS: number }[],
    /** By a part of the target. */
    answers: new Map<string, UptimeFound>(),
    notes: [] as AlertEvent[],
    settled: [] as string[],
    metrics: [] as string[],
    problems,
  }
  const begin = clock.now().getTime()
  const parts = idleUptime(
    {
      db,
      events,
      clock,
      newId,
      audit: createAuditLog({ audit: createAuditStore(db), clock, key: Buffer.alloc(32, 7) }),
      onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
    },
    {
      addresses: { resolve: async () => ['203.0.113.7'] },
      probe: {
        look: async (look, signal) => {
          await wait(look, signal).catch(() => undefined)
          watch.looks.push({ look, atS: (clock.now().getTime() - begin) / 1_000 })
          const found = [...watch.answers].findLast(([part]) => look.target.includes(part))
          return found?.[1] ?? UP
        },
      },
      isDown: harness.reconciler.isDown,
      alerts: {
        note: (event) => watch.notes.push(event),
        settle: (key) => watch.settled.push(key),
      },
      addMetric: (_at, series, value) => watch.metrics.push(`${series} ${value}`),
    },
  )
  return { ...watch, ...parts, watch }
}

const wish = (more: Partial<AddUptimeCheck> = {}) =>
  AddUptimeCheck.parse({ kind: 'http', target: 'https://shop.example/health', ...more })

async function added(more: Partial<AddUptimeCheck> = {}) {
  const harness = createHarness()
  const parts = createWatch(harness)
  const service = await parts.load()
  parts.start()
  const check = await service.add(harness.actor, wish(more))
  await harness.clock.pass(1_000)
  return { harness, ...parts, service, check, now: () => service.get(harness.actor, check.id) }
}

describe('a check that somebody has added', () => {
  it('is looked at right away, then in its interval, and never in step', async () => {
    const { harness, looks, now } = await added({ everyMs: 60_000 })

    await harness.clock.pass(600_000)

    expect(looks.length).toBeGreaterThanOrEqual(10)
    expect(looks.length).toBeLessThanOrEqual(12)
    expect(looks[0]?.atS).toBeLessThan(1)
    expect(now()).toMatchObject({ state: 'up', reason: null, lastMs: 12, incidents: [] })
  })

  it('gets its turn however many others answer nobody, and so does an app', async () => {
    const harness = createHarness()
    const parts = createWatch(harness, (look, signal) =>
      look.target.includes('hole') ? harness.clock.sleep(30_000, signal) : Promise.resolve(),
    )
    const service = await parts.load()
    parts.start()
    for (let at = 0; at < 40; at += 1)
      await service.add(
        harness.actor,
        wish({ target: `https://hole${at}.example/`, timeoutMs: 30_000, everyMs: 60_000 }),
      )
    await service.add(harness.actor, wish({ target: 'https://last.example/' }))

    await harness.clock.pass(20 * 60_000)

    const targets = new Set(parts.looks.map(({ look }) => look.target))
    expect(targets.size).toBe(41)
    expect(
      parts.looks.filter(({ look }) => look.target === 'https://last.example/').length,
    ).toBeGreaterThan(1)
  }, 60_000)

  it('is down once a second look after 10 s has found the same, from the first of them on', async () => {
    const { harness, watch, now } = await added()
    watch.answers.set('shop', DOWN)
    const before = harness.clock.now().getTime()

    await harness.clock.pass(66_000)
    const first = watch.looks.find(({ atS }) => atS > 2)?.atS ?? 0
    expect(now().state).toBe('up')
    await harness.clock.pass(11_000)

    expect(now()).toMatchObject({
      state: 'down',
      reason: 'It answers 500.',
      incidents: [{ endedAt: null, reason: 'It answers 500.' }],
    })
    const { startedAt } = now().incidents[0] ?? { startedAt: '' }
    expect(Math.abs(Date.parse(startedAt) - before + 1_000 - first * 1_000)).toBeLessThan(100)
    expect(watch.notes).toEqual([
      expect.objectContaining({ key: `uptime:${now().id}`, rule: 'check-down' }),
    ])
  })

  it('is not down for a look that failed alone', async () => {
    const { harness, watch, now } = await added()
    watch.answers.set('shop', DOWN)

    const count = watch.looks.length
    while (watch.looks.length === count) await harness.clock.pass(1_000)
    watch.answers.clear()
    await harness.clock.pass(60_000)

    expect(now()).toMatchObject({ state: 'up', incidents: [] })
    expect(watch.notes).toEqual([])
    expect(now().availability.day).toBe(100)
  })

  it('is up again at the first look that finds it well: the incident ends, the alert is settled', async () => {
    const { harness, watch, now } = await added({ everyMs: 3_600_000 })
    watch.answers.set('shop', DOWN)
    await harness.clock.pass(4_200_000)
    expect(now().state).toBe('down')
    watch.answers.clear()

    // Who is down is looked at each minute, however seldom otherwise.
    await harness.clock.pass(70_000)

    expect(now()).toMatchObject({ state: 'up', reason: null })
    expect(now().incidents).toEqual([
      { startedAt: expect.any(String), endedAt: expect.any(String), reason: 'It answers 500.' },
    ])
    expect(watch.settled).toContain(`uptime:${now().id}`)
  })

  it('tells its looks as series, and its availability without rounding up', async () => {
    const { harness, watch, check, now } = await added()
    await harness.clock.pass(3_600_000)
    watch.answers.set('shop', DOWN)
    await harness.clock.pass(180_000)

    expect(watch.metrics).toContain(`uptime:${check.id}/up 100`)
    expect(watch.metrics).toContain(`uptime:${check.id}/took 12`)
    expect(watch.metrics).toContain(`uptime:${check.id}/up 0`)
    const { day, week, quarter } = now().availability
    expect(day).toBeGreaterThan(90)
    expect(day).toBeLessThan(99)
    expect([week, quarter]).toEqual([day, day])
  })

  it('is slow, and no alert, when answers take too long', async () => {
    const { harness, watch, now } = await added({ expect: { slowMs: 100 } })
    watch.answers.set('shop', { ...UP, isSlow: true, tookMs: 250, reason: 'It took 250 ms.' })

    await harness.clock.pass(90_000)

    expect(now()).toMatchObject({ state: 'slow', reason: 'It took 250 ms.', incidents: [] })
    expect(now().availability.day).toBe(100)
    expect(watch.notes).toEqual([])
  })

  it('tells of a certificate that ends soon, once for each day, and that it was renewed', async () => {
    const { harness, watch, check } = await added()
    watch.answers.set('shop', { ...UP, certificateDays: 9 })
    await harness.clock.pass(300_000)

    expect(watch.notes).toEqual([
      expect.objectContaining({
        key: `uptime-certificate:${check.id}`,
        rule: 'certificate-days',
        title: 'The certificate of shop.example/health ends in 9 days',
      }),
    ])
    watch.answers.set('shop', { ...UP, certificateDays: 89 })
    await harness.clock.pass(70_000)
    expect(watch.settled).toContain(`uptime-certificate:${check.id}`)
  })

  it('is left alone while it is off, and what was open ends', async () => {
    const { harness, watch, service, check, now } = await added()
    watch.answers.set('shop', DOWN)
    await harness.clock.pass(90_000)
    expect(now().state).toBe('down')

    await service.change(harness.actor, check.id, { isOn: false })
    await harness.clock.pass(1_000)
    const count = watch.looks.length
    await harness.clock.pass(600_000)

    expect(watch.looks).toHaveLength(count)
    expect(now()).toMatchObject({ state: 'paused', reason: 'It is switched off.', isOn: false })
    expect(now().incidents[0]?.endedAt).not.toBeNull()
    expect(watch.settled).toContain(`uptime:${check.id}`)
  })

  it('goes with everything that was known of it, and nobody is told of it any more', async () => {
    const { harness, watch, service, check } = await added()
    watch.answers.set('shop', DOWN)
    await harness.clock.pass(90_000)

    service.remove(harness.actor, check.id)
    const count = watch.looks.length
    await harness.clock.pass(600_000)

    expect(watch.looks).toHaveLength(count)
    expect(watch.settled.at(-2)).toBe(`uptime:${check.id}`)
    expect(() => service.get(harness.actor, check.id)).toThrow(
      expect.objectContaining({ code: 'UPTIME_CHECK_NOT_FOUND' }),
    )
    expect(watch.problems).toEqual([])
  })

  it('is still down for the next daemon, which neither begins anew nor forgets whom to tell', async () => {
    const { harness, watch, stop, now } = await added()
    watch.answers.set('shop', DOWN)
    await harness.clock.pass(90_000)
    const before = now()
    await harness.clock.until(stop())

    const next = createWatch(harness)
    next.answers.set('shop', DOWN)
    next.start()
    await harness.clock.pass(90_000)

    const after = (await next.load()).get(harness.actor, before.id)
    expect(after).toMatchObject({ state: 'down', since: before.since })
    expect(after.incidents).toEqual(before.incidents)
    expect(next.notes).toHaveLength(1)
    expect(after.availability.day).toBeLessThan(100)
  })

  it('is refused where no look could be made of it', async () => {
    const { harness, service } = await added()
    const refusals = [
      wish({ target: 'ftp://shop.example' }),
      wish({ target: 'https://me:secret@shop.example/' }),
      wish({ kind: 'tcp', target: 'db.example' }),
      wish({ kind: 'tcp', target: 'db.example:5432', expect: { contains: 'ready' } }),
      wish({ method: 'HEAD', expect: { contains: 'ready' } }),
      wish({ everyMs: 30_000, timeoutMs: 30_000 }),
    ]

    for (const refused of refusals)
      await expect(service.add(harness.actor, refused)).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      })
    expect(service.list(harness.actor, { limit: 200 }).items).toHaveLength(1)
  })
})

describe('the check of an app’s own', () => {
  async function deployed() {
    const harness = createHarness()
    const app = harness.addApp()
    await harness.start()
    await harness.deploy('a1')
    await harness.clock.pass(61_000)
    const parts = createWatch(harness)
    parts.start()
    const service = await parts.load()
    const own = () => {
      const [check] = service.list(harness.actor, { limit: 10 }).items
      if (!check) throw new Error('it has none')
      return service.get(harness.actor, check.id)
    }
    return { harness, app, ...parts, service, own }
  }

  it('is there from the first day, and asks the proxy for the path that its deployments ask for', async () => {
    const { harness, looks, own } = await deployed()

    await harness.clock.pass(61_000)

    expect(own()).toMatchObject({
      app: 'hello',
      name: 'hello',
      kind: 'http',
      target: '/',
      state: 'up',
    })
    expect(looks[0]?.look).toMatchObject({
      target: 'http://hello.localhost/',
      expect: { status: '200-499', slowMs: 5_000 },
      throughProxy: { alsoUp: [] },
    })
  })

  it('is listed as it is shown alone, with its incidents where they are asked for', async () => {
    const { harness, service, answers, own } = await deployed()
    await service.add(harness.actor, wish())
    answers.set('hello', DOWN)
    await harness.clock.pass(200_000)

    const { items } = service.list(harness.actor, { limit: 200, incidents: true })

    expect(items).toEqual(items.map(({ id }) => service.get(harness.actor, id)))
    expect(items.map(({ incidents }) => incidents?.length)).toEqual([1, 0])
    expect(own().availability.day).toBeLessThan(100)
    const [first] = service.list(harness.actor, { limit: 1 }).items
    expect(first?.incidents).toBeUndefined()
    expect(service.list(harness.actor, { limit: 1 }).nextCursor).toBe(items[0]?.id)
    const rest = service.list(harness.actor, { limit: 1, cursor: items[0]?.id })
    expect(rest).toEqual({
      items: [service.list(harness.actor, { limit: 2 }).items[1]],
      nextCursor: null,
    })
  })

  it('shows and asks for the health path of its settings, or else of its source', async () => {
    const { harness, looks, own } = await deployed()
    const inSource = (path: string | null): void =>
      void harness.db
        .prepare("UPDATE builds SET config_json = json_set(config_json, '$.healthPath', ?)")
        .run(path)

    inSource('/built')
    await harness.clock.pass(61_000)
    expect([own().target, looks.at(-1)?.look.target]).toEqual([
      '/built',
      'http://hello.localhost/built',
    ])
    harness.db
      .prepare("UPDATE apps SET settings_json = json_set(settings_json, '$.healthPath', '/own')")
      .run()
    await harness.clock.pass(61_000)
    expect([own().target, looks.at(-1)?.look.target]).toEqual([
      '/own',
      'http://hello.localhost/own',
    ])
  })

  it('is not looked at before the first deployment', async () => {
    const harness = createHarness()
    harness.addApp()
    const parts = createWatch(harness)
    parts.start()
    await harness.clock.pass(61_000)

    const [check] = (await parts.load()).list(harness.actor, { limit: 10 }).items
    expect(check).toMatchObject({ state: 'paused', reason: 'The app was not deployed yet.' })
    expect(parts.looks).toEqual([])
  })

  it('can have another path, its own again, and be switched off, but not be removed', async () => {
    const { harness, looks, service, own } = await deployed()
    const { id } = own()

    await service.change(harness.actor, id, { target: '/ready' })
    await harness.clock.pass(1_000)
    expect(looks.at(-1)?.look).toMatchObject({
      target: 'http://hello.localhost/ready',
      expect: { slowMs: 5_000 },
    })
    expect(looks.at(-1)?.look.expect.status).toBeUndefined()
    await service.change(harness.actor, id, { target: 'default' })
    expect(own().target).toBe('/')
    await expect(
      service.change(harness.actor, id, { target: 'https://elsewhere.example/' }),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    expect(() => service.remove(harness.actor, id)).toThrow(
      expect.objectContaining({ code: 'UPTIME_CHECK_OF_APP' }),
    )
    expect(await service.change(harness.actor, id, { isOn: false })).toMatchObject({ isOn: false })
  })

  it('pauses while the app is in maintenance, or stopped, and says so', async () => {
    const { harness, app, looks, own, watch } = await deployed()
    await harness.clock.pass(61_000)
    const settings = createRouteSettingsStore(harness.db)
    const inMaintenance = (on: boolean) =>
      settings.saveForPlatform(
        app.id,
        app.teamId,
        {
          ...DEFAULT_ROUTE_SETTINGS,
          maintenance: { ...DEFAULT_ROUTE_SETTINGS.maintenance, on },
        },
        harness.clock.now().toISOString(),
      )

    inMaintenance(true)
    watch.answers.set('hello', DOWN)
    await harness.clock.pass(70_000)
    const count = looks.length
    await harness.clock.pass(120_000)

    expect(own()).toMatchObject({ state: 'paused', reason: 'The app is in maintenance.' })
    expect(looks).toHaveLength(count)
    expect(watch.notes).toEqual([])
    inMaintenance(false)
    watch.answers.clear()
    await harness.clock.pass(70_000)
    expect(own()).toMatchObject({ state: 'up', reason: null })
  })

  it('takes what the proxy says of passwords and addresses for up, as long as an instance runs', async () => {
    const { harness, app, looks, own, watch } = await deployed()
    const settings = createRouteSettingsStore(harness.db)
    const at = harness.clock.now().toISOString()
    settings.saveUserForPlatform(app.id, app.teamId, { name: 'ada', hash: 'x' }, at)
    settings.saveForPlatform(
      app.id,
      app.teamId,
      { ...DEFAULT_ROUTE_SETTINGS, allow: ['203.0.113.0/24'] },
      at,
    )

    await harness.clock.pass(61_000)
    expect(looks.at(-1)?.look.throughProxy).toEqual({ alsoUp: [401, 403] })
    const [name = ''] = harness.node.running()
    harness.node.behave = () => ({ exitCode: 3 })
    for (let crash = 0; crash < 5; crash += 1) {
      harness.node.crash(name, 3)
      await harness.clock.pass(1_100)
    }
    await harness.clock.pass(180_000)

    expect(own()).toMatchObject({ state: 'down', reason: 'No instance of its web process runs.' })
    expect(watch.notes).toEqual([
      expect.objectContaining({ rule: 'app-down', appId: app.id, title: 'hello does not answer' }),
    ])
  })

  it('does not count what fails while a deployment switches', async () => {
    const { harness, app, looks, own, watch } = await deployed()
    await harness.clock.pass(61_000)
    const before = own().availability.day
    harness.routing.writeRoutes(harness.app('hello'), 'held')
    watch.answers.set('hello', DOWN)

    await harness.clock.pass(90_000)
    const during = own()
    harness.routing.writeRoutes(harness.app('hello'), 'serving')
    watch.answers.clear()
    await harness.clock.pass(30_000)

    expect(looks.length).toBeGreaterThan(2)
    expect(during).toMatchObject({ state: 'up', incidents: [] })
    expect(own()).toMatchObject({ state: 'up', availability: { day: before } })
    expect(watch.notes).toEqual([])
    expect(app.name).toBe('hello')
  })

  it('is shown to those alone who may see the app', async () => {
    const { harness, service, app } = await deployed()
    await service.add(harness.actor, wish())
    const someApps = (ids: string[]) => ({ ...harness.actor, appIds: new Set(ids) })

    expect(service.list(harness.actor, { limit: 10 }).items).toHaveLength(2)
    expect(service.ofApp(someApps([app.id]), 'hello')).toMatchObject({
      app: 'hello',
      incidents: [],
    })
    expect(() => service.ofApp(someApps([]), 'hello')).toThrow(
      expect.objectContaining({ code: 'APP_NOT_FOUND' }),
    )
    expect(() => service.list(someApps([app.id]), { limit: 10 })).toThrow(
      expect.objectContaining({ code: 'PERMISSION_DENIED' }),
    )
  })
})
