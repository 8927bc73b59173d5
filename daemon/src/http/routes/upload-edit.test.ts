import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateToken } from '@vastrox/shared/token.ts'
import { MAX_EDITED_BYTES } from '@vastrox/shared/upload.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFullServer, type FullServer } from '#test/full-server.ts'

describe('a file that is edited over the API', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-edit-'))
  let server: FullServer
  let headers: { authorization: string }
  beforeAll(async () => {
    server = await createFullServer({ uploadsFolder: join(folder, 'uploads') })
    server.addApp('blog')
    const { tokens, rootActor } = server.access
    const { token } = tokens.create(rootActor(), CreateToken.parse({ name: 'ci' }))
    headers = { authorization: `Bearer ${token}` }
  })
  afterAll(async () => {
    await server.fastify.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const url = (path: string): string =>
    `/api/v1/apps/blog/sources/files/content?path=${encodeURIComponent(path)}`
  const get = (path: string) => server.fastify.inject({ url: url(path), headers })
  const put = (path: string, payload: string | Buffer, more: Record<string, string> = {}) =>
    server.fastify.inject({
      method: 'PUT',
      url: url(path),
      headers: { ...headers, 'content-type': 'application/octet-stream', ...more },
      payload,
    })

  it('carries an ETag, and is saved by who has seen what it is', async () => {
    expect((await put('/index.html', '<h1>one</h1>')).statusCode).toBe(204)
    const seen = await get('/index.html')
    const etag = String(seen.headers.etag)
    expect(etag).toMatch(/^"[\w-]{27}\.[\w-]{27}"$/)

    const saved = await put('/index.html', '<h1>t</h1>', { 'if-match': etag })

    expect([saved.statusCode, saved.body]).toEqual([204, ''])
    const again = await get('/index.html')
    expect([again.body, again.headers.etag]).toEqual(['<h1>t</h1>', saved.headers.etag])
  })

  it('is not overwritten by who has seen another one, however it was changed', async () => {
    await put('/a.txt', 'one')
    const etag = String((await get('/a.txt')).headers.etag)
    await put('/a.txt', 'two')

    const late = await put('/a.txt', 'mine', { 'if-match': etag })

    expect(late.statusCode).toBe(412)
    expect(late.json().error.code).toBe('PRECONDITION_FAILED')
    expect((await get('/a.txt')).body).toBe('two')
    await server.fastify.inject({
      method: 'DELETE',
      url: '/api/v1/apps/blog/sources/files?path=%2Fa.txt',
      headers,
    })
    const gone = await put('/a.txt', 'mine', { 'if-match': etag })
    expect(gone.statusCode).toBe(412)
    expect((await get('/a.txt')).statusCode).toBe(404)
  })

  it('is saved where there is one, whatever it is, and never made by If-Match: *', async () => {
    expect((await put('/any.txt', 'mine', { 'if-match': '*' })).statusCode).toBe(412)
    expect((await get('/any.txt')).statusCode).toBe(404)
    await put('/any.txt', 'one')
    expect((await put('/any.txt', 'two', { 'if-match': '*' })).statusCode).toBe(204)
    expect((await get('/any.txt')).body).toBe('two')
  })

  it('is saved by one of ten that save it at the same time, by whatever spelling of its path', async () => {
    await put('/deep/b.txt', 'seen')
    const etag = String((await get('/deep/b.txt')).headers.etag)

    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        put(at % 2 === 0 ? '/deep/b.txt' : 'deep/../deep/b.txt', `by ${at}`, { 'if-match': etag }),
      ),
    )

    const codes = replies.map(({ statusCode }) => statusCode).toSorted((one, other) => one - other)
    expect(codes).toEqual([204, ...Array.from({ length: 9 }, () => 412)])
  })

  it('is made anew only where there is none, when that is wished', async () => {
    const first = await put('/new.txt', '', { 'if-none-match': '*' })
    const second = await put('/new.txt', 'x', { 'if-none-match': '*' })

    expect([first.statusCode, second.statusCode]).toEqual([204, 412])
    expect((await get('/new.txt')).body).toBe('')
  })

  it('is whole or as it was: too much, or what leads out of the tree', async () => {
    await put('/c.txt', 'kept')
    const etag = String((await get('/c.txt')).headers.etag)
    const large = Buffer.alloc(MAX_EDITED_BYTES + 1, 'x')

    const refused = await put('/c.txt', large, { 'if-match': etag })
    expect([refused.statusCode, refused.json().error.code]).toEqual([422, 'UPLOAD_FILE_REFUSED'])
    expect((await get('/c.txt')).body).toBe('kept')

    expect((await put('/large.bin', large)).statusCode).toBe(204)
    const read = await get('/large.bin')
    expect([read.rawPayload.length, read.headers.etag]).toEqual([large.length, undefined])

    const outside = join(folder, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'secret'), 'of others')
    const app = server.app('blog')
    symlinkSync(join(outside, 'secret'), join(folder, 'uploads', app.id, 'tree', 'link'))
    symlinkSync(outside, join(folder, 'uploads', app.id, 'tree', 'way'))
    for (const path of ['/link', '/way/secret']) {
      const seen = await get(path)
      expect(seen.statusCode, path).toBeGreaterThanOrEqual(400)
      expect(seen.body).not.toContain('of others')
      expect((await put(path, 'mine', { 'if-match': '*' })).statusCode, path).toBeGreaterThan(400)
    }
    // The way up ends at the root of the tree: this is another file.
    expect((await put('/../outside/secret', 'mine')).statusCode).toBe(204)
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('of others')
  })
})
