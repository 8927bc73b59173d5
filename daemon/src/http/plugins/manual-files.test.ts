import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttpHarness, type HttpHarness } from '#test/http-harness.ts'

describe('the documentation', () => {
  let folder: string
  let server: HttpHarness

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-manual-'))
    mkdirSync(join(folder, 'dist/docs/stacks'), { recursive: true })
    writeFileSync(join(folder, 'secret.html'), 'hush')
    writeFileSync(join(folder, 'dist/index.html'), 'the dashboard')
    writeFileSync(join(folder, 'dist/docs/index.html'), 'the index')
    writeFileSync(join(folder, 'dist/docs/errors.html'), 'every code')
    writeFileSync(join(folder, 'dist/docs/errors.html.gz'), gzipSync('every code'))
    writeFileSync(join(folder, 'dist/docs/stacks/node.html'), 'Node.js')
    writeFileSync(join(folder, 'dist/docs/not-found.html'), 'no such page')
    server = await createHttpHarness({ dashboardFolder: join(folder, 'dist') })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const get = (url: string, headers: Record<string, string> = {}) =>
    server.fastify.inject({ url, headers })

  it.each([
    ['/docs', 'the index'],
    ['/docs/', 'the index'],
    ['/docs/errors', 'every code'],
    ['/docs/errors?from=mail', 'every code'],
    ['/docs/stacks/node', 'Node.js'],
  ])('has its page at %s, without signing in', async (url, body) => {
    const reply = await get(url)

    expect(reply.statusCode).toBe(200)
    expect(reply.body).toBe(body)
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    })
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'")
    expect(reply.headers['content-security-policy']).not.toContain('unsafe')
  })

  it('sends them compressed, and not again when nothing changed', async () => {
    const packed = await get('/docs/errors', { 'accept-encoding': 'gzip' })
    const again = await get('/docs/errors', {
      'accept-encoding': 'gzip',
      'if-none-match': String(packed.headers.etag),
    })

    expect(gunzipSync(packed.rawPayload).toString()).toBe('every code')
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })

  it('leads from the name of a file to its page', async () => {
    const places = ['/docs/ERRORS.md', '/docs/stacks/NODE.md', '/docs/README.md']
    const replies = await Promise.all(places.map((url) => get(url)))

    expect(replies.map(({ statusCode, headers }) => [statusCode, headers.location])).toEqual([
      [308, '/docs/errors'],
      [308, '/docs/stacks/node'],
      [308, '/docs'],
    ])
  })

  it.each(['/docs/nothing', '/docs/..%2f..%2fsecret', '/docs/errors.html.gz', '/docs/a/b/c'])(
    'says 404 in a page of its own at %s',
    async (url) => {
      const reply = await get(url)

      expect(reply.statusCode).toBe(404)
      expect(reply.body).toBe('no such page')
    },
  )

  it('lets nobody keep what is missing', async () => {
    const { statusCode, headers } = await get('/docs/assets/gone.css')

    expect([statusCode, headers['cache-control']]).toEqual([404, 'no-cache'])
  })

  it('is no page of the dashboard, and the dashboard has none of its files', async () => {
    expect((await get('/docs')).body).not.toBe('the dashboard')
    expect((await get('/documents')).body).toBe('the dashboard')
  })

  it('is said to be missing where it was not built', async () => {
    const bare = await createHttpHarness({ dashboardFolder: folder })
    const reply = await bare.fastify.inject('/docs/errors')

    expect(reply.statusCode).toBe(404)
    expect(reply.json()).toMatchObject({ error: { code: 'ROUTE_NOT_FOUND' } })
  })
})
