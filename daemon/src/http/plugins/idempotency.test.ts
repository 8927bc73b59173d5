import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { systemActor } from '#core/access/system-actor.ts'
import { idempotency } from '#http/plugins/idempotency.ts'
import { createHttpHarness } from '#test/http-harness.ts'

async function setUp() {
  const server = await createHttpHarness()
  const { tokens, rootActor } = server.access
  const { token } = tokens.create(rootActor(), { name: 'ci', kind: 'api', expiresInDays: null })
  const create = (key: string | undefined, name: string, bearer = token) =>
    server.fastify.inject({
      method: 'POST',
      url: '/api/v1/tokens',
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: { name },
    })
  return { ...server, token, create, count: () => tokens.list(rootActor()).length }
}

describe('a write with an Idempotency-Key', () => {
  it('is done once when it is sent again, and gets the same reply', async () => {
    const { create, count } = await setUp()

    const first = await create('k1', 'robot')
    const second = await create('k1', 'robot')

    expect(first.statusCode).toBe(201)
    expect(second.statusCode).toBe(201)
    expect(second.json()).toEqual(first.json())
    expect(second.headers['content-type']).toBe(first.headers['content-type'])
    expect(first.headers).not.toHaveProperty('idempotency-replayed')
    expect(second.headers['idempotency-replayed']).toBe('true')
    expect(count()).toBe(2)
  })

  it('may be an upload, whose body is a connection and no value', async () => {
    const begun: string[] = []
    const app = fastify()
    app.addContentTypeParser('application/zip', (_request, body, done) => done(null, body))
    await app.register(
      idempotency({
        begin: (_actor, _key, request) => {
          begun.push(JSON.stringify(request))
          return { status: 200, body: '' }
        },
        finish: () => {},
      }),
    )
    app.decorateRequest('actor', { getter: () => systemActor('t1') })
    const access = { permission: 'signed-in', scope: 'team' } as const
    app.put('/archive', { config: { access } }, async () => 'done')
    const at = await app.listen({ port: 0, host: '127.0.0.1' })
    const headers = { 'idempotency-key': 'u1', 'content-type': 'application/zip' }

    const reply = await fetch(`${at}/archive`, { method: 'PUT', headers, body: 'PK' })
    await app.close()

    expect(reply.status).toBe(200)
    expect(begun).toEqual(['["PUT","/archive",{"bytes":"2"}]'])
  })

  it('is refused with the key of another request, which it does not carry out', async () => {
    const { create, count } = await setUp()
    await create('k1', 'robot')

    const reply = await create('k1', 'another')

    expect(reply.statusCode).toBe(409)
    expect(reply.json().error.code).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(count()).toBe(2)
  })

  it('gets an expected failure again as well, and a reply without a body', async () => {
    const { fastify, token } = await setUp()
    const remove = (id: string, key: string) =>
      fastify.inject({
        method: 'DELETE',
        url: `/api/v1/tokens/${id}`,
        headers: { authorization: `Bearer ${token}`, 'idempotency-key': key },
      })
    const { id } = (
      await fastify.inject({
        method: 'POST',
        url: '/api/v1/tokens',
        headers: { authorization: `Bearer ${token}` },
        body: { name: 'short-lived' },
      })
    ).json()

    expect([
      (await remove('none', 'k1')).statusCode,
      (await remove('none', 'k1')).statusCode,
    ]).toEqual([404, 404])
    expect([(await remove(id, 'k2')).statusCode, (await remove(id, 'k2')).statusCode]).toEqual([
      204, 204,
    ])
    expect((await remove(id, 'k3')).statusCode).toBe(404)
  })

  it('is carried out twice by two keys, by two callers, and without one', async () => {
    const { create, count, access } = await setUp()
    const other = access.tokens.create(access.rootActor(), {
      name: 'o',
      kind: 'api',
      expiresInDays: null,
    })
    const before = count()

    for (const [key, bearer] of [
      ['k1'],
      ['k2'],
      ['k1', other.token],
      [undefined],
      [undefined],
    ] as const)
      expect((await create(key, 'robot', bearer)).statusCode).toBe(201)

    expect(count()).toBe(before + 5)
  })

  it.each(['', 'a b', 'ü', 'x'.repeat(201)])('is refused with the key "%s"', async (key) => {
    const { create, count } = await setUp()

    expect((await create(key, 'robot')).statusCode).toBe(400)
    expect(count()).toBe(1)
  })

  it('is never looked at for somebody who may not', async () => {
    const { create, db } = await setUp()

    expect((await create('k1', 'robot', 'vxt_api_wrong')).statusCode).toBe(401)
    expect(db.prepare('SELECT count(*) FROM idempotency_keys').pluck().get()).toBe(0)
  })
})
