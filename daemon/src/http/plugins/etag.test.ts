import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateToken } from '@vastrox/shared/token.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'

interface Edited {
  read: string
  write: ['PATCH' | 'PUT' | 'POST', string, object]
}

const EDITED: Record<string, Edited> = {
  'the settings of an app': {
    read: '/apps/blog',
    write: ['PATCH', '/apps/blog', { drainMs: 1_000 }],
  },
  env: { read: '/apps/blog/env', write: ['PATCH', '/apps/blog/env', { set: { A: '1' } }] },
  'route settings': {
    read: '/apps/blog/routing',
    write: ['PATCH', '/apps/blog/routing', { responseTimeoutMs: 30_000 }],
  },
  'firewall rules': {
    read: '/firewall/rules',
    write: ['POST', '/firewall/rules', { action: 'allow', ports: ['8081'] }],
  },
}

describe('ETags', () => {
  let server: FullServer
  let headers: { authorization: string }
  beforeAll(async () => {
    server = await createFullServer()
    server.addApp('blog')
    const { tokens, rootActor } = server.access
    const { token } = tokens.create(rootActor(), CreateToken.parse({ name: 'ci' }))
    headers = { authorization: `Bearer ${token}` }
  })
  afterAll(() => server.fastify.close())

  const get = (path: string, more: Record<string, string> = {}) =>
    server.fastify.inject({ url: `/api/v1${path}`, headers: { ...headers, ...more } })
  const write = ([method, path, body]: Edited['write'], more: Record<string, string> = {}) =>
    server.fastify.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...headers, ...more },
      body,
    })
  const etagOf = async (path: string) => String((await get(path)).headers.etag)

  it('come with every read, and 304 where the answer is the same', async () => {
    const first = await get('/apps')
    const etag = String(first.headers.etag)

    const same = await get('/apps', { 'if-none-match': `"other", W/${etag}` })
    const other = await get('/apps', { 'if-none-match': '"other"' })

    expect(etag).toMatch(/^"[\w-]{27}"$/)
    expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', etag])
    expect(other.statusCode).toBe(200)
    expect((await get('/apps/none')).headers.etag).toBeUndefined()
  })

  it.each(Object.entries(EDITED))('keep two people from overwriting %s', async (_, edited) => {
    const seen = await etagOf(edited.read)

    const first = await write(edited.write, { 'if-match': seen })
    const second = await write(edited.write, { 'if-match': seen })

    expect(first.statusCode, first.body).toBeLessThan(300)
    expect(second.statusCode, second.body).toBe(412)
    expect(second.json().error).toMatchObject({
      code: 'PRECONDITION_FAILED',
      hint: expect.stringContaining('Read it again'),
    })
    const again = await write(edited.write, { 'if-match': await etagOf(edited.read) })
    expect(again.statusCode, again.body).toBeLessThan(300)
    expect((await write(edited.write)).statusCode).toBeLessThan(300)
    expect((await write(edited.write, { 'if-match': '*' })).statusCode).toBeLessThan(300)
    for (const wrong of ['"x"', 'x', `W/${await etagOf(edited.read)}`, '""', ','])
      expect((await write(edited.write, { 'if-match': wrong })).statusCode, wrong).toBe(412)
  })

  it('let one of ten through that write at the same time', async () => {
    const seen = await etagOf('/firewall/rules')

    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        write(['POST', '/firewall/rules', { action: 'deny', ports: [String(9_000 + at)] }], {
          'if-match': seen,
        }),
      ),
    )

    const codes = replies.map(({ statusCode }) => statusCode).toSorted((one, other) => one - other)
    expect(codes).toEqual([201, ...Array.from({ length: 9 }, () => 412)])
  })

  it('of an app are no conflict when only what happens to it has changed', async () => {
    const seen = await etagOf('/apps/blog')
    await server.start()
    await server.deploy('a1', { appName: 'blog' })
    const now = await etagOf('/apps/blog')

    expect(now).not.toBe(seen)
    const reply = await write(['PATCH', '/apps/blog', { drainMs: 2_000 }], { 'if-match': seen })
    expect(reply.statusCode, reply.body).toBe(200)
  })
})
