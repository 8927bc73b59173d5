import { describe, expect, it } from 'vitest'
import { createAddonStore } from '#store/addon-store.ts'
import { addonRecord } from '#test/addon-record.ts'
import { type AlertHarness, createAlertHarness } from '#test/alert-harness.ts'
import { createWorld } from '#test/harness.ts'

const MINUTE = 60_000
const GB = 1e9

const DISK = {
  'disk:local/data/total': 100 * GB,
  'disk:local/data/available': 60 * GB,
  'disk:local/data/inodesUsed': 20,
}
const NODE = {
  'node:local/memoryTotal': 8 * GB,
  'node:local/memoryAvailable': 5 * GB,
  'node:local/memoryPressure': 0,
}
const edge = (id: string, requests: number, serverErrors: number, p95 = 40) => ({
  [`edge:${id}/requests`]: requests,
  [`edge:${id}/serverErrors`]: serverErrors,
  [`edge:${id}/p95`]: p95,
})

/** A machine that is well, with one app. */
function setUp() {
  const harness = createAlertHarness()
  const app = harness.addApp('shop')
  harness.metrics.set({ ...DISK, ...NODE, ...edge(app.id, 10, 0) })
  return { ...harness, app }
}

async function untilTold(
  harness: Pick<AlertHarness, 'notified' | 'metrics'>,
  limitMs: number,
): Promise<number> {
  const before = harness.notified.length
  for (let ms = 0; ms < limitMs; ms += 15_000) {
    if (harness.notified.length > before) return ms
    await harness.metrics.pass(15_000)
  }
  return limitMs
}

describe('a condition over a metric', () => {
  it('fires after its time, is told once, and is resolved once it has stayed well', async () => {
    const harness = setUp()
    const { metrics, notified, announced, titles, firing } = harness
    await metrics.pass(5 * MINUTE)
    expect(await firing()).toEqual([])

    metrics.set({ 'disk:local/data/available': 11.5 * GB })
    const told = await untilTold(harness, 10 * MINUTE)
    await metrics.pass(30 * MINUTE)

    expect(told).toBeGreaterThan(2 * MINUTE)
    expect(told).toBeLessThan(4 * MINUTE)
    expect(titles()).toEqual([
      'The disk of local is nearly full: 115 % of what deployments need is free',
    ])
    expect(notified[0]).toMatchObject({
      kind: 'alert',
      severity: 'warning',
      app: null,
      url: 'https://example.com:8443/disk',
    })
    expect(notified[0]?.text).toContain('it alerts below 130 % for 2 min')
    expect(await firing()).toEqual(['disk-low'])

    metrics.set({ 'disk:local/data/available': 60 * GB })
    await metrics.pass(10 * MINUTE)

    expect(titles()[1]).toBe(
      'Well again: The disk of local is nearly full: 115 % of what deployments need is free',
    )
    expect(notified).toHaveLength(2)
    expect(notified[1]).toMatchObject({ kind: 'resolved', key: notified[0]?.key })
    expect(await firing()).toEqual([])
    expect(announced.map(({ event }) => event)).toEqual(['alert.firing', 'alert.resolved'])
    expect(harness.problems).toEqual([])
  })

  it('says nothing of what passes within its time', async () => {
    const { metrics, notified, rows, announced } = setUp()

    for (let round = 0; round < 5; round += 1) {
      metrics.set({ 'disk:local/data/available': 11.5 * GB })
      await metrics.pass(90_000)
      metrics.set({ 'disk:local/data/available': 60 * GB })
      await metrics.pass(90_000)
    }

    expect(notified).toEqual([])
    expect(announced).toEqual([])
    expect(rows.listOpenForPlatform()).toEqual([])
  })

  it('holds between its limit and where it is well again, and through what comes and goes', async () => {
    const { metrics, notified, titles } = setUp()
    metrics.set({ 'disk:local/data/available': 11.5 * GB })
    await metrics.pass(5 * MINUTE)

    for (let round = 0; round < 20; round += 1) {
      metrics.set({ 'disk:local/data/available': (round % 2 === 0 ? 13.5 : 12) * GB })
      await metrics.pass(2 * MINUTE)
    }
    for (let round = 0; round < 20; round += 1) {
      metrics.set({ 'disk:local/data/available': 15 * GB })
      await metrics.pass(45_000)
      metrics.set({ 'disk:local/data/available': 11.5 * GB })
      await metrics.pass(45_000)
    }

    expect(titles()).toHaveLength(1)
    metrics.set({ 'disk:local/data/available': 50 * GB })
    await metrics.pass(5 * MINUTE)
    expect(notified.map(({ kind }) => kind)).toEqual(['alert', 'resolved'])
  })

  it('holds for longer what has come and gone twice within an hour', async () => {
    const { metrics, notified, rows } = setUp()

    for (let round = 0; round < 6; round += 1) {
      metrics.set({ 'disk:local/data/available': 11.5 * GB })
      await metrics.pass(4 * MINUTE)
      metrics.set({ 'disk:local/data/available': 60 * GB })
      await metrics.pass(4 * MINUTE)
    }

    // Three times it began; the third one held on while it went on coming and going.
    expect(notified.filter(({ kind }) => kind === 'alert')).toHaveLength(3)
    expect(rows.listOpenForPlatform()).toMatchObject([{ holdMs: 15 * MINUTE }])
  })

  it('goes on after a restart of the daemon: pending and firing, told once', async () => {
    const world = createWorld(':memory:')
    const first = createAlertHarness(world)
    const { db } = first
    first.metrics.set({ ...DISK, 'disk:local/data/available': 11.5 * GB })
    await first.metrics.pass(90_000)
    expect(first.rows.listOpenForPlatform()).toMatchObject([{ state: 'pending' }])
    await first.stopAlerts()

    const { idleAlerts } = await import('#test/idle-alerts.ts')
    const titles: string[] = []
    const again = () =>
      idleAlerts(
        {
          ...first,
          finder: { find: () => first.app() },
          audit: first.audit,
          onProblem: (what, error) => first.problems.push(`${what}: ${String(error)}`),
        },
        { source: first.metrics.source, notify: (_, { title }) => titles.push(title) },
      )
    const second = again()
    second.start()
    await first.metrics.pass(45_000)
    expect(first.rows.listOpenForPlatform()).toMatchObject([{ state: 'firing', toldAt: null }])
    await second.stop()

    const third = again()
    third.start()
    await first.metrics.pass(2 * MINUTE)
    await third.stop()
    const fourth = again()
    fourth.start()
    await first.metrics.pass(30 * MINUTE)
    first.metrics.set({ 'disk:local/data/available': 50 * GB })
    await first.metrics.pass(5 * MINUTE)

    expect(titles).toEqual([
      'The disk of local is nearly full: 115 % of what deployments need is free',
      'Well again: The disk of local is nearly full: 115 % of what deployments need is free',
    ])
    expect(first.problems).toEqual([])
    expect(db.open).toBe(true)
  })

  it('neither fires nor ends for want of data, and says that it is missing', async () => {
    const { metrics, notified, alerts, actor } = setUp()
    metrics.set({ 'disk:local/data/available': 11.5 * GB })
    await metrics.pass(5 * MINUTE)

    metrics.set({ 'disk:local/data/available': undefined })
    await metrics.pass(30 * MINUTE)
    const { items } = (await alerts.load()).alerts.list(actor, { state: 'firing', limit: 10 })
    expect(items).toMatchObject([{ rule: 'disk-low', isDataMissing: true }])
    metrics.set({ 'disk:local/data/available': 11.5 * GB })
    await metrics.pass(5 * MINUTE)

    expect(
      (await alerts.load()).alerts.list(actor, { state: 'firing', limit: 10 }).items,
    ).toMatchObject([{ isDataMissing: false }])
    expect(notified).toHaveLength(1)
  })
})

describe('what ends although nothing says that it is well', () => {
  it('ends what was well, came and went often, and is measured no more for a while', async () => {
    const { metrics, rows } = setUp()
    const [bad, good] = [11.5 * GB, 60 * GB]
    for (let round = 0; round < 3; round += 1) {
      metrics.set({ 'disk:local/data/available': bad })
      await metrics.pass(4 * MINUTE)
      metrics.set({ 'disk:local/data/available': good })
      await metrics.pass(3 * MINUTE)
    }
    expect(rows.listOpenForPlatform()).toMatchObject([{ holdMs: 15 * MINUTE }])

    metrics.set({ 'disk:local/data/available': undefined })
    await metrics.pass(5 * MINUTE)
    expect(rows.listOpenForPlatform()).toMatchObject([{ isDataMissing: true }])
    metrics.set({ 'disk:local/data/available': good })
    await metrics.pass(20 * MINUTE)

    expect(rows.listOpenForPlatform()).toEqual([])
  })

  it('ends a rule of one’s own over an add-on that is gone', async () => {
    const { metrics, alerts, actor, firing, db } = setUp()
    createAddonStore(db).insertForPlatform(addonRecord({ teamId: actor.teamId }))
    const { alertRules } = await alerts.load()
    alertRules.add(actor, {
      name: 'Connections run out',
      condition: { of: 'addon', metric: 'connectionsPercent', is: 'above', limit: 80, forMs: 0 },
    })
    metrics.set({ 'addon:addon1/connections': 40, 'addon:addon1/maxConnections': 50 })
    await metrics.pass(2 * MINUTE)
    expect(await firing()).toEqual([])
    metrics.set({ 'addon:addon1/connections': 41 })
    await metrics.pass(2 * MINUTE)
    expect(await firing()).toHaveLength(1)

    db.prepare("UPDATE addons SET destroyed_at = '2026-11-22T13:00:00.000Z'").run()
    metrics.set({ 'addon:addon1/connections': undefined })
    await metrics.pass(2 * MINUTE)

    expect(await firing()).toEqual([])
  })

  it('ends what was told of a certificate whose domain is taken away', async () => {
    const { alerts, audit, actor, clock, firing } = setUp()
    const hosts = ['blog.acme-corp.com']
    const fails = (): void =>
      alerts.hear.ofCertificate({
        teamId: actor.teamId,
        event: 'certificate.failed',
        hosts,
        reason: 'no route',
      })
    fails()
    expect(await firing()).toEqual(['certificate-failed'])
    audit.append({ actor, action: 'domain.remove', target: hosts[0] ?? '', details: {} })
    await clock.pass(2 * MINUTE)
    expect(await firing()).toEqual([])

    // Nobody wants it: its app is gone.
    fails()
    await clock.pass(MINUTE)
    expect(await firing()).toEqual([])
  })

  it('ends that a channel takes nothing once it is switched off', async () => {
    const { audit, actor, clock, firing } = setUp()
    const act = (action: string, details: object): void =>
      audit.append({ actor, action, target: 'ops', details: { id: 'c1', ...details } })
    act('channel.failing', { reason: 'It answers 503.' })
    act('channel.change', { name: 'phones' })
    await clock.pass(3 * MINUTE)
    expect(await firing()).toEqual(['channel-failing'])

    act('channel.change', { isOn: false })
    await clock.pass(3 * MINUTE)

    expect(await firing()).toEqual([])
  })
})

describe('what visitors meet', () => {
  it('tells of errors within three minutes, and names the deployment just before', async () => {
    const harness = setUp()
    const { metrics, app, notified, queue } = harness
    queue.start()
    await metrics.pass(5 * MINUTE)
    await harness.deploy('a1', { appName: 'shop' })
    await metrics.pass(MINUTE)

    metrics.set(edge(app.id, 10, 4))
    const told = await untilTold(harness, 10 * MINUTE)

    expect(told).toBeLessThanOrEqual(3 * MINUTE)
    expect(notified.at(-1)).toMatchObject({ severity: 'critical', app: 'shop' })
    expect(notified.at(-1)?.title).toMatch(/^shop answers \d+(\.\d)? % of requests with an error$/)
    expect(notified.at(-1)?.text).toMatch(/Just before, at .* deployment 1 of shop by anna/)
    metrics.set(edge(app.id, 10, 0))
    await metrics.pass(6 * MINUTE)
    expect(notified.at(-1)?.kind).toBe('resolved')
  })

  it('makes nothing of one error in a quiet hour', async () => {
    const { metrics, app, notified } = setUp()
    metrics.set(edge(app.id, 0.05, 0.05))

    await metrics.pass(60 * MINUTE)

    expect(notified).toEqual([])
  })

  it('measures slowness against what is usual for the app', async () => {
    const harness = setUp()
    const { metrics, app, notified } = harness
    metrics.history.set(
      `edge:${app.id}/p95`,
      Array.from({ length: 600 }, () => 150),
    )
    metrics.set(edge(app.id, 10, 0, 400))
    await metrics.pass(20 * MINUTE)
    expect(notified).toEqual([])

    metrics.set(edge(app.id, 10, 0, 900))
    const told = await untilTold(harness, 15 * MINUTE)

    expect(told).toBeLessThanOrEqual(8 * MINUTE)
    expect(notified[0]?.title).toContain('shop is slower than usual')
  })
})

describe('alerts that come of one another', () => {
  it('names ten failing apps in one message when the machine is out of memory', async () => {
    const harness = createAlertHarness()
    const apps = Array.from({ length: 10 }, (_, at) => harness.addApp(`app-${at}`))
    const { metrics, notified, rows } = harness
    metrics.set({ ...DISK, ...NODE })
    for (const { id } of apps) metrics.set(edge(id, 10, 0))
    await metrics.pass(5 * MINUTE)

    metrics.set({ 'node:local/memoryAvailable': 0.2 * GB, 'node:local/memoryPressure': 60 })
    await metrics.pass(45_000)
    for (const { id } of apps) metrics.set(edge(id, 10, 9))
    await metrics.pass(15 * MINUTE)

    const alerts = notified.filter(({ kind }) => kind === 'alert')
    expect(alerts[0]?.title).toContain('The server local is short of memory')
    expect(alerts.every(({ title }) => title.includes('short of memory'))).toBe(true)
    expect(alerts.length).toBeLessThanOrEqual(2)
    for (const { name } of apps) expect(alerts.at(-1)?.text).toContain(`- ${name}: `)
    const root = rows.listOpenForPlatform().find(({ rule }) => rule === 'memory-low')
    expect(
      rows.listOpenForPlatform().filter(({ becauseOf }) => becauseOf === root?.id),
    ).toHaveLength(10)

    metrics.set(NODE)
    for (const { id } of apps) metrics.set(edge(id, 10, 0))
    await metrics.pass(15 * MINUTE)
    expect(notified.filter(({ kind }) => kind === 'resolved')).toHaveLength(1)
    expect(rows.listOpenForPlatform()).toEqual([])
  })

  it('puts apps that fail together into one message', async () => {
    const harness = createAlertHarness()
    const apps = ['blog', 'shop', 'wiki'].map((name) => harness.addApp(name))
    const { metrics, notified, narrowed } = harness
    for (const { id } of apps) metrics.set(edge(id, 10, 0))
    await metrics.pass(5 * MINUTE)

    for (const { id } of apps) metrics.set(edge(id, 10, 9))
    await metrics.pass(10 * MINUTE)

    expect(notified.map(({ title }) => title)).toEqual([
      'App answers with errors: blog, shop, wiki',
    ])
    const ofShop = narrowed[0]?.(new Set([harness.app('shop').id]))
    expect(ofShop).toMatchObject({ app: 'shop', key: notified[0]?.key })
    expect(ofShop?.title).toMatch(/^shop answers /)
    expect(JSON.stringify(ofShop)).not.toMatch(/blog|wiki/)
    expect(narrowed[0]?.(new Set(['another']))).toBeUndefined()
    for (const { id } of apps) metrics.set(edge(id, 10, 0))
    await metrics.pass(10 * MINUTE)
    expect(notified.map(({ title }) => title).slice(1)).toEqual([
      'Well again: App answers with errors: blog, shop, wiki',
    ])
  })

  it('tells of what is left when its root is over', async () => {
    const harness = setUp()
    const { metrics, app, titles } = harness
    await metrics.pass(2 * MINUTE)
    metrics.set({ 'node:local/memoryAvailable': 0.2 * GB, 'node:local/memoryPressure': 60 })
    metrics.set(edge(app.id, 10, 9))
    await metrics.pass(5 * MINUTE)

    metrics.set(NODE)
    await metrics.pass(10 * MINUTE)

    expect(titles().at(-1)).toMatch(/^shop answers 90 % of requests/)
  })
})

describe('what is held back', () => {
  const noteDown = ({ alerts, actor, app }: ReturnType<typeof setUp>): void =>
    alerts.note({
      teamId: actor.teamId,
      key: 'uptime:1',
      rule: 'app-down',
      subject: { kind: 'app', id: app.id, name: 'shop' },
      appId: app.id,
      title: 'shop does not answer',
      detail: '',
      link: '/apps/shop',
    })
  const short = { 'node:local/memoryAvailable': 0.2 * GB, 'node:local/memoryPressure': 60 }

  it('is told where nobody is told of what it comes of', async () => {
    const harness = setUp()
    const { silences } = await harness.alerts.load()
    silences.add(harness.actor, { rule: 'memory-low', forMs: 8 * 60 * MINUTE })
    harness.metrics.set(short)
    await harness.metrics.pass(5 * MINUTE)

    noteDown(harness)
    await harness.metrics.pass(2 * MINUTE)

    expect(harness.titles()).toEqual(['shop does not answer'])
  })

  it('is told where somebody looks after what it comes of, if it is critical', async () => {
    const harness = setUp()
    const { alerts: service } = await harness.alerts.load()
    harness.metrics.set(short)
    await harness.metrics.pass(5 * MINUTE)
    const [root] = service.list(harness.actor, { state: 'firing', limit: 10 }).items
    service.acknowledge(harness.actor, root?.id ?? '')

    noteDown(harness)
    await harness.metrics.pass(2 * MINUTE)

    expect(harness.titles().at(-1)).toBe('shop does not answer')
  })
})

describe('what people do about alerts', () => {
  it('lets a team change its rules without holding up those of others', async () => {
    const { metrics, alerts, actor, firing } = setUp()
    const { alertRules } = await alerts.load()
    metrics.set({ 'disk:local/data/available': 3 * GB })

    for (let round = 0; round < 12; round += 1) {
      await metrics.pass(15_000)
      alertRules.change({ ...actor, teamId: 'team2' }, 'errors', {
        condition: { limit: 5 + round },
      })
    }

    expect(await firing()).toEqual(['disk-full', 'disk-low'])
  })

  it('tells nobody of what is silenced, and tells when the silence has ended', async () => {
    const { metrics, notified, alerts, actor, app } = setUp()
    const { silences, alerts: service } = await alerts.load()
    silences.add(actor, { rule: 'errors', app: 'shop', reason: 'known', forMs: 30 * MINUTE })
    metrics.set(edge(app.id, 10, 9))

    await metrics.pass(20 * MINUTE)
    expect(notified).toEqual([])
    const [alert] = service.list(actor, { state: 'firing', limit: 10 }).items
    expect(alert?.silencedUntil).not.toBeNull()
    expect(service.summary(actor)).toMatchObject({ critical: 0 })
    await metrics.pass(15 * MINUTE)

    expect(notified).toHaveLength(1)
    expect(silences.list(actor)).toEqual([])
  })

  it('tells at once when a silence is taken away', async () => {
    const { metrics, notified, alerts, actor, app } = setUp()
    const { silences } = await alerts.load()
    const { id } = silences.add(actor, { forMs: 30 * MINUTE })
    metrics.set(edge(app.id, 10, 9))
    await metrics.pass(10 * MINUTE)

    silences.remove(actor, id)
    await metrics.pass(MINUTE)

    expect(notified).toHaveLength(1)
  })

  it('reminds after a day of what nobody looks after, and not of what somebody does', async () => {
    const { notified, alerts, actor, clock, app } = setUp()
    const note = (key: string) =>
      alerts.note({
        teamId: actor.teamId,
        key,
        rule: 'app-down',
        subject: { kind: 'app', id: app.id, name: 'shop' },
        appId: app.id,
        title: `${key} is down`,
        detail: 'It answers nothing.',
        link: '/apps/shop',
      })
    note('one')
    await clock.pass(5 * MINUTE)
    note('two')
    await clock.pass(5 * MINUTE)
    const { alerts: service } = await alerts.load()
    const { items } = service.list(actor, { state: 'firing', limit: 10 })
    const two = items.find(({ title }) => title === 'two is down')
    expect(service.acknowledge(actor, two?.id ?? '').acknowledgedBy).toBe('anna')

    await clock.pass(25 * 60 * MINUTE)

    expect(notified.map(({ title }) => title)).toEqual([
      'one is down',
      'two is down',
      'Still: one is down',
    ])
  })

  it('lets a rule be changed, switched off and given back, and ends what it had begun', async () => {
    const { metrics, notified, alerts, actor, firing, auditOf } = setUp()
    const { alertRules } = await alerts.load()
    alertRules.change(actor, 'disk-low', {
      severity: 'critical',
      condition: { limit: 700, clearLimit: 800, forMs: 0 },
    })
    metrics.set({ 'disk:local/data/available': 25 * GB })
    await metrics.pass(2 * MINUTE)
    expect(notified).toMatchObject([{ severity: 'critical' }])

    alertRules.change(actor, 'disk-low', { isOn: false })
    await metrics.pass(2 * MINUTE)
    expect(await firing()).toEqual([])
    alertRules.remove(actor, 'disk-low')

    const rule = alertRules.list(actor).find(({ id }) => id === 'disk-low')
    expect(rule).toMatchObject({ isOn: true, severity: 'warning', condition: { limit: 130 } })
    expect(auditOf('alert-rule.change')).toHaveLength(2)
  })

  it('takes back a clear limit and a least of requests, and then is free of them', async () => {
    const { alerts, actor } = setUp()
    const { alertRules } = await alerts.load()
    const { id } = alertRules.add(actor, {
      name: 'Slow',
      condition: {
        of: 'edge',
        metric: 'p95',
        is: 'above',
        limit: 800,
        clearLimit: 600,
        minRequests: 2,
      },
    })
    const change = (condition: object) => alertRules.change(actor, id, { condition }).condition

    const changed = change({ limit: 500, clearLimit: 500 })
    expect(changed).toMatchObject({ limit: 500, minRequests: 2 })
    expect(changed).not.toHaveProperty('clearLimit')
    expect(change({ limit: 400 })).toMatchObject({ limit: 400 })
    expect(change({ minRequests: 0 })).not.toHaveProperty('minRequests')

    expect(change({ minRequests: 3 })).toMatchObject({ minRequests: 3 })
    const moved = change({ of: 'instance', metric: 'memoryPercent', limit: 90 })
    expect(moved).toMatchObject({ of: 'instance', metric: 'memoryPercent', limit: 90 })
    expect(moved).not.toHaveProperty('minRequests')
    expect(() => change({ minRequests: 1 })).toThrow(
      expect.objectContaining({ code: 'ALERT_CONDITION_INVALID' }),
    )
  })

  it('watches a condition of one’s own over the instances of an app', async () => {
    const { metrics, notified, alerts, actor, app } = setUp()
    const { alertRules } = await alerts.load()
    const rule = alertRules.add(actor, {
      name: 'Shop takes much',
      app: 'shop',
      condition: { of: 'app', metric: 'cpu', aggregate: 'sum', is: 'above', limit: 1.5, forMs: 0 },
    })
    expect(rule.words).toBe('Processor time used, in cores (sum) above 1.5 cores.')
    metrics.set({ [`app:${app.id}/web.1/cpu`]: 0.9 })
    await metrics.pass(5 * MINUTE)
    expect(notified).toEqual([])

    metrics.set({ [`app:${app.id}/web.2/cpu`]: 0.9 })
    await metrics.pass(3 * MINUTE)

    expect(notified).toMatchObject([{ title: 'Shop takes much: shop is at 1.8 cores' }])
  })

  it('shows who sees some apps whole pages of their alerts, however many newer ones there are', async () => {
    const { alerts, actor, app, ...harness } = setUp()
    const other = harness.addApp('blog')
    const note = (key: string, appId: string) =>
      alerts.note({
        teamId: actor.teamId,
        key,
        rule: 'app-down',
        subject: { kind: 'app', id: appId, name: key },
        appId,
        title: key,
        detail: '',
        link: '/apps',
      })
    note('mine', app.id)
    for (let at = 0; at < 60; at += 1) note(`other ${at}`, other.id)

    const { alerts: service } = await alerts.load()
    const guest = { ...actor, appIds: new Set([app.id]) }
    const page = service.list(guest, { state: 'firing', limit: 50 })

    expect(page.items.map(({ title }) => title)).toEqual(['mine'])
    expect(page.nextCursor).toBeNull()
  })

  it('goes on watching by the rules that stay while others are changed again and again', async () => {
    const { metrics, alerts, actor, firing } = setUp()
    const { alertRules } = await alerts.load()
    const { id } = alertRules.add(actor, {
      name: 'One’s own',
      condition: { of: 'node', metric: 'load1', is: 'above', limit: 4 },
    })
    metrics.set({ 'disk:local/data/available': 11.5 * GB })

    for (let round = 0; round < 12; round += 1) {
      alertRules.change(actor, id, { name: `One’s own ${round}` })
      await metrics.pass(30_000)
    }

    expect(await firing()).toEqual(['disk-low'])
  })

  it('watches by built-in rules whatever rules of one’s own there are', async () => {
    const { metrics, alerts, actor, app, firing } = setUp()
    const { alertRules } = await alerts.load()
    metrics.set({ 'disk:local/data/available': undefined })
    for (let at = 0; at < 100; at += 1)
      alertRules.add(actor, {
        name: `own ${at}`,
        condition: { of: 'instance', metric: 'cpu', aggregate: 'each', is: 'above', limit: 9 },
      })
    for (let at = 0; at < 60; at += 1) metrics.set({ [`app:${app.id}/web.${at}/cpu`]: 0.1 })
    await metrics.pass(2 * MINUTE)
    expect(alerts.watches()).toBeGreaterThan(5_000)
    expect(alerts.watches()).toBeLessThan(5_500)

    metrics.set({ 'disk:other/data/total': 100 * GB, 'disk:other/data/available': 11.5 * GB })
    await metrics.pass(10 * MINUTE)

    expect(await firing()).toContain('disk-low')
  })

  it('is written seldom where the same happens every second', async () => {
    const { alerts, actor, app, clock, db } = setUp()
    const changes = () => Number(db.prepare('SELECT total_changes()').pluck().get())
    const note = (value: number) =>
      alerts.note({
        teamId: actor.teamId,
        key: 'lines-dropped',
        rule: 'lines-dropped',
        subject: { kind: 'app', id: app.id, name: 'shop' },
        appId: app.id,
        title: 'left out',
        detail: `${value} lines`,
        value,
        link: '/apps/shop',
        endsAfterMs: 30 * MINUTE,
      })
    note(0)
    await clock.pass(2 * MINUTE)

    const before = changes()
    for (let at = 1; at <= 150; at += 1) {
      note(at)
      await clock.pass(1_000)
    }

    expect(changes() - before).toBeGreaterThan(0)
    expect(changes() - before).toBeLessThan(10)
  })

  it('refuses conditions that could not be watched, in words', async () => {
    const { alerts, actor } = setUp()
    const { alertRules, silences } = await alerts.load()
    const add = (condition: object) => () =>
      alertRules.add(actor, {
        name: 'x',
        condition: { of: 'node', metric: 'load1', is: 'above', limit: 4, ...condition },
      })

    expect(add({ metric: 'nothing' })).toThrow(
      expect.objectContaining({ code: 'ALERT_CONDITION_INVALID' }),
    )
    // What is not measured could never fire.
    expect(add({ of: 'instance', metric: 'connections' })).toThrow(
      expect.objectContaining({ code: 'ALERT_CONDITION_INVALID' }),
    )
    expect(add({ clearLimit: 9 })).toThrow(
      expect.objectContaining({ code: 'ALERT_CONDITION_INVALID' }),
    )
    expect(() => alertRules.change(actor, 'errors', { condition: { metric: 'p99' } })).toThrow(
      expect.objectContaining({ code: 'ALERT_RULE_BUILT_IN' }),
    )
    expect(() => silences.add(actor, { rule: 'none', forMs: MINUTE })).toThrow(
      expect.objectContaining({ code: 'ALERT_RULE_NOT_FOUND' }),
    )
    const stranger = { ...actor, teamId: 'team2' }
    expect(() =>
      alertRules.add(stranger, {
        name: 'x',
        condition: { of: 'node', metric: 'load1', is: 'above', limit: 4 },
      }),
    ).toThrow(expect.objectContaining({ code: 'ALERT_CONDITION_INVALID' }))
    expect(alertRules.list(stranger).map(({ id }) => id)).not.toContain('disk-low')
  })
})
