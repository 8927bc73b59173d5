import { DEFAULT_ROUTE_SETTINGS, Redirect, RouteSettings } from '@vastrox/shared/route-settings.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { mustNotLoop } from '#core/routing/redirect-loops.ts'
import { routeRulesOf } from '#core/routing/route-rules.ts'
import { verifyWithScrypt } from '#lib/scrypt-hash.ts'
import { owner } from '#test/fakes/actors.ts'
import { createHarness } from '#test/harness.ts'

let harness: ReturnType<typeof createHarness>
beforeEach(async () => {
  harness = createHarness()
  harness.addApp()
  await harness.start()
})

const published = () => harness.proxy.published.at(-1)?.routes ?? []
const change = (wish: Parameters<typeof harness.routeSettings.change>[2]) =>
  harness.routeSettings.change(harness.actor, 'hello', wish)
const auditText = () =>
  JSON.stringify(harness.db.prepare('SELECT action, details_json FROM audit_events').all())

describe('the route settings of an app', () => {
  it('are what the proxy is told at once', async () => {
    await harness.deploy('a1')

    const shown = await change({
      maxBodyBytes: 1_000,
      httpsRedirect: 'always',
      rateLimit: { requestsPerS: 10, burst: 5 },
      concurrentRequests: 3,
      hsts: { maxAgeS: 31_536_000, includeSubDomains: true, preload: true },
      responseHeaders: [
        { name: 'X-Frame-Options', value: 'DENY' },
        { name: 'X-Powered-By', value: null },
      ],
      responseTimeoutMs: 90_000,
    })

    expect(shown).toMatchObject({ maxBodyBytes: 1_000, hosts: ['hello.localhost'] })
    const [route] = published()
    expect(route).toMatchObject({ maxBodyBytes: 1_000, redirectToHttps: true })
    expect(route?.rules).toEqual({
      setHeaders: [{ name: 'X-Frame-Options', value: 'DENY' }],
      removeHeaders: ['x-powered-by'],
      hsts: 'max-age=31536000; includeSubDomains; preload',
      compress: 'safe',
      rate: { perSecond: 10, burst: 5 },
      concurrent: 3,
      limits: { responseHeadTimeoutMs: 90_000 },
      keepAssets: true,
    })
  })

  it('change key by key, and nothing where nothing is different', async () => {
    await harness.deploy('a1')
    await change({ maintenance: { on: true, html: '<h1>Soon</h1>' } })
    await change({ maintenance: { retryAfterS: 60 } })
    const generation = harness.proxy.published.at(-1)?.generation

    const shown = await change({ maintenance: { on: true } })

    expect(shown.maintenance).toEqual({
      on: true,
      html: '<h1>Soon</h1>',
      allow: [],
      retryAfterS: 60,
    })
    expect(harness.proxy.published.at(-1)?.generation).toBe(generation)
    expect(published()[0]?.rules?.maintenance).toMatchObject({ html: '<h1>Soon</h1>' })
    expect(auditText()).toContain('13 characters')
    expect(auditText()).not.toContain('Soon')
  })

  it('give paths to other processes once these have a port, on every host', async () => {
    const files = { 'server.js': '', Procfile: 'web: node server.js\napi: node api.js' }
    await harness.deploy('a1', { files })
    await harness.end(harness.deployments.scale(harness.actor, 'hello', { api: 1 }).id)
    const paths = [{ prefix: '/api', process: 'api', strip: true }]

    const shown = await change({ paths })
    expect(shown.waitForRestart).toEqual(['api'])
    await harness.deploy('b2', { files })

    const routes = published().map(({ host, pathPrefix, instances, rules }) => [
      host,
      pathPrefix,
      instances.map(({ name }) => /-(web|api)-/.exec(name)?.[1]),
      rules?.stripPrefix ?? false,
    ])
    expect(routes).toEqual([
      ['hello.localhost', '/', ['web'], false],
      ['hello.localhost', '/api', ['api'], true],
    ])
    expect(harness.routeSettings.get(harness.actor, 'hello').waitForRestart).toEqual([])
    await change({ paths: [] })
    expect(published()).toHaveLength(1)
  })

  it('refuse a process that is not there, a path twice, and leave no trace of the attempt', async () => {
    await harness.deploy('a1')
    const path = { prefix: '/a', process: 'web', strip: false }

    await expect(change({ paths: [{ ...path, process: 'nobody' }] })).rejects.toMatchObject({
      code: 'PROCESS_NOT_FOUND',
    })
    await expect(change({ paths: [path, path] })).rejects.toMatchObject({
      code: 'ROUTE_PATH_TAKEN',
    })
    expect(harness.routeSettings.get(harness.actor, 'hello')).toMatchObject(DEFAULT_ROUTE_SETTINGS)
  })

  it('keep passwords as scrypt hashes, show names only, and open the app with the last one', async () => {
    await harness.deploy('a1')

    const shown = await harness.routeSettings.setUser(harness.actor, 'hello', 'ann', 'a secret!')
    const [user] = published()[0]?.rules?.basicAuth?.users ?? []

    expect(shown.basicAuthUsers).toEqual(['ann'])
    expect(JSON.stringify(shown)).not.toContain('scrypt')
    expect(await verifyWithScrypt(user?.hash ?? '', 'a secret!')).toBe(true)
    expect(auditText()).not.toContain('a secret!')
    await expect(
      harness.routeSettings.removeUser(harness.actor, 'hello', 'bob'),
    ).rejects.toMatchObject({ code: 'BASIC_AUTH_USER_NOT_FOUND' })
    await harness.routeSettings.removeUser(harness.actor, 'hello', 'ann')
    expect(published()[0]?.rules?.basicAuth).toBeUndefined()
  })

  it('are for who may change the app', async () => {
    const viewer = { ...owner(), permissions: new Set(['app.read'] as const) }

    await expect(
      harness.routeSettings.change(viewer, 'hello', { keepAssets: false }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  })
})

describe('redirects', () => {
  const loops = (rows: readonly (readonly [string, string])[]): boolean => {
    try {
      mustNotLoop(
        rows.map(([from, to]) => Redirect.parse({ from, to })),
        ['app.test', 'www.app.test'],
      )
      return false
    } catch {
      return true
    }
  }

  it.each([
    [[['/a', '/b']], false],
    [[['/a', '/a']], false],
    [[['/a', '/a?x=1']], true],
    [
      [
        ['/a', '/b'],
        ['/b', '/a'],
      ],
      true,
    ],
    [[['/a/*', '/a/b/*']], true],
    [[['/*', '/new/*']], true],
    [[['/*', '/closed']], false],
    [[['/*', 'https://else.test/*']], false],
    [[['/a', 'https://app.test/a']], true],
    [[['/*', 'https://WWW.app.test/*']], true],
    [
      [
        ['/old/*', '/new/*'],
        ['/new/x', '/newer/x'],
      ],
      false,
    ],
    [
      [
        ['/1', '/2'],
        ['/2', '/3'],
        ['/3', '/1'],
      ],
      true,
    ],
  ] as const)('%j lead in a circle: %s', (rows, expected) => {
    expect(loops(rows)).toBe(expected)
  })

  it.each([
    [{ from: 'a', to: '/b' }],
    [{ from: '/a b', to: '/b' }],
    [{ from: '/a*', to: '/b' }],
    [{ from: '/a', to: 'javascript:alert(1)' }],
    [{ from: '/a', to: '/b\r\nSet-Cookie: x' }],
    [{ from: '/a', to: 'https://' }],
    [{ from: '/a', to: '/*/b' }],
    [{ from: '/a', to: '/b', status: 200 }],
    [{ from: '/a?b', to: '/b' }],
  ])('%j is not taken', (redirect) => {
    expect(Redirect.safeParse(redirect).success).toBe(false)
  })
})

describe('fields of responses', () => {
  it.each([
    ['Connection', 'x'],
    ['Content-Length', '1'],
    ['Set-Cookie', 'a=b'],
    ['transfer-encoding', null],
    ['Strict-Transport-Security', 'max-age=1'],
    ['X-A', 'a\r\nb'],
    ['X-A', 'ü'],
    ['X A', 'a'],
  ])('%s: %j is not taken', (name, value) => {
    const responseHeaders = [{ name, value }]
    expect(RouteSettings.partial().safeParse({ responseHeaders }).success).toBe(false)
  })

  it('may take away what the app says about itself', () => {
    const responseHeaders = [
      { name: 'X-Powered-By', value: null },
      { name: 'Content-Security-Policy', value: "default-src 'self'" },
    ]
    expect(RouteSettings.partial().safeParse({ responseHeaders }).success).toBe(true)
  })
})

describe('the limits of an app', () => {
  it("are each worker's share, and never nothing", () => {
    const settings = {
      ...DEFAULT_ROUTE_SETTINGS,
      rateLimit: { requestsPerS: 3, burst: 1 },
      concurrentRequests: 5,
    }
    const facts = { app: 'a', users: [], strip: false, redirectHost: undefined }

    expect(routeRulesOf(settings, { ...facts, workers: 2 })).toMatchObject({
      rate: { perSecond: 1.5, burst: 1 },
      concurrent: 3,
    })
    expect(routeRulesOf(settings, { ...facts, workers: 8 })).toMatchObject({
      rate: { burst: 1 },
      concurrent: 1,
    })
  })
})
