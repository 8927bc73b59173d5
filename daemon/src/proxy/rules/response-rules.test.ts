import { request, type IncomingMessage, type RequestListener } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { RouteRules } from '#ports/route-rules.ts'
import { createRig, HOST, instanceAt, type Rig, routeTo, until } from '#test/proxy/rig.ts'

const TEXT = 'All work and no play makes Jack a dull boy. '.repeat(200)
const DECODE: Record<string, (bytes: Buffer) => Buffer> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
}

describe('rules for responses', () => {
  let rig: Rig
  afterEach(() => rig.end())

  async function serve(rules: RouteRules, listener: RequestListener) {
    rig = await createRig()
    const { port } = await rig.upstream(listener)
    await rig.publish([routeTo([instanceAt(port)], { rules })])
  }

  function open(headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    request({ port: rig.port, method, agent: false, headers: { host: HOST, ...headers } }, resolve)
      .on('error', reject)
      .end()
    return promise
  }

  async function ask(headers: Record<string, string> = {}, method = 'GET') {
    const response = await open(headers, method)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const coding = response.headers['content-encoding']
    const text = (coding === undefined ? bytes : (DECODE[coding]?.(bytes) ?? bytes)).toString()
    return { status: response.statusCode, headers: response.headers, bytes, coding, text }
  }

  it('sets fields instead of the app, takes others away, and keeps to what HTTPS is for', async () => {
    await serve(
      {
        setHeaders: [{ name: 'X-Frame-Options', value: 'DENY' }],
        removeHeaders: ['x-powered-by', 'x-debug'],
        hsts: 'max-age=100',
      },
      (_req, res) => {
        res.setHeader('x-frame-options', ['SAMEORIGIN', 'ALLOW'])
        res.setHeader('X-Powered-By', 'PHP')
        res.setHeader('X-Kept', 'yes')
        res.end('ok')
      },
    )

    const { headers, text } = await ask()

    expect(text).toBe('ok')
    expect(headers['x-frame-options']).toBe('DENY')
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers['x-kept']).toBe('yes')
    expect(headers['strict-transport-security']).toBeUndefined()
  })

  it('says HSTS to whom a trusted proxy says that HTTPS was spoken', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((_req, res) => res.end('ok'))
    await rig.publish([routeTo([instanceAt(port)], { rules: { hsts: 'max-age=100' } })], {
      settings: { httpsPort: 443, baseDomain: 'test', trustedProxies: ['127.0.0.1'] },
    })

    const secure = await ask({ 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' })

    expect(secure.headers['strict-transport-security']).toBe('max-age=100')
    expect((await ask()).headers['strict-transport-security']).toBeUndefined()
  })

  it.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.9', 'gzip'],
    ['br;q=0, gzip;q=0', undefined],
    ['*', 'br'],
    ['*;q=0.1, br;q=0', 'gzip'],
    ['identity, gzip;q=0.5', undefined],
    ['gzip;q=1.5', undefined],
    ['deflate, zstd', undefined],
    ['', undefined],
  ])('compresses for "%s" with %s', async (accept, coding) => {
    await serve({ compress: 'safe' }, (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag: '"v1"' })
      res.end(TEXT)
    })

    const answer = await ask({ 'accept-encoding': accept })

    expect(answer.coding).toBe(coding)
    expect(answer.text).toBe(TEXT)
    expect(answer.headers.vary).toBe('Accept-Encoding')
    expect(answer.headers.etag).toBe(coding === undefined ? '"v1"' : 'W/"v1"')
    expect(answer.bytes.length < TEXT.length / 5).toBe(coding !== undefined)
  })

  const page = { 'content-type': 'text/html' }
  it.each<[string, Record<string, string | string[]>, Record<string, string>, boolean]>([
    ['a page', page, {}, true],
    ['an app that has done it', { ...page, 'content-encoding': 'zstd' }, {}, false],
    ['no-transform', { ...page, 'cache-control': 'public, no-transform' }, {}, false],
    ['a picture', { 'content-type': 'image/png' }, {}, false],
    ['a drawing', { 'content-type': 'image/svg+xml' }, {}, true],
    ['no type', {}, {}, false],
    ['an event stream', { 'content-type': 'text/event-stream' }, {}, false],
    ['a page for who has a cookie', page, { cookie: 'id=1' }, false],
    ['a page that sets a cookie', { ...page, 'set-cookie': ['id=1'] }, {}, false],
    ['a page for who has a token', page, { authorization: 'Bearer x' }, false],
    ['a public page for all', { ...page, 'cache-control': 'public' }, { cookie: 'id=1' }, true],
    ['a script, cookie or not', { 'content-type': 'text/javascript' }, { cookie: 'id=1' }, true],
  ])('safe compresses %s: %s', async (_name, fields, sent, expected) => {
    await serve({ compress: 'safe' }, (_req, res) => {
      res.writeHead(200, { ...fields, 'accept-ranges': 'bytes' })
      res.end(TEXT)
    })

    const { headers, bytes } = await ask({ 'accept-encoding': 'gzip', ...sent })

    const isCompressed = headers['content-encoding'] === 'gzip'
    expect(isCompressed).toBe(expected)
    expect(headers['accept-ranges']).toBe(expected ? undefined : 'bytes')
    expect(bytes.length === TEXT.length).toBe(!expected)
  })

  it('all compresses also what is one person’s own', async () => {
    await serve({ compress: 'all' }, (_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json', vary: 'Cookie' })
      res.end(TEXT)
    })

    const answer = await ask({ 'accept-encoding': 'br', cookie: 'id=1' })

    expect(answer.coding).toBe('br')
    expect(answer.text).toBe(TEXT)
    expect(answer.headers.vary).toBe('Cookie, Accept-Encoding')
  })

  it('leaves alone what is short, a part, or no body at all', async () => {
    const status = { code: 200, text: 'short' }
    await serve({ compress: 'all' }, (req, res) => {
      res.writeHead(status.code, {
        'content-length': String(req.method === 'HEAD' ? TEXT.length : status.text.length),
        'content-type': 'text/plain',
        ...(status.code === 206 ? { 'content-range': 'bytes 0-1/2' } : {}),
      })
      res.end(status.text)
    })
    const gzip = { 'accept-encoding': 'gzip' }

    expect(await ask(gzip)).toMatchObject({ coding: undefined, text: 'short' })
    Object.assign(status, { code: 206, text: TEXT })
    expect(await ask(gzip)).toMatchObject({ status: 206, coding: undefined, text: TEXT })
    Object.assign(status, { code: 200 })
    const head = await ask(gzip, 'HEAD')
    expect(head.headers).toMatchObject({ vary: 'Accept-Encoding' })
    expect(head.headers['content-length']).toBeUndefined()
    expect((await ask({}, 'HEAD')).headers['content-length']).toBe(String(TEXT.length))
    Object.assign(status, { code: 404 })
    expect(await ask(gzip)).toMatchObject({ status: 404, coding: 'gzip', text: TEXT })
  })

  it('sends on what comes bit by bit, and ends what the app breaks off', async () => {
    let [next, fail] = [(): void => {}, (): void => {}]
    await serve({ compress: 'all' }, (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/html' })
      res.write('first')
      next = () => res.write('second')
      fail = () => res.destroy()
    })

    const response = await open({ 'accept-encoding': 'gzip' })
    let bytes = 0
    let broken = false
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    response.on('error', () => {
      broken = true
    })
    await until(() => bytes > 10)
    const before = bytes
    next()
    await until(() => bytes > before)
    fail()
    await until(() => broken)

    expect(rig.worker.plane.encoders.count).toBe(0)
  })

  it('is held up by a client that does not read, and gives up with one that goes', async () => {
    let written = 0
    await serve({ compress: 'all' }, (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain' })
      const write = (): void => {
        while (written < 400 * 2 ** 20) {
          // What does not shrink, so that it fills the client's side.
          const chunk = Buffer.alloc(65_536)
          for (let at = 0; at < chunk.length; at += 4)
            chunk.writeUInt32LE(Math.floor(Math.random() * 2 ** 32), at)
          written += chunk.length
          if (!res.write(chunk)) break
        }
        res.once('drain', write)
      }
      write()
    })

    const response = await open({ 'accept-encoding': 'gzip' })
    let last = -1
    await until(() => {
      const isStill = written === last
      last = written
      return isStill && written > 0
    }, 20_000)
    await new Promise((resolve) => setTimeout(resolve, 500))

    expect(written).toBeLessThan(40 * 2 ** 20)
    expect(rig.worker.plane.encoders.count).toBe(1)
    response.destroy()
    await until(() => rig.worker.plane.encoders.count === 0)
  }, 40_000)

  it('beyond the compressors that may work at once, sends as it is', async () => {
    await serve({ compress: 'all' }, (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain' })
      res.write(TEXT)
    })
    const streams = await Promise.all(
      Array.from({ length: 70 }, () => open({ 'accept-encoding': 'gzip' })),
    )

    const plain = streams.filter(({ headers }) => headers['content-encoding'] === undefined)
    expect(plain).toHaveLength(6)
    for (const stream of streams) stream.destroy()
    await until(() => rig.worker.plane.encoders.count === 0)
  })
})
