import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createEventSources } from '#http/event-sources.ts'
import { hostNameOf } from '#http/plugins/own-host.ts'
import { ACCESS_COOKIE, createHttpHarness, type HttpHarness, OURS } from '#test/http-harness.ts'

const SIBLING = { host: OURS.host, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }
const EVIL = 'https://evil.example.com'

describe('who may ask what of the dashboard (rules C16, C17)', () => {
  let server: HttpHarness
  let cookies: Record<string, string>

  beforeAll(async () => {
    const sources = createEventSources()
    server = await createHttpHarness({
      trustedProxies: ['192.0.2.80'],
      api: [
        async (api) => {
          api.addHook('preClose', async () => sources.closeAll())
          const access = { permission: 'signed-in', scope: 'platform' } as const
          api.get('/told', { config: { access } }, async (request, reply) => {
            await sources.open(request, reply).send('hello')
          })
        },
      ],
    })
    cookies = await server.signInByLink()
  })
  afterAll(() => server.close())

  const ask = (headers: Record<string, string>, url = '/api/v1/me', given: object = {}) =>
    server.fastify.inject({ url, headers, cookies, ...given })

  it.each([
    ['an image, a script or a frame of an app', SIBLING],
    ['a fetch of an app', { ...SIBLING, 'sec-fetch-mode': 'cors', origin: EVIL }],
    ['a fetch that says nothing of its site', { host: OURS.host, origin: EVIL }],
    ['a sandboxed frame', { host: OURS.host, origin: 'null' }],
    ['what looks like a token, and is none', { ...SIBLING, authorization: 'Bearer no token' }],
    ['another port of the same host', { host: OURS.host, origin: 'https://example.com:9000' }],
    ['another site', { ...SIBLING, 'sec-fetch-site': 'cross-site' }],
    [
      'a frame that is navigated',
      { ...SIBLING, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
    ['an object', { ...SIBLING, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'object' }],
    [
      'a link to a secret',
      { ...SIBLING, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ],
  ])('%s reads nothing', async (_who, headers) => {
    for (const url of ['/api/v1/me', '/api/v1/told', '/api/v1/tokens']) {
      const reply = await ask(headers, url)

      expect(reply.statusCode, url).toBe(403)
      expect(reply.json().error.code).toBe('ORIGIN_REFUSED')
    }
  })

  it('a link of another site opens what everybody may see, and our own pages read', async () => {
    const link = { ...SIBLING, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

    expect((await ask(link, '/api/docs')).statusCode).toBe(200)
    expect((await ask(OURS)).statusCode).toBe(200)
    expect((await ask({ host: OURS.host })).statusCode).toBe(200)
    expect((await ask({ host: OURS.host, 'sec-fetch-site': 'none' })).statusCode).toBe(200)
  })

  it.each([
    ['another page', { origin: EVIL }],
    ['a page that hides where it is', { origin: 'null' }],
    ['nobody knows', {}],
    ['plain HTTP of ours', { origin: 'http://example.com:8443' }],
  ])('no socket is opened by %s', async (_who, headers) => {
    for (const upgrade of ['websocket', 'WebSocket', 'h2c, websocket', 'websocket/13']) {
      const reply = await ask(
        {
          host: OURS.host,
          connection: 'Upgrade',
          upgrade,
          'sec-websocket-version': '13',
          ...headers,
        },
        '/api/v1/told',
      )

      expect(reply.statusCode, upgrade).toBe(403)
      expect(reply.json().error.code).toBe('ORIGIN_REFUSED')
    }
  })

  it('no socket is opened by another page, even with a token that it has got hold of', async () => {
    const { token } = server.access.tokens.create(server.access.rootActor(), {
      name: 't',
      kind: 'api',
      apps: null,
      expiresInDays: null,
    })
    const headers = { host: OURS.host, upgrade: 'websocket', authorization: `Bearer ${token}` }

    expect((await ask({ ...headers, origin: EVIL })).statusCode).toBe(403)
    expect((await ask(headers)).statusCode).toBe(200)
  })

  it('no connection is handed over to anybody', () => {
    // Who adds sockets later adds a listener here, and its checks of origin, session and permission (C17).
    expect(server.fastify.server.listenerCount('upgrade')).toBe(0)
  })

  it.each([
    'evil.example',
    'example.com.evil.example',
    'evil.example.com:8443',
    'example.comx',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '2130706433',
    '0x7f.1',
    'example.com:8443:1',
    '[::1',
    'a b',
  ])('answers to no name that is not its own: %j (DNS rebinding)', async (host) => {
    const reply = await ask({ ...OURS, host, origin: `https://${host}` })

    expect(reply.statusCode).toBe(421)
    expect(reply.json().error).toMatchObject({
      code: 'HOST_REFUSED',
      message: 'This is the dashboard of example.com: it does not answer to another name.',
    })
  })

  it.each([
    'example.com',
    'EXAMPLE.com:8443',
    'example.com.',
    'localhost:9000',
    '127.0.0.1:8443',
    '[::1]:8443',
    '203.0.113.7',
  ])('answers to its name, and to any address that is written out: %s', async (host) => {
    expect((await ask({ host })).statusCode).toBe(200)
  })

  it('leaves names to a proxy that is trusted', async () => {
    const behind = { remoteAddress: '192.0.2.80' }

    expect((await ask({ host: 'panel.corp.example' }, '/api/v1/me', behind)).statusCode).toBe(200)
    expect((await ask({ host: 'panel.corp.example' })).statusCode).toBe(421)
  })

  it('reads the name out of a Host header, or nothing', () => {
    expect(hostNameOf('Panel.Example.:443')).toBe('panel.example')
    expect(hostNameOf('[2001:DB8::1]:8443')).toBe('2001:db8::1')
    for (const odd of ['a/b', 'a@b', 'a:b', 'ä.example', 'a\tb', 'a'.repeat(300)])
      expect(hostNameOf(odd)).toBe('')
  })

  it('takes no cookie of a similar name for its own', async () => {
    const value = cookies[ACCESS_COOKIE] ?? ''
    for (const name of [
      ACCESS_COOKIE.toLowerCase(),
      ACCESS_COOKIE.replace('__Host-', ''),
      ACCESS_COOKIE.replace('__Host-', '__Secure-'),
    ]) {
      const headers = { ...OURS, cookie: `${name}=${value}` }
      const reply = await server.fastify.inject({ url: '/api/v1/me', headers })

      expect(reply.statusCode, name).toBe(401)
    }
  })
})

describe('bodies that nobody could have meant', () => {
  let server: HttpHarness
  const ITEMS = { config: { access: { permission: 'public', scope: 'platform' } } } as const

  beforeAll(async () => {
    server = await createHttpHarness({
      api: [
        async (api) => {
          api.post('/any', { ...ITEMS, schema: { body: z.unknown() } }, async () => 'taken')
        },
      ],
    })
  })
  afterAll(() => server.close())

  const post = (payload: string, type = 'application/json') =>
    server.fastify.inject({
      method: 'POST',
      url: '/api/v1/any',
      headers: { 'content-type': type },
      payload,
    })

  it.each([
    ['nested 33 deep', '['.repeat(33) + ']'.repeat(33)],
    ['nested without end', '['.repeat(500_000)],
    ['nested in objects', '{"a":'.repeat(40_000) + '1' + '}'.repeat(40_000)],
    ['of 10,001 keys', `{${Array.from({ length: 10_001 }, (_, at) => `"k${at}":1`).join()}}`],
    ['of 50,002 items', `[${'1,'.repeat(50_001)}1]`],
    ['with a prototype', '{"a":{"__proto__":{"isAdmin":true}}}'],
    ['with a constructor', '{"constructor":{"prototype":{"isAdmin":true}}}'],
    ['cut off', '{"a":"'],
    ['of nothing', ''],
    ['with a mark of order', '\ufeff{"a":1}'.slice(0, 4)],
    ['in numbers that are none', '{"a":NaN}'],
    ['with a comment', '{"a":1/*b*/}'],
    ['of strings that do not end', `"${'\\"'.repeat(900_000)}`],
  ])('are refused: %s', async (_what, payload) => {
    const reply = await post(payload)

    expect(reply.statusCode).toBe(400)
    expect(reply.json().error).toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.any(String),
    })
  })

  it.each([
    'text/plain',
    'text/plain; application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
    'application/json;charset=utf-8;text/plain'.replace('application', 'applicatiom'),
    'application/xml',
    'application/csp-report',
  ])('are refused when they say that they are %s', async (type) => {
    expect((await post('{"a":1}', type)).statusCode).toBe(400)
  })

  it('are taken up to what is sensible', async () => {
    expect((await post('['.repeat(32) + ']'.repeat(32))).statusCode).toBe(200)
    expect((await post(`{"text":${JSON.stringify('{[,:"\\'.repeat(50_000))}}`)).statusCode).toBe(
      200,
    )
    expect((await post(`[${'1,'.repeat(50_000)}1]`)).statusCode).toBe(200)
  })

  it('are refused beyond 2 MB', async () => {
    const reply = await post(JSON.stringify('x'.repeat(2 * 2 ** 20)))

    expect(reply.statusCode).toBe(413)
    expect(reply.json().error.code).toBe('REQUEST_TOO_LARGE')
  })
})
