import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFullServer, type FullServer } from '#test/full-server.ts'

/** Of every answer whatever: page, data, error, git, download, and what was never a request. */
const ALWAYS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'strict-transport-security': 'max-age=31536000',
}
const IN_EVERY_POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
]
/** What would let a script of somebody else's in. */
const LOOSE = /unsafe|\*|https?:|blob:|strict-dynamic|nonce|allow-/

describe('the headers of every answer', () => {
  let folder: string
  let server: FullServer
  let token: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-headers-'))
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Vastrox</title>')
    writeFileSync(join(folder, 'assets/main-a1b2c3.js'), '1')
    server = await createFullServer({ dashboardDir: folder })
    server.addApp('blog')
    token = server.access.tokens.create(server.access.rootActor(), {
      name: 't',
      kind: 'api',
      apps: null,
      expiresInDays: null,
    }).token
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function check(headers: Record<string, unknown>, path: string): void {
    expect(headers, path).toMatchObject(ALWAYS)
    const policy = String(headers['content-security-policy'])
    const parts = policy.split('; ')
    expect(parts, path).toEqual(expect.arrayContaining(IN_EVERY_POLICY))
    expect(policy, path).not.toMatch(LOOSE)
    // No page of ours is framed, and no data is a page.
    const isPage = !/^\/(api\/(?!docs$)|git\/)/.test(path)
    expect(parts.includes('sandbox'), path).toBe(!isPage)
    expect(parts.includes("script-src 'self'"), path).toBe(isPage)
    expect(headers, path).not.toHaveProperty('access-control-allow-origin')
    expect(headers, path).not.toHaveProperty('server')
    expect(headers, path).not.toHaveProperty('x-powered-by')
    const isApi = path.startsWith('/api/v1')
    expect(String(headers['cache-control']), path).toMatch(isApi ? /^no-(store|cache)$/ : /./)
  }

  it('are all there on every route that there is, for nobody and for the owner', async () => {
    const asked = server.routes.filter(({ method, url }) => {
      // Streams do not end: their heads are those of the route that they are of.
      const isStream = /\/(stream|events|told)$/.test(url)
      return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method) && !isStream
    })
    expect(asked.length).toBeGreaterThan(100)
    for (const { method, url } of asked) {
      const path = url.replaceAll(/:[a-z]+/gi, 'blog').replace('*', 'apps')
      for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
        // What nobody may write is refused before it would be done; the owner's own writes are not tried.
        if (method !== 'GET' && 'authorization' in headers) continue
        const reply = await server.fastify.inject({
          method: method === 'GET' ? 'GET' : 'POST',
          url: path,
          headers,
        })
        check(reply.headers, path)
        expect(reply.body === '' || reply.headers['content-type'] !== undefined, path).toBe(true)
      }
    }
  })

  it.each([
    '/',
    '/apps/blog',
    '/assets/main-a1b2c3.js',
    '/assets/gone-a1b2c3.js',
    '/api/docs',
    '/api/docs/style.css',
    '/api/v1/openapi.json',
    '/api/v1/nothing',
    '/git/blog.git/info/refs?service=git-upload-pack',
    '/git/blog.git/info/refs',
    '/git/gone.git/HEAD',
  ])('are all there at %s', async (url) => {
    const [path = ''] = url.split('?')
    for (const given of [{}, { host: 'evil.example' }, { origin: 'https://evil.example' }]) {
      const reply = await server.fastify.inject({ url, headers: given })

      check(reply.headers, path)
      expect(reply.statusCode, path).toBeLessThan(500)
    }
  })

  it('let nothing be asked beforehand: there is no CORS, and no method but those of the routes', async () => {
    for (const method of ['OPTIONS', 'HEAD'] as const) {
      const reply = await server.fastify.inject({
        method,
        url: '/api/v1/tokens',
        headers: {
          origin: 'https://evil.example.com',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization, content-type',
        },
      })
      expect(reply.statusCode).toBeGreaterThanOrEqual(400)
      expect(
        Object.keys(reply.headers).filter((name) => name.startsWith('access-control')),
      ).toEqual([])
    }
  })
})
