import { createHmac } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type AddOutgoingWebhook, OutgoingPayload } from '@vastrox/shared/outgoing-webhook.ts'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { PAUSES_MS } from '#core/outgoing-webhooks/back-off.ts'
import { withTell } from '#core/outgoing-webhooks/with-tell.ts'
import type { HttpReply, HttpRequest } from '#ports/http-client.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createDeploymentStates } from '#core/deployments/deployment-states.ts'
import { transactionOf } from '#store/database.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createHarness } from '#test/harness.ts'
import { composeOutgoingWebhooks } from '../../compose-outgoing-webhooks.ts'

const Sent = z.looseObject({ type: z.string() })
const DAY_MS = 86_400_000
const URL_OF_OPS = 'https://ops.example/hooks/xyz'
const OK: HttpReply = { status: 204, headers: {}, body: '' }

type Answer = (request: HttpRequest) => HttpReply | Promise<HttpReply>

function setUp(answer: Answer = () => OK) {
  const harness = createHarness()
  const { db, apps, clock, newId, events, problems } = harness
  const sent: HttpRequest[] = []
  const other = { answer }
  const masterKey = masterKeyOf(Buffer.alloc(32, 7))
  const bareAudit = createAuditLog({
    audit: createAuditStore(db),
    clock,
    key: masterKey.deriveKey('audit'),
  })
  const open = () =>
    composeOutgoingWebhooks({
      db,
      finder: createAppFinder(apps),
      audit: bareAudit,
      events,
      addresses: {
        resolve: async (host) => {
          if (host === 'inside.example')
            throw new CodedError('ADDRESS_REFUSED', { reason: 'inside' })
          return ['203.0.113.7']
        },
      },
      http: {
        async send(request) {
          sent.push(request)
          return other.answer(request)
        },
      },
      secretBox: createSecretBox(masterKey),
      clock,
      newId,
      version: '1.2.3',
      dashboardUrl: () => 'https://example.com:8443',
      publicUrlOf: (name) => `https://${name}.example.com`,
      random: () => 0.5,
      onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
    })
  const parts = open()
  const add = (wish: Partial<AddOutgoingWebhook> = {}) =>
    parts.service.add(harness.actor, {
      url: URL_OF_OPS,
      events: ['app.created', 'app.destroyed', 'app.crash_looping'],
      ...wish,
    })
  const audit = withTell(bareAudit, () => parts.tell)
  return {
    ...harness,
    ...parts,
    addApp: (name?: string) => harness.addApp(name),
    /** Of the deployments; `start` and `stop` are those of the webhooks. */
    startDeployments: () => harness.start(),
    open,
    sent,
    other,
    add,
    audit,
    act: (action: string, target = 'hello', details = {}) =>
      audit.append({ actor: harness.actor, action, target, details }),
    deliveries: (id: string) =>
      parts.service.listDeliveries(harness.actor, id, { limit: 200 }).items,
    get: (id: string) => {
      const found = parts.service.list(harness.actor).find((each) => each.id === id)
      if (!found) throw new Error('it is gone')
      return found
    },
  }
}

const headersOf = (request: HttpRequest | undefined) => request?.headers ?? {}
const signed = (secret: string, { headers = {}, body = '' }: HttpRequest): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
    .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
    .digest('base64')}`

describe('an outgoing webhook', () => {
  it('is told what happened, signed as Standard Webhooks has it', async () => {
    const { add, act, clock, sent, deliveries, addApp } = setUp()
    const { webhook, webhookSecret } = await add()
    addApp()

    act('app.create')
    await clock.pass(0)

    expect(sent).toHaveLength(1)
    const [request] = sent
    expect(request).toMatchObject({ method: 'POST', url: URL_OF_OPS })
    expect(OutgoingPayload.parse(JSON.parse(request?.body ?? ''))).toMatchObject({
      type: 'app.created',
      version: 1,
      data: { app: 'hello', by: 'anna' },
    })
    expect(webhookSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(request && headersOf(request)['webhook-signature']).toBe(
      request && signed(webhookSecret, request),
    )
    expect(deliveries(webhook.id)).toMatchObject([
      { state: 'delivered', attempts: 1, nextAttemptAt: null, lastAttempt: { status: 204 } },
    ])
  })

  it('is tried no more where it was given up while we had trouble of our own', async () => {
    const { add, act, clock, db, other, deliveries, problems } = setUp()
    const { webhook } = await add()
    other.answer = () => {
      db.exec(`UPDATE outgoing_deliveries SET state = 'failed', next_attempt_at = NULL;
        CREATE TRIGGER full BEFORE INSERT ON outgoing_attempts BEGIN SELECT RAISE(FAIL, 'full'); END`)
      return OK
    }

    act('app.create')
    await clock.pass(0)

    expect(problems).toEqual([expect.stringContaining('a webhook was not delivered')])
    expect(deliveries(webhook.id)).toMatchObject([{ state: 'failed', nextAttemptAt: null }])
  })

  it('hears of nothing that it did not subscribe to, of no other app and of no other team', async () => {
    const { add, act, clock, sent, addApp, audit, actor } = setUp()
    addApp('blog')
    addApp('shop')
    await add({ app: 'blog', events: ['app.created', 'app.destroyed'] })

    act('app.create', 'shop')
    act('domain.add', 'blog.example', { app: 'blog' })
    audit.append({ actor, action: 'app.destroy', target: 'blog', result: 'denied' })
    audit.append({ actor: { ...actor, teamId: 'team2' }, action: 'app.create', target: 'blog' })
    await clock.pass(DAY_MS)
    expect(sent).toEqual([])

    act('app.create', 'blog')
    await clock.pass(0)
    expect(sent).toHaveLength(1)
  })

  it('is told of nothing that was rolled back', async () => {
    const { add, act, clock, sent, db } = setUp()
    await add()

    expect(() =>
      db.transaction(() => {
        act('app.create')
        throw new Error('no')
      })(),
    ).toThrow('no')
    await clock.pass(DAY_MS)

    expect(sent).toEqual([])
  })

  it('that fails is tried again for a day, later and later, under the same id', async () => {
    const { add, act, clock, sent, deliveries } = setUp(() => ({ ...OK, status: 500, body: 'oh' }))
    const { webhook } = await add()

    act('app.create')
    await clock.pass(2 * DAY_MS)

    expect(sent).toHaveLength(PAUSES_MS.length + 1)
    expect(new Set(sent.map((request) => headersOf(request)['webhook-id'])).size).toBe(1)
    const seconds = sent.map((request) => Number(headersOf(request)['webhook-timestamp']))
    expect((seconds.at(-1) ?? 0) - (seconds[0] ?? 0)).toBeGreaterThan(0.9 * (DAY_MS / 1_000))
    expect(deliveries(webhook.id)).toMatchObject([
      {
        state: 'failed',
        nextAttemptAt: null,
        lastAttempt: { status: 500, reason: 'It answers 500.', answer: 'oh' },
      },
    ])
  })

  it('waits as long as it is asked to, and is told as soon as it takes it', async () => {
    const { add, act, clock, sent, deliveries, other, get } = setUp(() => ({
      status: 429,
      headers: { 'retry-after': '600' },
      body: '',
    }))
    const { webhook } = await add()

    act('app.create')
    await clock.pass(599_000)
    expect(sent).toHaveLength(1)
    expect(get(webhook.id).failingSince).not.toBeNull()
    other.answer = () => OK
    await clock.pass(2_000)

    expect(sent).toHaveLength(2)
    expect(deliveries(webhook.id)).toMatchObject([{ state: 'delivered', attempts: 2 }])
    expect(get(webhook.id)).toMatchObject({ failingSince: null, waiting: 0 })
  })

  it('is not redirected, and one that hangs holds up no other', async () => {
    const { add, act, clock, sent, deliveries } = setUp(({ url }) =>
      url.includes('hangs')
        ? new Promise(() => {})
        : { status: 302, headers: { location: 'https://10.0.0.1/' }, body: '' },
    )
    await add({ url: 'https://hangs.example/' })
    const { webhook } = await add()

    for (let times = 0; times < 20; times += 1) act('app.create')
    await clock.pass(1_000)

    expect(sent.filter(({ url }) => url === URL_OF_OPS)).toHaveLength(20)
    expect(sent.every(({ url }) => !url.includes('10.0.0.1'))).toBe(true)
    expect(deliveries(webhook.id)[0]?.lastAttempt?.reason).toBe(
      'It answers with a redirect (302), which is not followed.',
    )
  })

  it('is told after a restart what waited, from its row', async () => {
    const { add, act, clock, sent, stop, open, deliveries, other } = setUp(() => {
      throw new CodedError('HOST_UNREACHABLE', { reason: 'It refuses the connection.' })
    })
    const { webhook } = await add()
    act('app.create')
    await clock.pass(0)
    expect(deliveries(webhook.id)).toMatchObject([
      { state: 'waiting', lastAttempt: { status: null, reason: 'It refuses the connection.' } },
    ])

    stop()
    other.answer = () => OK
    await clock.pass(DAY_MS)
    expect(sent).toHaveLength(1)
    open().start()
    await clock.pass(0)

    expect(sent).toHaveLength(2)
    expect(deliveries(webhook.id)).toMatchObject([{ state: 'delivered', attempts: 2 }])
  })

  it('that takes nothing for three days is switched off by itself, with an event that says so', async () => {
    const { add, act, clock, get, sent, auditOf, service, actor, other } = setUp(() => ({
      ...OK,
      status: 503,
    }))
    const { webhook } = await add()

    for (let day = 0; day < 4; day += 1) {
      act('app.create')
      await clock.pass(DAY_MS)
    }
    expect(get(webhook.id)).toMatchObject({
      state: 'stopped',
      waiting: 0,
      reason: 'Nothing was taken for three days. The last time: It answers 503.',
    })
    expect(auditOf('webhook.stop')).toMatchObject([{ actor: 'vastrox', result: 'failed' }])
    const before = sent.length
    act('app.create')
    await clock.pass(DAY_MS)
    expect(sent).toHaveLength(before)

    other.answer = () => OK
    await service.change(actor, webhook.id, { isOn: true })
    act('app.create')
    await clock.pass(0)
    expect(get(webhook.id)).toMatchObject({ state: 'on', reason: null, failingSince: null })
    expect(sent).toHaveLength(before + 1)
  })

  it('that says it is gone (410) is told nothing more', async () => {
    const { add, act, clock, get, sent } = setUp(() => ({ ...OK, status: 410 }))
    const { webhook } = await add()

    act('app.create')
    act('app.create')
    await clock.pass(DAY_MS)

    expect(get(webhook.id).state).toBe('stopped')
    expect(sent.length).toBeLessThanOrEqual(2)
  })

  it('signs with both secrets for a day after another one was made', async () => {
    const { add, act, clock, sent, service, actor, get } = setUp()
    const { webhook, webhookSecret: old } = await add()

    const { webhookSecret } = service.renewSecret(actor, webhook.id)
    act('app.create')
    await clock.pass(0)
    expect(get(webhook.id).oldSignatureUntil).not.toBeNull()
    await clock.pass(DAY_MS + 1)
    act('app.create')
    await clock.pass(0)

    const [during, after] = sent
    if (!during || !after) throw new Error('nothing was sent')
    expect(headersOf(during)['webhook-signature']).toBe(
      `${signed(webhookSecret, during)} ${signed(old, during)}`,
    )
    expect(headersOf(after)['webhook-signature']).toBe(signed(webhookSecret, after))
    expect(get(webhook.id).oldSignatureUntil).toBeNull()
  })

  it('gets a test once, and an event again under its own id when somebody asks', async () => {
    const { add, clock, sent, service, actor, deliveries } = setUp(() => ({ ...OK, status: 500 }))
    const { webhook } = await add()

    const { id } = service.test(actor, webhook.id)
    await clock.pass(DAY_MS)
    expect(sent).toHaveLength(1)
    expect(service.getDelivery(actor, webhook.id, id)).toMatchObject({
      event: 'webhook.test',
      state: 'failed',
      tries: [{ status: 500 }],
      request: { url: URL_OF_OPS, headers: { 'webhook-id': headersOf(sent[0])['webhook-id'] } },
    })

    service.redeliver(actor, webhook.id, id)
    await clock.pass(0)
    expect(headersOf(sent[1])['webhook-id']).toBe(headersOf(sent[0])['webhook-id'])
    expect(sent[1]?.body).toBe(sent[0]?.body)
    expect(deliveries(webhook.id)).toHaveLength(2)
  })

  it('keeps at most a thousand waiting and five hundred that are over', async () => {
    const { add, act, clock, deliveries, db, other } = setUp(() => {
      throw new CodedError('HOST_UNREACHABLE')
    })
    const { webhook } = await add()
    const count = (state: string) =>
      db.prepare('SELECT count(*) FROM outgoing_deliveries WHERE state = ?').pluck().get(state)

    for (let times = 0; times < 1_010; times += 1) act('app.create')
    expect([count('waiting'), count('failed')]).toEqual([1_000, 10])
    other.answer = () => OK
    await clock.pass(2 * DAY_MS)
    act('app.create')
    await clock.pass(0)

    expect(count('waiting')).toBe(0)
    expect(Number(count('delivered')) + Number(count('failed'))).toBeLessThanOrEqual(500)
    expect(deliveries(webhook.id)).toHaveLength(200)
  }, 60_000)

  it('is refused inside, with a password in the address, and beyond fifty', async () => {
    const { add, db, events: _, service, actor } = setUp()

    await expect(add({ url: 'https://inside.example/' })).rejects.toMatchObject({
      code: 'ADDRESS_REFUSED',
    })
    for (const url of ['http://ops.example/', 'https://a:b@ops.example/', 'ops', 'https://x/#y'])
      await expect(add({ url })).rejects.toThrow(/https address/)
    await expect(add({ app: 'none' })).rejects.toMatchObject({ code: 'APP_NOT_FOUND' })
    for (let times = 0; times < 50; times += 1) await add()
    await expect(add()).rejects.toMatchObject({ code: 'OUTGOING_WEBHOOKS_FULL' })
    expect(service.list(actor)).toHaveLength(50)
    expect(db.prepare('SELECT count(*) FROM outgoing_webhooks').pluck().get()).toBe(50)
  })

  it('is seen and changed by its own team alone, and its secret is nowhere in the clear', async () => {
    const { add, service, actor, db, audit } = setUp()
    const { webhook, webhookSecret } = await add()
    const stranger: Actor = { ...actor, teamId: 'team2' }
    const notFound = expect.objectContaining({ code: 'OUTGOING_WEBHOOK_NOT_FOUND' })

    expect(service.list(stranger)).toEqual([])
    expect(() => service.remove(stranger, webhook.id)).toThrow(notFound)
    expect(() => service.test(stranger, webhook.id)).toThrow(notFound)
    expect(() => service.renewSecret(stranger, webhook.id)).toThrow(notFound)
    expect(() => service.listDeliveries(stranger, webhook.id, { limit: 1 })).toThrow(notFound)
    const rows = JSON.stringify([
      db.prepare('SELECT * FROM outgoing_webhooks').all(),
      audit.list(actor, { limit: 50 }).items,
      service.list(actor),
    ])
    expect(rows).not.toContain(webhookSecret.slice(6, 30))
    expect(rows).toContain('ops.example')
    expect(JSON.stringify(audit.list(actor, { limit: 50 }).items)).not.toContain('/hooks/xyz')
  })

  it('hears of a deployment that ended, with its commit and where to look, and of a crash loop', async () => {
    const { add, clock, sent, tell, addApp, deploy, instances, db, startDeployments } = setUp()
    await startDeployments()
    addApp()
    await add({ events: ['deployment.live', 'deployment.failed', 'app.crash_looping'] })
    const { id } = await deploy()
    const record = createDeploymentStore(db).findForPlatform(id)
    const [instance] = instances()
    if (!instance || !record) throw new Error('nothing runs')

    tell.ofDeployment({ ...record, state: 'watching' })
    tell.ofDeployment({ ...record, state: 'live' })
    tell.ofDeployment({ ...record, state: 'failed', reason: 'nothing listens' })
    tell.ofCrashLoop(instance)
    await clock.pass(0)

    const bodies = sent.map(({ body = '{}' }) => Sent.parse(JSON.parse(body)))
    expect(
      bodies.map(({ type }) => type).toSorted((one, other) => one.localeCompare(other)),
    ).toEqual(['app.crash_looping', 'deployment.failed', 'deployment.live'])
    expect(bodies.find(({ type }) => type === 'deployment.failed')).toMatchObject({
      data: {
        app: 'hello',
        deployment: 1,
        release: 1,
        reason: 'nothing listens',
        commit: { branch: 'main' },
        url: 'https://example.com:8443/apps/hello/deployments/1',
      },
    })
    expect(bodies.find(({ type }) => type === 'app.crash_looping')).toMatchObject({
      data: { process: 'web', url: 'https://example.com:8443/apps/hello/processes' },
    })
  })

  it('is told of a deployment in the transaction that moves it', async () => {
    const { addApp, deploy, db, events, clock, apps, startDeployments } = setUp()
    await startDeployments()
    addApp()
    const { id } = await deploy()
    const deployments = createDeploymentStore(db)
    const states = createDeploymentStates({
      apps,
      deployments,
      events,
      clock,
      transact: transactionOf(db),
      noteMove: () => {
        throw new Error('not kept')
      },
    })
    const before = deployments.findForPlatform(id)?.state

    expect(() => states.move(id, before === 'watching' ? 'live' : 'superseded')).toThrow('not kept')
    expect(deployments.findForPlatform(id)?.state).toBe(before)
  })
})
