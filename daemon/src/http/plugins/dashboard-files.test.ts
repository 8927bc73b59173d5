import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttpHarness, type HttpHarness } from '#test/http-harness.ts'

const INDEX = '<!doctype html><title>Vastrox</title>'
const ENV_PAGE = '<!doctype html><title>Vastrox</title><!-- env -->'
const CODE = 'console.log("dashboard")'.repeat(50)

describe('the dashboard', () => {
  let folder: string
  let server: HttpHarness

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-dashboard-'))
    mkdirSync(join(folder, 'dist/assets'), { recursive: true })
    writeFileSync(join(folder, 'secret.txt'), 'hush')
    mkdirSync(join(folder, 'dist/pages'))
    writeFileSync(join(folder, 'dist/index.html'), INDEX)
    writeFileSync(join(folder, 'dist/pages/table.json'), '{"/apps/$name/env":"7.html"}')
    writeFileSync(join(folder, 'dist/pages/7.html'), ENV_PAGE)
    writeFileSync(join(folder, 'dist/assets/main-a1b2c3.js'), CODE)
    writeFileSync(join(folder, 'dist/assets/main-a1b2c3.js.br'), brotliCompressSync(CODE))
    writeFileSync(join(folder, 'dist/assets/main-a1b2c3.js.map'), '{}')
    symlinkSync(join(folder, 'secret.txt'), join(folder, 'dist/link.txt'))
    server = await createHttpHarness({ dashboardFolder: join(folder, 'dist') })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const get = (url: string, headers: Record<string, string> = {}) =>
    server.fastify.inject({ url, headers })

  it.each(['/', '/apps/blog/deployments/3', '/sign-in/AbC-_123', '/index.html'])(
    'opens its page at %s, which is asked for anew each time',
    async (url) => {
      const reply = await get(url)

      expect(reply.statusCode).toBe(200)
      expect(reply.body).toBe(INDEX)
      expect(reply.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
      })
      expect(reply.headers['content-security-policy']).toContain("script-src 'self'")
    },
  )

  it('opens what the build wrote for the route of a path, where it wrote something', async () => {
    const reply = await get('/apps/blog/env')

    expect(reply.body).toBe(ENV_PAGE)
    expect(reply.headers['cache-control']).toBe('no-cache')
    expect((await get('/apps/blog/env/')).body).toBe(ENV_PAGE)
    expect((await get('/apps/blog')).body).toBe(INDEX)
  })

  it('lets hashed assets be kept for ever, and sends them compressed', async () => {
    const plain = await get('/assets/main-a1b2c3.js')
    const packed = await get('/assets/main-a1b2c3.js', { 'accept-encoding': 'gzip, br' })

    expect(plain.body).toBe(CODE)
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(plain.headers.vary).toBe('accept-encoding')
    expect(packed.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(packed.rawPayload).toString()).toBe(CODE)
    expect(packed.headers.etag).not.toBe(plain.headers.etag)
    expect((await get('/assets/main-a1b2c3.js', { 'accept-encoding': 'br;q=0' })).body).toBe(CODE)
  })

  it('is not sent again when nothing changed', async () => {
    const { etag = '' } = (await get('/')).headers

    const again = await get('/', { 'if-none-match': etag })

    expect(again.statusCode).toBe(304)
    expect(again.body).toBe('')
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '//etc/passwd.txt',
    '/link.txt',
    '/assets/main-a1b2c3.js.map',
    '/assets/main-a1b2c3.js.br',
    '/pages/7.html',
    '/pages/table.json',
    '/assets/gone-000000.js',
    '/api/v1/nothing',
    '/api',
    '/git/blog.git/HEAD',
    '/git/blog/HEAD',
  ])('has nothing at %s', async (url) => {
    const reply = await get(url)

    expect(reply.statusCode).toBe(404)
    expect(reply.json().error.code).toBe('ROUTE_NOT_FOUND')
    expect(reply.body).not.toContain('hush')
  })

  it('answers HEAD without a body, and no writes', async () => {
    const head = await server.fastify.inject({ method: 'HEAD', url: '/apps' })

    expect(head.statusCode).toBe(200)
    expect(head.body).toBe('')
    expect(head.headers['content-length']).toBe(String(INDEX.length))
    expect((await server.fastify.inject({ method: 'POST', url: '/apps' })).statusCode).toBe(404)
  })
})
