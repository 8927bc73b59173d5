import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createHttpHarness, type HttpHarness } from '#test/http-harness.ts'

const Address = z.object({ port: z.int() })

/** Real sockets and openssl's certificates; loopback only. */
describe('the HTTP server on its port', () => {
  let folder: string
  let server: HttpHarness
  let port: number
  let first: Pair

  interface Pair {
    cert: string
    key: string
  }

  function makePair(name: string): Pair {
    const [keyFile, certFile] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)]
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const files = ['-keyout', keyFile, '-out', certFile]
    execFileSync('openssl', ['req', '-x509', ...curve, ...names, ...files, '-days', '2'], {
      stdio: 'pipe',
    })
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-tls-'))
    first = makePair('first')
    server = await createHttpHarness({
      tls: first,
      handshakeTimeoutMs: 300,
      api: [
        async (api) => {
          api.get(
            '/slow',
            { config: { access: { permission: 'public', scope: 'platform' } } },
            async () => {
              await new Promise((resolve) => setTimeout(resolve, 300))
              return 'done'
            },
          )
        },
      ],
    })
    await server.listen()
    port = Address.parse(server.fastify.server.address()).port
  })
  afterEach(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  async function get(path: string, { cert }: Pair = first, host = '127.0.0.1') {
    const sent = request({
      host,
      port,
      path,
      ca: cert,
      servername: 'localhost',
      agent: false,
    }).end()
    const [reply] = await once(sent, 'response')
    return { status: reply.statusCode, body: await text(reply), headers: reply.headers }
  }

  const open = async ({ cert }: Pair, options: object = {}): Promise<TLSSocket> => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca: cert,
      servername: 'localhost',
      ...options,
    })
    await once(socket, 'secureConnect')
    return socket
  }

  it('answers over IPv4 and IPv6 with a certificate that clients verify', async () => {
    expect((await get('/api/v1/health')).status).toBe(200)
    expect((await get('/api/v1/health', first, '::1')).status).toBe(200)
    expect((await get('/api/v1/health')).headers).not.toHaveProperty('server')
  })

  it('takes a new certificate without closing a connection', async () => {
    const before = await open(first)
    const second = makePair('second')

    server.replaceCertificates({ local: second })

    expect((await get('/api/v1/health', second)).status).toBe(200)
    await expect(get('/api/v1/health', first)).rejects.toThrow('self-signed certificate')
    before.write('GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    expect(await text(before)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('speaks HTTP/1.1 only, over TLS 1.2 and 1.3 only', async () => {
    const socket = await open(first, { ALPNProtocols: ['h2', 'http/1.1'] })
    expect(socket.alpnProtocol).toBe('http/1.1')
    socket.destroy()

    await expect(
      open(first, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
    ).rejects.toThrow('alert protocol version')
  })

  it('lets a request that is under way finish before it closes', async () => {
    const reply = get('/api/v1/slow')
    await new Promise((resolve) => setTimeout(resolve, 100))

    await server.close()

    expect((await reply).body).toBe('done')
    await expect(get('/api/v1/health')).rejects.toThrow('ECONNREFUSED')
  })

  it('says in the one shape what it cannot read, and ends the connection', async () => {
    const socket = await open(first)

    socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n')

    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 400 /)
    expect(JSON.parse(body).error.code).toBe('REQUEST_INVALID')
  })

  it.each([
    ['a content length that is said twice', 'Content-Length: 1\r\nContent-Length: 2\r\n'],
    ['a length and chunks at once', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'],
    ['no host', ''],
    ['a head that never ends', `X-Big: ${'x'.repeat(20_000)}\r\n`, 431],
  ])('refuses %s', async (_what, headers, status = 400) => {
    const socket = await open(first)
    const host = headers === '' ? '' : 'Host: localhost\r\n'

    socket.write(`POST /api/v1/sign-out HTTP/1.1\r\n${host}${headers}\r\n`)

    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it('ends a connection that has not shaken hands in time', async () => {
    const silent = connectPlain({ host: '127.0.0.1', port })
    const startedAt = performance.now()

    await once(silent, 'close')

    expect(performance.now() - startedAt).toBeLessThan(3_000)
    expect((await get('/api/v1/health')).status).toBe(200)
  })

  it('lets the machine itself have as many connections as it needs', async () => {
    const many = await Promise.all(Array.from({ length: 140 }, () => open(first)))

    expect(many.every((socket) => !socket.destroyed)).toBe(true)
    for (const socket of many) socket.destroy()
  })
})
