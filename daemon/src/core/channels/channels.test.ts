import type { Actor } from '@vastrox/shared/actor.ts'
import type { AddChannel, Notification } from '@vastrox/shared/channel.ts'
import { describe, expect, it } from 'vitest'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { PAUSES_MS } from '#core/channels/try-channel.ts'
import type { HttpReply, HttpRequest } from '#ports/http-client.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createHarness } from '#test/harness.ts'
import { composeChannels } from '../../compose-channels.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const SECRET = 'ZQ-topic-ZQ-987'
const OK: HttpReply = { status: 200, headers: {}, body: '{"id":"x"}' }
const DOWN: HttpReply = { status: 503, headers: {}, body: 'down' }

type Answer = (request: HttpRequest) => HttpReply | Promise<HttpReply>

function setUp(answer: Answer = () => OK) {
  const harness = createHarness()
  const { db, apps, clock, newId, events, problems, actor } = harness
  const sent: { url: string; body: string }[] = []
  const other = { answer }
  const masterKey = masterKeyOf(Buffer.alloc(32, 7))
  const audit = createAuditLog({
    audit: createAuditStore(db),
    clock,
    key: masterKey.deriveKey('audit'),
  })
  const open = () =>
    composeChannels({
      db,
      finder: createAppFinder(apps),
      audit,
      events,
      http: {
        async send(request) {
          sent.push({ url: request.url, body: request.body ?? '' })
          return other.answer(request)
        },
      },
      mailer: { send: async () => ({ isTaken: true, answer: '250 ok', isFinal: false }) },
      secretBox: createSecretBox(masterKey),
      clock,
      newId,
      dashboardUrl: () => 'https://dash.example:8443',
      random: () => 0.5,
      onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
    })
  const door = open()
  const service = async () => door.load()
  const add = async (wish: Partial<AddChannel> = {}) =>
    (await service()).add(actor, {
      kind: 'ntfy',
      settings: { topic: SECRET, server: 'https://ntfy.example' },
      ...wish,
    })
  const tell = (wish: Partial<Notification> = {}): void =>
    door.notify(actor.teamId, {
      key: 'disk-full',
      kind: 'alert',
      severity: 'warning',
      title: 'The disk is full on Tuesday',
      text: 'It grows by 2 GB a day.',
      fields: [],
      url: 'https://dash.example:8443/alerts/1',
      app: null,
      at: clock.now().toISOString(),
      ...wish,
    })
  const titles = (): string[] =>
    sent.map(({ body }) => {
      const { title } = JSON.parse(body)
      return String(title)
    })
  return {
    ...harness,
    addApp: (name?: string) => harness.addApp(name),
    startDeployments: () => harness.start(),
    door,
    open,
    service,
    other,
    add,
    tell,
    sent,
    titles,
    audit,
    /** The fake clock lets an import come to its end too. */
    pass: async (ms: number) => {
      await service()
      await clock.pass(ms)
    },
    get: async (id: string) => (await service()).get(actor, id),
    deliveries: async (id: string) =>
      (await service()).listDeliveries(actor, id, { limit: 200 }).items,
  }
}

describe('a channel', () => {
  it('is told at once what its team has to know, and what was said to it is kept', async () => {
    const { add, tell, pass, titles, deliveries, get } = setUp()
    const { id } = await add()

    tell()
    await pass(0)

    expect(titles()).toEqual(['The disk is full on Tuesday'])
    expect(await deliveries(id)).toMatchObject([
      { state: 'delivered', attempts: 1, nextAttemptAt: null, severity: 'warning' },
    ])
    expect(await get(id)).toMatchObject({ waiting: 0, failingSince: null })
    expect((await get(id)).deliveredAt).not.toBeNull()
  })

  it('hears of what is as bad as it wants, of its apps and of none, and of deployments where it wants', async () => {
    const { add, tell, pass, titles, addApp } = setUp()
    addApp('hello')
    addApp('shop')
    await add({ minSeverity: 'critical', apps: ['shop'], withDeployments: true })

    tell({ title: 'too small' })
    tell({ title: 'another app', severity: 'critical', app: 'hello' })
    tell({ title: 'an app that is not there', severity: 'critical', app: 'gone' })
    tell({ title: 'its app', severity: 'critical', app: 'shop' })
    tell({ title: 'of none', severity: 'critical' })
    tell({ title: 'live', kind: 'deployment', severity: 'info', app: 'shop' })
    tell({ title: 'twice', severity: 'critical', app: 'shop', key: 'deployment-failed:x' })
    await pass(0)

    expect(titles()).toEqual(['its app', 'of none', 'live'])
  })

  it('of some apps is told that part alone of what is of several', async () => {
    const { add, door, pass, titles, addApp, actor, clock } = setUp()
    const shop = addApp('shop')
    const blog = addApp('blog')
    addApp('wiki')
    for (const apps of [['shop'], ['wiki'], null]) await add({ apps })
    const told: Notification = {
      key: 'errors:group',
      kind: 'alert',
      severity: 'critical',
      title: 'Errors: blog, shop',
      text: '',
      fields: [],
      url: 'https://dash.example:8443/alerts',
      app: null,
      at: clock.now().toISOString(),
    }

    door.notify(actor.teamId, told, (ids) => {
      if (ids.has(blog.id)) throw new Error('nobody is of the blog')
      return ids.has(shop.id) ? { ...told, title: 'Errors: shop', app: 'shop' } : undefined
    })
    await pass(0)

    expect(titles().toSorted()).toEqual(['Errors: blog, shop', 'Errors: shop'])
  })

  it('is told nothing of what did not happen: its rows are part of the transaction', async () => {
    const { add, tell, pass, titles, db } = setUp()
    await add()

    expect(() =>
      db.transaction(() => {
        tell()
        throw new Error('it did not happen')
      })(),
    ).toThrow('it did not happen')
    await pass(HOUR_MS)

    expect(titles()).toEqual([])
  })

  it('is told by the next daemon what waited when this one died', async () => {
    const { add, tell, open, clock, sent, door, service, actor } = setUp()
    const { id } = await add()
    await door.stop()

    tell()
    const next = open()
    next.start()
    await next.load()
    await clock.pass(0)

    expect(sent).toHaveLength(1)
    expect((await service()).listDeliveries(actor, id, { limit: 1 }).items).toMatchObject([
      { state: 'delivered' },
    ])
  })

  it('is not flooded: what is more than ten a minute is told together, nothing is lost', async () => {
    const { add, tell, pass, titles, sent, deliveries } = setUp()
    const { id } = await add()

    for (let at = 1; at <= 60; at += 1)
      tell({ title: `alert ${at}`, severity: at === 40 ? 'critical' : 'warning' })
    await pass(0)
    const first = titles()
    tell({ title: 'late' })
    await pass(MINUTE_MS)

    expect(first).toEqual([
      ...Array.from({ length: 9 }, (_, at) => `alert ${at + 1}`),
      '51 notifications within a minute: 1 critical, 50 warning',
    ])
    expect(sent[9]?.body).toContain('• critical: alert 40')
    expect(sent[9]?.body).toContain('… and 26 more.')
    expect(titles().at(-1)).toBe('late')
    const all = await deliveries(id)
    expect(all.filter(({ state }) => state === 'delivered')).toHaveLength(62)
    expect(all.find(({ title }) => title === 'alert 40')?.lastAnswer).toBe('Told in a summary.')
  })

  it('waits as long as the service asks, with everything that waits for it', async () => {
    const { add, tell, pass, sent, other, get } = setUp(() => ({
      status: 429,
      headers: { 'retry-after': '120' },
      body: 'slow down',
    }))
    const { id } = await add()
    tell({ title: 'one' })
    tell({ title: 'two' })
    await pass(0)
    tell({ title: 'three' })
    await pass(119_000)
    expect(sent).toHaveLength(1)
    expect(await get(id)).toMatchObject({ waiting: 3 })

    other.answer = () => OK
    await pass(2_000)

    expect(sent).toHaveLength(4)
    expect(await get(id)).toMatchObject({ waiting: 0, failingSince: null, reason: null })
  })

  it('is tried again further and further apart, then given up; that it fails, and is well, is written down once', async () => {
    const { add, tell, pass, titles, other, get, actor, audit, deliveries } = setUp((request) =>
      request.url.includes('broken') ? DOWN : OK,
    )
    const broken = await add({
      name: 'broken',
      settings: { topic: SECRET, server: 'https://broken.example' },
    })
    await add({ name: 'works' })
    const written = () =>
      audit
        .list(actor, { limit: 50 })
        .items.filter(({ action }) => /failing|well/.test(action))
        .map(({ action, result, target }) => [action, result, target])

    tell({ severity: 'critical' })
    await pass(0)
    expect(await get(broken.id)).toMatchObject({
      failingSince: expect.any(String),
      reason: 'It answers 503: down',
      waiting: 1,
    })
    expect(written()).toEqual([])
    await pass(MINUTE_MS)
    expect(written()).toEqual([['channel.failing', 'failed', 'broken']])
    tell({ title: 'broken takes nothing', key: `channel-failing:${broken.id}` })
    await pass(24 * HOUR_MS)

    expect(titles().filter((title) => title === 'broken takes nothing')).toHaveLength(1)
    expect(await deliveries(broken.id)).toMatchObject([
      { state: 'failed', attempts: PAUSES_MS.length + 1 },
    ])
    other.answer = () => OK
    tell({ title: 'another one' })
    await pass(0)
    expect(written()).toEqual([
      ['channel.well', 'ok', 'broken'],
      ['channel.failing', 'failed', 'broken'],
    ])
  })

  it('that takes a test again is told to be well, and one that is switched off fails no more', async () => {
    const { add, tell, pass, service, actor, other, audit, get } = setUp(() => DOWN)
    const { id } = await add({ name: 'ops' })
    const acts = (): string[] =>
      audit
        .list(actor, { limit: 50 })
        .items.map(({ action }) => action)
        .filter((action) => /failing|well/.test(action))
    tell()
    await pass(10 * MINUTE_MS)
    expect(acts()).toEqual(['channel.failing'])

    const channels = await service()
    other.answer = () => OK
    await channels.test(actor, id, AbortSignal.timeout(10_000))
    await pass(0)
    expect(acts()).toEqual(['channel.well', 'channel.failing'])

    other.answer = () => DOWN
    tell()
    await pass(10 * MINUTE_MS)
    channels.change(actor, id, { isOn: false })
    expect(await get(id)).toMatchObject({ isOn: false, failingSince: null, reason: null })
  })

  it('that refuses for good is not asked again, and that is told at once', async () => {
    const { add, tell, pass, sent, deliveries, get } = setUp(() => ({
      status: 404,
      headers: {},
      body: '{"error":"topic not found"}',
    }))
    const { id } = await add()

    tell()
    await pass(24 * HOUR_MS)

    expect(sent).toHaveLength(1)
    expect(await deliveries(id)).toMatchObject([
      { state: 'failed', lastAnswer: 'It answers 404: topic not found' },
    ])
    expect((await get(id)).failingSince).not.toBeNull()
  })

  it('keeps no more waiting than a thousand', async () => {
    const { add, tell, pass, deliveries, get } = setUp(() => DOWN)
    const { id } = await add()

    for (let at = 0; at < 1_005; at += 1) tell()
    await pass(0)

    expect(await get(id)).toMatchObject({ waiting: 1_000 })
    expect((await deliveries(id)).slice(0, 5)).toMatchObject(
      Array.from({ length: 5 }, () => ({ state: 'failed', attempts: 0 })),
    )
  }, 60_000)
})

describe('a test of a channel', () => {
  it('waits for what the other side says and shows it, without a secret', async () => {
    const { add, service, actor, other, audit, sent } = setUp()
    const { id } = await add({ kind: 'telegram', settings: telegramSettings() })
    const channels = await service()
    const signal = AbortSignal.timeout(10_000)

    expect(await channels.test(actor, id, signal)).toMatchObject({ isTaken: true })
    other.answer = ({ url }) => ({ status: 404, headers: {}, body: `there is no ${url}` })
    const refused = await channels.test(actor, id, signal)
    other.answer = ({ url }) => ({ status: 404, headers: {}, body: `${'x'.repeat(255)} ${url}` })
    const cut = await channels.test(actor, id, signal)
    other.answer = ({ url }) => {
      throw new Error(`connect ${url} ${encodeURIComponent(telegramSettings().token)}`)
    }
    const broken = await channels.test(actor, id, signal)

    expect(sent[0]?.url).toContain(telegramSettings().token)
    expect(refused).toMatchObject({ isTaken: false })
    expect(refused.answer).toContain('It answers 404: there is no https://api.telegram.org/bot')
    expect(refused.answer).toContain('[redacted]')
    expect(broken.answer).toBe('Something went wrong inside Vastrox.')
    const seen = JSON.stringify([
      refused,
      cut,
      broken,
      channels.list(actor),
      channels.listDeliveries(actor, id, { limit: 50 }),
      audit.list(actor, { limit: 50 }),
    ])
    expect(seen).not.toMatch(/ZQ|AAF-zq/)
  })

  it('brings what failed back, and is refused beyond ten a minute', async () => {
    const { add, tell, pass, service, actor, other, sent, get } = setUp(() => DOWN)
    const { id } = await add()
    tell()
    await pass(0)
    other.answer = () => OK
    const channels = await service()

    await channels.test(actor, id, AbortSignal.timeout(10_000))
    await pass(0)

    expect(await get(id)).toMatchObject({ failingSince: null, waiting: 0 })
    expect(sent).toHaveLength(3)
    for (let at = 0; at < 7; at += 1) await channels.test(actor, id, AbortSignal.timeout(10_000))
    await expect(channels.test(actor, id, AbortSignal.timeout(10_000))).rejects.toMatchObject({
      code: 'CHANNEL_BUSY',
    })
  })
})

describe('settings of a channel', () => {
  it('keep secrets that are left out, unless another address is to be told them', async () => {
    const { add, service, actor, tell, pass, sent } = setUp()
    const { id } = await add()
    const channels = await service()

    channels.change(actor, id, { name: 'phones', settings: { server: 'https://ntfy.example' } })
    tell()
    await pass(0)
    expect(sent[0]?.body).toContain(SECRET)
    expect(() =>
      channels.change(actor, id, { settings: { server: 'https://evil.example' } }),
    ).toThrow(expect.objectContaining({ code: 'CHANNEL_SETTINGS_INVALID' }))
    const moved = channels.change(actor, id, {
      settings: { server: 'https://other.example', topic: 'another' },
    })

    expect(moved).toMatchObject({
      name: 'phones',
      where: 'other.example',
      settings: { server: 'https://other.example' },
      secretsSet: ['topic'],
    })
  })

  it('are sealed, and seen by their own team alone', async () => {
    const { add, service, actor, db } = setUp()
    const { id } = await add()
    const channels = await service()
    const stranger: Actor = { ...actor, teamId: 'team2' }
    const limited: Actor = { ...actor, appIds: new Set() }
    const notFound = expect.objectContaining({ code: 'CHANNEL_NOT_FOUND' })

    const rows = Buffer.from(JSON.stringify(db.prepare('SELECT * FROM channels').all())).toString()

    expect(rows).not.toContain('ZQ')
    expect(JSON.stringify(channels.list(actor))).not.toContain('ZQ')
    expect(channels.list(stranger)).toEqual([])
    expect(() => channels.get(stranger, id)).toThrow(notFound)
    expect(() => channels.change(stranger, id, {})).toThrow(notFound)
    expect(() => channels.remove(stranger, id)).toThrow(notFound)
    await expect(channels.test(stranger, id, AbortSignal.timeout(1_000))).rejects.toMatchObject({
      code: 'CHANNEL_NOT_FOUND',
    })
    expect(() => channels.list(limited)).toThrow(
      expect.objectContaining({ code: 'PERMISSION_DENIED' }),
    )
  })

  it('are refused in words where they are wrong, and beyond thirty channels', async () => {
    const { add } = setUp()

    await expect(add({ kind: 'pager' })).rejects.toMatchObject({ code: 'CHANNEL_KIND_UNKNOWN' })
    await expect(add({ settings: { topic: 'a', colour: 'red' } })).rejects.toMatchObject({
      details: { reason: 'colour is no setting of ntfy.' },
    })
    await expect(add({ apps: ['none'] })).rejects.toMatchObject({ code: 'APP_NOT_FOUND' })
    for (let at = 0; at < 30; at += 1) await add()
    await expect(add()).rejects.toMatchObject({ code: 'CHANNELS_FULL' })
  })

  it('that switch it off give up what waits', async () => {
    const { add, tell, pass, service, actor, get, sent } = setUp(() => DOWN)
    const { id } = await add()
    tell()
    await pass(0)

    ;(await service()).change(actor, id, { isOn: false })
    tell()
    await pass(HOUR_MS)

    expect(sent).toHaveLength(1)
    expect(await get(id)).toMatchObject({ isOn: false, waiting: 0 })
  })
})

describe('outcomes of deployments', () => {
  it('are told with what was deployed and where to look', async () => {
    const { add, door, pass, titles, sent, addApp, deploy, db, startDeployments } = setUp()
    await startDeployments()
    addApp()
    await add({ withDeployments: true })
    const { id } = await deploy()
    const record = createDeploymentStore(db).findForPlatform(id)
    if (!record) throw new Error('nothing was deployed')

    door.noteMove({ ...record, state: 'building' })
    door.noteMove({ ...record, state: 'live' })
    door.noteMove({ ...record, state: 'failed', reason: 'nothing listens' })
    await pass(0)

    expect(titles()).toEqual([
      'hello: deployment 1 is live',
      'hello: deployment 1 failed; the release before it serves on',
    ])
    expect(sent[0]?.body).toContain('https://dash.example:8443/apps/hello/deployments/1')
    expect(sent[1]?.body).toContain('nothing listens')
  })
})

const telegramSettings = () => ({
  token: '123456789:AAF-zqZQ_secretsecretsecret',
  chatId: '-100123',
})
