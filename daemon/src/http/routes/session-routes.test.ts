import { describe, expect, it } from 'vitest'
import {
  ACCESS_COOKIE,
  cookiesOf,
  createHttpHarness,
  type HttpHarness,
  OURS,
  REFRESH_COOKIE,
} from '#test/http-harness.ts'

const GOOD = 'a lighthouse in the fog'

type Cookies = Record<string, string>

/** What the dashboard would send, with the cookies given. */
const asBrowser = ({ fastify }: HttpHarness, cookies: Cookies) => ({
  get: (path: string) => fastify.inject({ url: `/api/v1${path}`, cookies }),
  send: (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object, headers: object = OURS) =>
    fastify.inject({
      method,
      url: `/api/v1${path}`,
      cookies,
      headers: { ...headers },
      ...(body && { body }),
    }),
})

describe('signing in by a link', () => {
  it('sets cookies that scripts, other hosts and plain HTTP never see', async () => {
    const server = await createHttpHarness()
    const { token } = server.access.createSignInLink()

    const reply = await asBrowser(server, {}).send('POST', '/sign-in/link', { token })

    expect(reply.statusCode).toBe(204)
    expect(reply.body).toBe('')
    expect(reply.cookies.map(({ name }) => name)).toEqual([ACCESS_COOKIE, REFRESH_COOKIE])
    for (const cookie of reply.cookies) {
      expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/' })
      expect(cookie.domain).toBeUndefined()
    }
    expect(reply.cookies[0]?.maxAge).toBe(600)
    expect(reply.cookies[1]?.expires?.toISOString()).toBe('2026-11-29T12:00:00.000Z')
  })

  it('is not used up by opening it: mail scanners open links', async () => {
    const server = await createHttpHarness()
    const { token } = server.access.createSignInLink()

    await server.fastify.inject(`/sign-in/${token}`)
    await server.fastify.inject(`/api/v1/sign-in/link?token=${token}`)
    const first = await asBrowser(server, {}).send('POST', '/sign-in/link', { token })
    const second = await asBrowser(server, {}).send('POST', '/sign-in/link', { token })

    expect(first.statusCode).toBe(204)
    expect(second.statusCode).toBe(401)
    expect(second.json().error.code).toBe('SIGN_IN_LINK_INVALID')
    expect(second.cookies).toEqual([])
  })
})

describe('a session in the browser', () => {
  it('takes the place of the one before, which ends', async () => {
    const server = await createHttpHarness()
    const before = await server.signInByLink()
    const { token } = server.access.createSignInLink()

    const reply = await asBrowser(server, before).send('POST', '/sign-in/link', { token })

    expect((await asBrowser(server, before).get('/me')).statusCode).toBe(401)
    expect((await asBrowser(server, cookiesOf(reply)).get('/me')).statusCode).toBe(200)
  })

  it('says who is signed in', async () => {
    const server = await createHttpHarness()
    const browser = asBrowser(server, await server.signInByLink())

    expect((await browser.get('/me')).json()).toMatchObject({
      kind: 'user',
      name: 'admin',
      role: 'owner',
      hasPassword: false,
    })
  })

  it('is not signed in after ten minutes, until it refreshes', async () => {
    const server = await createHttpHarness()
    const cookies = await server.signInByLink()
    server.pass(601_000)

    const stale = await asBrowser(server, cookies).get('/me')
    const refreshed = await asBrowser(server, cookies).send('POST', '/session/refresh', {})
    const fresh = await asBrowser(server, cookiesOf(refreshed)).get('/me')

    expect(stale.json().error.code).toBe('NOT_SIGNED_IN')
    expect(refreshed.statusCode).toBe(204)
    expect(fresh.statusCode).toBe(200)
  })

  it('ends, cookies and all, when an old refresh token comes again', async () => {
    const server = await createHttpHarness()
    const stolen = await server.signInByLink()
    const own = cookiesOf(await asBrowser(server, stolen).send('POST', '/session/refresh', {}))
    server.pass(6_000)

    const reused = await asBrowser(server, stolen).send('POST', '/session/refresh', {})

    expect(reused.statusCode).toBe(401)
    expect(reused.cookies.map(({ name, value }) => [name, value])).toEqual([
      [ACCESS_COOKIE, ''],
      [REFRESH_COOKIE, ''],
    ])
    expect((await asBrowser(server, own).get('/me')).statusCode).toBe(401)
  })

  it('is over at once for its access token too when it is revoked or signed out', async () => {
    const server = await createHttpHarness()
    const here = await server.signInByLink()
    const there = await server.signInByLink()
    const browser = asBrowser(server, here)
    const { items } = (await browser.get('/sessions')).json()
    const other = items.find(({ current }: { current: boolean }) => !current)

    const revoked = await browser.send('DELETE', `/sessions/${other.id}`)
    expect(revoked.statusCode).toBe(204)
    expect((await asBrowser(server, there).get('/me')).statusCode).toBe(401)
    expect((await browser.get('/me')).statusCode).toBe(200)

    const signedOut = await browser.send('POST', '/sign-out', {})
    expect(cookiesOf(signedOut)).toEqual({ [ACCESS_COOKIE]: '', [REFRESH_COOKIE]: '' })
    expect((await browser.get('/me')).statusCode).toBe(401)
  })

  it.each([
    ['nothing', ''],
    ['an unsigned token', `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode({ sid: 'x' })}.`],
    ['something else', 'a.b.c'],
  ])('is not made of %s', async (_what, token) => {
    const server = await createHttpHarness()

    const reply = await asBrowser(server, { [ACCESS_COOKIE]: token }).get('/me')

    expect(reply.statusCode).toBe(401)
    expect(server.logged).toEqual([])
  })

  it('is not made of a token for another instance or of another type, though the key is the same', async () => {
    const server = await createHttpHarness()
    const cookies = await server.signInByLink()
    const { sid } = server.fastify.jwt.decode<{ sid: string }>(cookies[ACCESS_COOKIE] ?? '') ?? {
      sid: '',
    }
    const forged = [
      server.fastify.jwt.sign({ sid }, { aud: 'vastrox-ffffff' }),
      server.fastify.jwt.sign({ sid }, { iss: 'somebody' }),
      server.fastify.jwt.sign({ sid }, { header: { alg: 'HS256', typ: 'jwt' } }),
      server.fastify.jwt.sign({ sid: 7 }),
    ]

    for (const token of forged)
      expect((await asBrowser(server, { [ACCESS_COOKIE]: token }).get('/me')).statusCode).toBe(401)
  })
})

describe('a write of a browser (rule C16)', () => {
  it.each([
    ['another site', { ...OURS, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    [
      'an app on a sub-domain',
      { ...OURS, origin: 'https://app.example.com', 'sec-fetch-site': 'same-site' },
    ],
    ['another port of the host', { ...OURS, origin: 'https://example.com' }],
    ['plain HTTP', { ...OURS, origin: 'http://example.com:8443' }],
    ['a sandboxed frame', { ...OURS, origin: 'null' }],
    ['a browser without Origin', { host: OURS.host, 'sec-fetch-site': 'cross-site' }],
    ['nobody says where', { host: OURS.host }],
    [
      'somebody with Basic credentials',
      { ...OURS, origin: 'https://evil.example', authorization: 'Basic YTpi' },
    ],
  ])('is refused when it comes from %s', async (_where, headers) => {
    const server = await createHttpHarness()
    const browser = asBrowser(server, await server.signInByLink())

    const reply = await browser.send('POST', '/tokens', { name: 'x' }, headers)

    expect(reply.statusCode).toBe(403)
    expect(reply.json().error.code).toBe('ORIGIN_REFUSED')
    expect(server.access.tokens.list(server.access.rootActor())).toEqual([])
  })

  it('is refused from elsewhere for the sign-in as well: nobody is signed in as somebody else', async () => {
    const server = await createHttpHarness()
    const { token } = server.access.createSignInLink()
    const elsewhere = { ...OURS, origin: 'https://evil.example' }

    const reply = await asBrowser(server, {}).send('POST', '/sign-in/link', { token }, elsewhere)

    expect(reply.statusCode).toBe(403)
    expect(reply.cookies).toEqual([])
  })

  it('passes from our own pages, and from a program with a token', async () => {
    const server = await createHttpHarness()
    const browser = asBrowser(server, await server.signInByLink())

    const own = await browser.send('POST', '/tokens', { name: 'ci' })
    const program = await server.fastify.inject({
      method: 'POST',
      url: '/api/v1/tokens',
      headers: { authorization: `Bearer ${own.json().token}` },
      body: { name: 'second' },
    })

    expect(own.statusCode).toBe(201)
    expect(program.statusCode).toBe(201)
  })
})

describe('a password', () => {
  it('is set by a browser, which stays signed in while all others are out', async () => {
    const server = await createHttpHarness()
    const elsewhere = await server.signInByLink()
    const browser = asBrowser(server, await server.signInByLink())

    const reply = await browser.send('PUT', '/password', { password: GOOD })

    expect(reply.statusCode).toBe(204)
    expect((await asBrowser(server, cookiesOf(reply)).get('/me')).json().hasPassword).toBe(true)
    expect((await asBrowser(server, elsewhere).get('/me')).statusCode).toBe(401)
    expect((await browser.get('/me')).statusCode).toBe(401)
    const signedIn = await asBrowser(server, {}).send('POST', '/sign-in', {
      name: 'admin',
      password: GOOD,
    })
    expect(signedIn.statusCode).toBe(204)
  })

  it('is not set with a token', async () => {
    const server = await createHttpHarness()
    const created = server.access.tokens.create(server.access.rootActor(), {
      name: 'ci',
      kind: 'api',
      expiresInDays: null,
    })

    const reply = await server.fastify.inject({
      method: 'PUT',
      url: '/api/v1/password',
      headers: { authorization: `Bearer ${created.token}` },
      body: { password: GOOD },
    })

    expect(reply.statusCode).toBe(403)
    expect(server.users.findByNameForPlatform('admin')?.passwordHash).toBeNull()
  })
})

describe('trying to sign in again and again', () => {
  it('is limited for each address or /64, whatever the name, and opens again', async () => {
    const server = await createHttpHarness()
    const attempt = (at: number, remoteAddress: string) =>
      server.fastify.inject({
        method: 'POST',
        url: '/api/v1/sign-in',
        remoteAddress,
        body: { name: `name-${at}`, password: 'x' },
      })
    const statuses: number[] = []
    for (let at = 0; at < 21; at += 1)
      statuses.push((await attempt(at, `2001:db8::${at}`)).statusCode)

    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429])
    expect((await attempt(99, '2001:db8:0:1::1')).statusCode).toBe(401)
    expect((await attempt(99, '2001:db8::1')).headers['retry-after']).toBe('60')
    expect(
      (await server.fastify.inject({ url: '/api/v1/health', remoteAddress: '2001:db8::1' }))
        .statusCode,
    ).toBe(200)
    server.pass(60_000)
    expect((await attempt(99, '2001:db8::1')).statusCode).toBe(401)
  })

  it('limits all requests of one address, at a hundred a second', async () => {
    const server = await createHttpHarness()
    const ask = (remoteAddress: string) =>
      server.fastify.inject({ url: '/api/v1/health', remoteAddress })
    for (let at = 0; at < 6_000; at += 1) await ask('192.0.2.1')

    expect((await ask('192.0.2.1')).statusCode).toBe(429)
    expect((await ask('192.0.2.2')).statusCode).toBe(200)
  })
})

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
