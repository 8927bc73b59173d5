import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import { request } from 'node:http'
import { brotliDecompressSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { hashWithScrypt } from '#lib/scrypt-hash.ts'
import type { RouteRules } from '#ports/route-rules.ts'
import { createDefaultCertificate } from '#proxy/default-certificate.ts'
import { createRig, HOST, instanceAt, type Rig, routeTo, until } from '#test/proxy/rig.ts'

const TEXT = 'All work and no play makes Jack a dull boy. '.repeat(2_000)

interface Answer {
  status: number | undefined
  headers: IncomingHttpHeaders
  body: Buffer
}

/** The same rules, whichever of our servers has read the request. */
describe.each(['fast lane', "Node's server", 'HTTP/2'] as const)('rules by %s', (lane) => {
  let rig: Rig
  afterEach(() => rig.end())

  async function serve(rules: RouteRules) {
    rig = await createRig({ fastLane: lane === 'fast lane', https: lane === 'HTTP/2' })
    const upstream = await rig.upstream((req, res) => {
      if (req.url === '/new') {
        res.writeHead(404).end('no more')
        return
      }
      const type = req.url === '/stream' ? 'text/plain' : 'text/html'
      const length = req.url === '/stream' ? {} : { 'content-length': String(TEXT.length) }
      res.writeHead(200, {
        'content-type': type,
        ...length,
        'x-auth': req.headers.authorization ?? '',
      })
      res.end(TEXT)
    })
    await rig.publish([routeTo([instanceAt(upstream.port)], { rules })], {
      certificates: [{ id: 'c', hosts: [HOST], ...createDefaultCertificate(new Date()) }],
    })
  }

  const ask = (path = '/', headers: Record<string, string> = {}, method = 'GET') =>
    lane === 'HTTP/2' ? askSecond(path, headers, method) : askFirst(path, headers, method)

  async function askFirst(path: string, headers: Record<string, string>, method: string) {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    request(
      { port: rig.port, path, method, agent: false, headers: { host: HOST, ...headers } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        )
        response.on('error', reject)
      },
    )
      .on('error', reject)
      .end()
    return promise
  }

  async function askSecond(path: string, headers: OutgoingHttpHeaders, method: string) {
    const session = connect(`https://${HOST}`, {
      host: '127.0.0.1',
      port: rig.httpsPort,
      servername: HOST,
      ca: undefined,
      rejectUnauthorized: false,
    })
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    session.on('error', reject)
    const stream = session.request({ ':path': path, ':method': method, ...headers })
    const chunks: Buffer[] = []
    let head: IncomingHttpHeaders & { ':status'?: number | undefined } = {}
    stream.on('response', (fields) => {
      head = fields
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () =>
      resolve({ status: head[':status'], headers: head, body: Buffer.concat(chunks) }),
    )
    stream.end()
    return promise.finally(() => session.destroy())
  }

  it('compresses with the length known and unknown, and says so to HEAD', async () => {
    await serve({ compress: 'safe' })
    for (const path of ['/', '/stream']) {
      const answer = await ask(path, { 'accept-encoding': 'br' })
      expect(answer.headers['content-encoding']).toBe('br')
      expect(answer.headers['content-length']).toBeUndefined()
      expect(brotliDecompressSync(answer.body).toString()).toBe(TEXT)
    }
    const head = await ask('/', { 'accept-encoding': 'br' }, 'HEAD')
    expect([head.status, head.headers.vary, head.body.length]).toEqual([200, 'Accept-Encoding', 0])
    expect((await ask('/')).body.toString()).toBe(TEXT)
    await until(() => rig.worker.plane.encoders.count === 0)
  })

  it('waits for a password to be looked at, and passes none on', async () => {
    const hash = await hashWithScrypt('right')
    await serve({ basicAuth: { realm: 'r', users: [{ name: 'ann', hash }] } })
    const line = (password: string) => ({
      authorization: `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`,
    })

    expect((await ask()).status).toBe(401)
    expect((await ask('/', line('wrong'))).status).toBe(401)
    const all = await Promise.all([ask('/', line('right')), ask('/', line('right'))])
    for (const { status, headers } of all) expect([status, headers['x-auth']]).toEqual([200, ''])
    expect(rig.worker.plane.doorkeeper.looked).toBe(2)
  })

  it('redirects, refuses and rests', async () => {
    await serve({ redirects: [{ from: '/a/*', to: '/b/*', status: 301 }] })
    const moved = await ask('/a/x?q=1')
    expect([moved.status, moved.headers.location]).toEqual([301, '/b/x?q=1'])
    await rig.end()
    await serve({ deny: ['127.0.0.1'] })
    expect((await ask()).status).toBe(403)
    await rig.end()
    await serve({ maintenance: { html: '<p>x', allow: [], retryAfterS: 9 } })
    const rests = await ask('/', { accept: 'text/html' })
    expect([rests.status, rests.headers['retry-after'], rests.body.toString()]).toEqual([
      503,
      '9',
      '<p>x',
    ])
  })

  it('counts what is under way only while it is', async () => {
    await serve({ concurrent: 2 })
    for (let turn = 0; turn < 5; turn += 1) expect((await ask()).status).toBe(200)
    await until(() => rig.worker.plane.clientLimits.underWay('app') === 0)
  })
})
