import { CodedError } from '@vastrox/shared/errors.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { createAccessHarness } from '#test/access-harness.ts'
import { createHttpHarness, OURS } from '#test/http-harness.ts'

const ACCESS = { access: { permission: 'app.change', scope: 'team' } } as const

/** Routes as somebody will write them one day, having forgotten that there is an audit log. */
const forgetful =
  (tell: (actor: Parameters<Tell>[0]) => void): FastifyPluginAsyncZod =>
  async (server) => {
    const schema = { response: { 200: z.object({ done: z.literal(true) }) } }
    const done = { done: true as const }
    server.get('/things', { config: ACCESS, schema }, async () => done)
    server.post('/things/:thing/paint', { config: ACCESS, schema }, async () => done)
    server.post('/things/:thing/tell', { config: ACCESS, schema }, async ({ actor }) => {
      tell(actor)
      return done
    })
    server.delete('/things/:thing', { config: ACCESS, schema }, async () => {
      throw new CodedError('APP_NOT_FOUND')
    })
    server.put('/things/:thing', { config: ACCESS, schema }, async () => {
      throw new Error('a bug')
    })
  }
type Tell = (
  actor: ReturnType<ReturnType<typeof createAccessHarness>['access']['rootActor']>,
) => void

async function setUp() {
  const harness = createAccessHarness()
  const tell: Tell = (actor) =>
    harness.auditLog.append({ actor, action: 'thing.tell', target: 'one' })
  const http = await createHttpHarness({
    harness,
    api: [forgetful(tell)],
    limits: { address: 100, 'sign-in': 20, actor: 100 },
  })
  const { token, id } = http.access.tokens.create(
    http.access.rootActor(),
    CreateToken.parse({ name: 'ci' }),
  )
  const before = http.audited().length
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, headers = {}) =>
    http.fastify.inject({
      method,
      url: `/api/v1${url}`,
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
  const written = () =>
    http.auditLog
      .list(http.access.rootActor(), { cursor: undefined, limit: 200 })
      .items.slice(0, http.audited().length - before)
      .map(({ action, target, result }) => [action, target, result].join(' | '))
  return { ...http, ask, written, tokenId: id }
}

describe('a write of which its service tells nothing', () => {
  it('is written down by itself, with who, by what, from where, and without its query', async () => {
    const { ask, written, auditLog, access, tokenId } = await setUp()

    await ask('POST', '/things/one/paint?secret=hush')
    await ask('GET', '/things')

    expect(written()).toEqual(['api.call | POST /api/v1/things/one/paint | ok'])
    const [event] = auditLog.list(access.rootActor(), { cursor: undefined, limit: 1 }).items
    expect(event).toMatchObject({
      actor: 'token ci',
      actorId: tokenId,
      via: `token ${tokenId}`,
      address: '127.0.0.1',
      details: { status: 200 },
    })
  })

  it('is not written down twice, nor where nothing was done', async () => {
    const { ask, written } = await setUp()

    await ask('POST', '/things/one/tell')
    await ask('DELETE', '/things/one')

    expect(written()).toEqual(['thing.tell | one | ok'])
  })

  it('is written down as failed where it fails on our side', async () => {
    const { ask, written } = await setUp()

    expect((await ask('PUT', '/things/one')).statusCode).toBe(500)

    expect(written()).toEqual(['api.call | PUT /api/v1/things/one | failed'])
  })

  it('is written down once where it is sent again with its Idempotency-Key', async () => {
    const { ask, written } = await setUp()
    const key = { 'idempotency-key': 'again' }

    await ask('POST', '/things/one/paint', key)
    const again = await ask('POST', '/things/one/paint', key)

    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(written()).toHaveLength(1)
  })
})

describe('a refusal of somebody who is known', () => {
  it('is written down where a browser was sent by another site', async () => {
    const { signInByLink, fastify, written } = await setUp()
    const cookies = await signInByLink()

    for (let at = 0; at < 3; at++)
      await fastify.inject({
        method: 'POST',
        url: '/api/v1/things/one/paint',
        headers: { ...OURS, origin: 'https://evil.example.com' },
        cookies,
      })
    await fastify.inject({
      method: 'POST',
      url: '/api/v1/things/one/paint',
      headers: { origin: 'https://evil.example.com' },
    })

    expect(written().filter((line) => line.startsWith('denied'))).toEqual([
      'denied origin | POST /api/v1/things/one/paint | denied',
    ])
  })

  it('is written down once a minute where writes come too often', async () => {
    const { ask, written, pass } = await setUp()
    for (let at = 0; at < 100; at++) await ask('GET', '/none')
    expect((await ask('POST', '/things/one/paint')).statusCode).toBe(429)
    expect((await ask('POST', '/things/one/paint')).statusCode).toBe(429)
    expect(written()).toEqual(['denied rate | POST /api/v1/things/one/paint | denied'])

    pass(60_000)
    expect((await ask('POST', '/things/one/paint')).statusCode).toBe(200)
  })
})
