import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createSocketServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { createUptimeProbe } from '#adapters/system/uptime-probe.ts'
import type { UptimeLook } from '#ports/uptime-probe.ts'

interface Pair {
  key: string
  cert: string
}

describe('a look at an address', () => {
  let folder: string
  let good: Pair
  let otherName: Pair
  let expired: Pair
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-uptime-'))
    good = certificateFor('localhost', 20)
    otherName = certificateFor('elsewhere.example', 20)
    expired = certificateFor('localhost', -1)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** It signs itself, and is among what the looks below trust. */
  function certificateFor(name: string, days: number): Pair {
    const at = (end: string): string => join(folder, `${name}${days}.${end}`)
    const openssl = (...given: string[]) => execFileSync('openssl', given, { stdio: 'ignore' })
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    openssl(
      'req',
      '-new',
      ...curve,
      '-keyout',
      at('key'),
      '-out',
      at('csr'),
      '-subj',
      `/CN=${name} ${days}`,
    )
    writeFileSync(at('ext'), `subjectAltName=DNS:${name}\n`)
    const signed = ['-signkey', at('key'), '-days', String(days), '-extfile', at('ext')]
    openssl('x509', '-req', '-in', at('csr'), ...signed, '-out', at('crt'))
    return { key: readFileSync(at('key'), 'utf8'), cert: readFileSync(at('crt'), 'utf8') }
  }

  async function listen(server: Server): Promise<number> {
    const open = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      open.add(socket)
      socket.on('error', () => open.delete(socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      for (const socket of open) socket.destroy()
      server.close()
    })
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }
  const web = (listener: RequestListener): Promise<number> => listen(createServer(listener))
  const tls = (pair: Pair, listener: RequestListener = (_, reply) => reply.end('fine')) =>
    listen(createTlsServer(pair, listener))

  function look(
    wish: Partial<UptimeLook> & { target: string },
    { allowed = ['127.0.0.0/8'], timeoutMs = 5_000, ports = { httpPort: 1, httpsPort: 1 } } = {},
  ) {
    const probe = createUptimeProbe({
      addresses: createGuardedAddresses({
        allowed: () => allowed,
        lookupAll: async (host) => (host === 'gone.example' ? [] : ['127.0.0.1']),
      }),
      proxy: ports,
      extraCa: () => [good, otherName, expired].map(({ cert }) => cert).join('\n'),
    })
    return probe.look(
      { kind: 'http', method: 'GET', expect: {}, followRedirects: false, ...wish },
      AbortSignal.timeout(timeoutMs),
    )
  }

  describe('over HTTP', () => {
    it('finds it well, says how long it took, and goes as what it is', async () => {
      const agents: (string | undefined)[] = []
      const port = await web((request, reply) => {
        agents.push(request.headers['user-agent'])
        reply.end('fine')
      })

      const found = await look({ target: `http://localhost:${port}/health?deep=1` })

      expect(found).toEqual({
        isUp: true,
        isSlow: false,
        reason: null,
        tookMs: expect.any(Number),
        certificateDays: null,
      })
      expect(agents).toEqual(['Vastrox-Uptime/1'])
    })

    it.each([
      [undefined, 204, null],
      [undefined, 302, null],
      [undefined, 404, 'It answers 404.'],
      ['200', 204, 'It answers 204, not 200.'],
      ['2xx', 204, null],
      ['4xx', 200, 'It answers 200, not 4xx.'],
      ['200-499', 418, null],
      ['200-399', 500, 'It answers 500, not 200-399.'],
    ])('with status %s wanted says of %i: %s', async (wanted, status, reason) => {
      const port = await web((_, reply) => reply.writeHead(status).end())
      const expected = wanted === undefined ? {} : { status: wanted }

      const found = await look({ target: `http://localhost:${port}/`, expect: expected })

      expect(found).toMatchObject({ isUp: reason === null, reason })
    })

    it('reads 256 KiB for a text, also where it is cut in two or packed, and no more', async () => {
      const port = await web((request, reply) => {
        if (request.url === '/cut') {
          reply.write(`${'x'.repeat(100)}all is`)
          setTimeout(() => reply.end(' well'), 20)
        } else if (request.url === '/packed')
          reply.setHeader('content-encoding', 'gzip').end(gzipSync('so all is well, he said'))
        else {
          reply.write('x'.repeat(300 * 1_024))
          reply.write('all is well')
        }
      })
      const asked = (path: string) =>
        look({ target: `http://localhost:${port}${path}`, expect: { contains: 'all is well' } })

      expect(await asked('/cut')).toMatchObject({ isUp: true })
      expect(await asked('/packed')).toMatchObject({ isUp: true })
      expect(await asked('/far')).toMatchObject({
        isUp: false,
        reason: '“all is well” is not in the answer.',
      })
    })

    it('wants a field of the head where one is named', async () => {
      const port = await web((_, reply) => reply.setHeader('x-served-by', 'shop v12').end())
      const asked = (header: string) =>
        look({ target: `http://localhost:${port}/`, expect: { header } })

      expect(await asked('X-Served-By')).toMatchObject({ isUp: true })
      expect(await asked('x-served-by: shop')).toMatchObject({ isUp: true })
      expect(await asked('x-served-by: blog')).toMatchObject({
        reason: 'The field x-served-by of its answer has no “blog”.',
      })
      expect(await asked('x-cache')).toMatchObject({ reason: 'Its answer has no field x-cache.' })
    })

    it('follows redirects only where it was asked to, not without an end, and never past the guard', async () => {
      const port = await web((request, reply) => {
        if (request.url === '/') reply.writeHead(302, { location: '/gone' }).end()
        else if (request.url === '/round') reply.writeHead(302, { location: '/round' }).end()
        else if (request.url === '/inside')
          reply.writeHead(302, { location: 'http://10.0.0.1:8080/' }).end()
        else reply.writeHead(404).end()
      })
      const asked = (path: string, followRedirects: boolean) =>
        look({ target: `http://localhost:${port}${path}`, followRedirects })

      expect(await asked('/', false)).toMatchObject({ isUp: true })
      expect(await asked('/', true)).toMatchObject({ reason: 'It answers 404.' })
      expect(await asked('/round', true)).toMatchObject({
        reason: 'It leads on and on: more than 5 redirects.',
      })
      expect(await asked('/inside', true)).toMatchObject({
        reason: '10.0.0.1 is at 10.0.0.1, which is not a public address.',
      })
    })

    it('tells apart who takes no connection, cuts it off, hangs, and speaks something else', async () => {
      const hanging = await listen(createSocketServer())
      const cutting = await listen(
        createSocketServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
      )
      const mail = await listen(createSocketServer((socket) => socket.end('220 mail ESMTP\r\n')))
      const trickling = await web((_, reply) => void reply.write('so far'))
      const at = (port: number) => ({ target: `http://localhost:${port}/` })

      expect(await look(at(1_025))).toMatchObject({
        isUp: false,
        reason: 'The connection is refused: nothing listens there.',
      })
      expect(await look(at(cutting))).toMatchObject({
        reason: 'The connection was cut off before an answer came.',
      })
      expect(await look(at(mail))).toMatchObject({
        reason: 'What answers there speaks no HTTP.',
      })
      expect(await look(at(hanging), { timeoutMs: 300 })).toMatchObject({
        reason: expect.stringMatching(
          /^The connection was made, but no answer came within [\d.]+ s\.$/,
        ),
      })
      expect(
        await look({ ...at(trickling), expect: { contains: 'the end' } }, { timeoutMs: 300 }),
      ).toMatchObject({
        reason: expect.stringMatching(/^The answer began, but did not get so far within/),
      })
      expect(await look({ target: 'http://gone.example:8080/' })).toMatchObject({
        reason: 'The host gone.example was not found.',
      })
    })

    it('calls what takes longer than wanted slow, and says by how much', async () => {
      const port = await web((_, reply) => setTimeout(() => reply.end(), 120))

      expect(await look({ target: `http://localhost:${port}/`, expect: { slowMs: 50 } })).toEqual({
        isUp: true,
        isSlow: true,
        reason: expect.stringMatching(/^It took \d+ ms, more than 50 ms\.$/),
        tookMs: expect.any(Number),
        certificateDays: null,
      })
    })

    it('connects to nothing that is not public, and to no port that is nobody’s business (C11)', async () => {
      let isAsked = false
      const port = await web(() => {
        isAsked = true
      })

      const found = await look({ target: `http://localhost:${port}/` }, { allowed: [] })

      expect(found.reason).toBe('localhost is at 127.0.0.1, which is not a public address.')
      expect(isAsked).toBe(false)
      expect(await look({ target: 'http://localhost:111/' })).toMatchObject({
        reason: expect.stringContaining('Port 111 is not looked at'),
      })
    })
  })

  describe('over TLS', () => {
    it('says how long the certificate is good for, over HTTPS and by itself', async () => {
      const port = await tls(good)

      const found = { isUp: true, reason: null, certificateDays: 19 }
      expect(await look({ target: `https://localhost:${port}/` })).toMatchObject(found)
      expect(await look({ kind: 'tls', target: `localhost:${port}` })).toMatchObject(found)
    })

    it('says what is wrong with a certificate', async () => {
      const ports = { otherName: await tls(otherName), expired: await tls(expired) }
      const asked = (port: number) => look({ kind: 'tls', target: `localhost:${port}` })

      expect(await asked(ports.expired)).toMatchObject({
        isUp: false,
        reason: 'Its certificate has expired.',
      })
      expect(await asked(ports.otherName)).toMatchObject({
        isUp: false,
        reason: 'Its certificate is not for this name, but for elsewhere.example.',
      })
      expect(await look({ target: `https://localhost:${ports.expired}/` })).toMatchObject({
        isUp: false,
        reason: 'Its certificate has expired.',
      })
    })

    it('trusts nobody whom nobody trusts', async () => {
      const stranger = certificateFor('stranger.example', 5)
      const port = await tls(stranger)

      expect(await look({ kind: 'tls', target: `stranger.example:${port}` })).toMatchObject({
        reason: 'Its certificate is signed by itself, and by no authority.',
      })
    })

    it('says so where no TLS is spoken', async () => {
      const port = await web((_, reply) => reply.end())

      expect(await look({ kind: 'tls', target: `localhost:${port}` })).toMatchObject({
        isUp: false,
        reason: 'What answers there speaks no TLS that we do.',
      })
    })
  })

  describe('over TCP', () => {
    it('is content with a connection, and says it when there is none', async () => {
      const port = await listen(createSocketServer())

      expect(await look({ kind: 'tcp', target: `localhost:${port}` })).toMatchObject({
        isUp: true,
        reason: null,
      })
      expect(await look({ kind: 'tcp', target: 'localhost:1025' })).toMatchObject({
        isUp: false,
        reason: 'The connection is refused: nothing listens there.',
      })
      expect(await look({ kind: 'tcp', target: 'localhost' })).toMatchObject({
        isUp: false,
        reason: 'Say it as host:port, like db.example.com:5432.',
      })
    })
  })

  describe('at an app of ours', () => {
    it('asks the proxy of this machine under the app’s name, and goes on to its HTTPS', async () => {
      const hosts: (string | undefined)[] = []
      const httpsPort = await tls(good, (request, reply) => {
        hosts.push(request.headers.host)
        reply.writeHead(401).end()
      })
      const httpPort = await web((request, reply) => {
        hosts.push(request.headers.host)
        reply.writeHead(308, { location: 'https://localhost/' }).end()
      })
      const own = { target: 'http://localhost/', throughProxy: { alsoUp: [401] } }

      const found = await look(own, { allowed: [], ports: { httpPort, httpsPort } })

      expect(found).toMatchObject({ isUp: true, reason: null, certificateDays: 19 })
      expect(hosts).toEqual(['localhost', 'localhost'])
    })
  })
})
