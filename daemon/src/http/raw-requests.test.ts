import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { certificateIn } from '#test/certificate.ts'
import { createHttpHarness, type HttpHarness } from '#test/http-harness.ts'

const Address = z.object({ port: z.int() })
const OPEN = { access: { permission: 'public', scope: 'platform' } } as const
const BODY_WITHIN_MS = 400

/** Bytes over TLS to the real server: what a client library would not send. */
describe('requests as they come over the wire', () => {
  let folder: string
  let server: HttpHarness
  let port: number
  let ca: string
  let release: () => void
  const released = new Promise<void>((resolve) => {
    release = resolve
  })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-raw-'))
    const pair = certificateIn(folder)
    ca = pair.cert
    server = await createHttpHarness({
      tls: pair,
      bodyWithinMs: BODY_WITHIN_MS,
      api: [
        async (api) => {
          api.post('/any', { config: OPEN, schema: { body: z.unknown() } }, async () => 'taken')
          const access = { permission: 'signed-in', scope: 'platform' } as const
          api.get('/waits', { config: { access } }, async () => {
            await released
            return 'done'
          })
          const edited = { of: () => 'it', current: () => ({}), editable: (it: unknown) => it }
          api.patch('/edited', { config: { access, ifMatch: edited } }, async () => 'written')
        },
      ],
    })
    await server.listen()
    port = Address.parse(server.fastify.server.address()).port
  })
  afterAll(async () => {
    release()
    await server.close()
    rmSync(folder, { recursive: true })
  })

  /** Everything that comes back, until the server hangs up or says no more for a while. */
  async function send(parts: readonly string[], waitMs = 0): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca })
    socket.setTimeout(8_000, () => socket.destroy())
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    let said = ''
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      if (said.includes('\r\n\r\n') && !/connection: close/i.test(said)) socket.end()
    })
    const closed = once(socket, 'close')
    for (const part of parts) {
      if (!socket.writable) break
      socket.write(part, 'latin1')
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
    await closed
    return said
  }
  const head = (line: string, fields: readonly string[] = []): string =>
    [`${line} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n')
  const inWords = (said: string, status: number, code: string): void => {
    expect(said.split('\r\n', 1)[0]).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(said).toContain(`"code":"${code}"`)
    expect(said.toLowerCase()).toContain("content-security-policy: default-src 'none'")
    expect(said.toLowerCase()).toContain('x-content-type-options: nosniff')
  }

  it.each([
    ['one field of 20 KB', [`X-Long: ${'a'.repeat(20_000)}`]],
    ['many cookies', [`Cookie: ${'a=b; '.repeat(4_000)}`]],
    ['two thousand fields', Array.from({ length: 2_000 }, (_, at) => `X-${at}: 1`)],
  ])('a head with %s is refused, and what made it so long is cleared', async (_what, fields) => {
    const said = await send([head('GET /api/v1/health', fields)])

    inWords(said, 431, 'REQUEST_TOO_LARGE')
    expect(said.toLowerCase()).toContain('clear-site-data: "cookies"')
  })

  it('an address of 20 KB is refused, one of 8 KB is only not there', async () => {
    const long = await send([head(`GET /api/v1/${'a'.repeat(20_000)}`)])

    expect(long).toMatch(/^HTTP\/1\.1 431 /)
    inWords(await send([head(`GET /api/v1/${'a/'.repeat(4_000)}`)]), 404, 'ROUTE_NOT_FOUND')
  })

  it.each([
    ['what is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a request of nobody', 'GET / HTTP/1.1\r\n\r\n'],
    ['two lengths', head('POST /api/v1/any', ['Content-Length: 2', 'Content-Length: 20'])],
    [
      'a length and chunks',
      head('POST /api/v1/any', ['Content-Length: 2', 'Transfer-Encoding: chunked']),
    ],
    [
      'chunks that are not the last',
      head('POST /api/v1/any', ['Transfer-Encoding: chunked, gzip']),
    ],
    ['a length that is none', head('POST /api/v1/any', ['Content-Length: +2'])],
    ['a field that goes on', head('GET /', ['X-A: 1', ' 2'])],
    ['a blank before the colon', head('GET /', ['Host : evil.example'])],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: localhost\n\n'],
    ['a control in a field', head('GET /', ['X-A: a\u0000b'])],
    ['a path that cannot be decoded', head('GET /api/v1/%zz')],
    ['two hosts', head('GET /api/v1/health', ['Host: evil.example'])],
  ])('%s is refused', async (_what, bytes) => {
    const said = await send([bytes])

    expect(said).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(said).not.toContain('taken')
    expect(said.toLowerCase()).toContain('x-content-type-options: nosniff')
  })

  it.each(['TRACE', 'CONNECT', 'TRACK', 'DEBUG', 'PROPFIND'])('%s does nothing', async (method) => {
    const said = await send([head(`${method} /api/v1/health`, ['X-Secret: hush'])])

    expect(said).not.toMatch(/^HTTP\/1\.1 2/)
    expect(said).not.toContain('hush')
  })

  it('a body that drips is not waited for', async () => {
    const fields = ['Content-Type: application/json', 'Content-Length: 100']

    const said = await send(
      [head('POST /api/v1/any', fields), ...Array.from({ length: 20 }, () => ' ')],
      100,
    )

    inWords(said, 408, 'REQUEST_TIMEOUT')
    expect(said.toLowerCase()).toContain('connection: close')
    expect(server.logged).toEqual([])
  })

  it('a body that stops is not waited for, and one that comes at once is taken', async () => {
    const fields = ['Content-Type: application/json', 'Content-Length: 7']

    inWords(await send([head('POST /api/v1/any', fields)]), 408, 'REQUEST_TIMEOUT')
    expect(await send([`${head('POST /api/v1/any', fields)}{"a":1}`])).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('a write whose answer waits behind another one keeps nobody else from writing', async () => {
    const { access } = server
    const { token } = access.tokens.create(access.rootActor(), {
      name: 'behind',
      kind: 'api',
      apps: null,
      expiresInDays: null,
    })
    const fields = [`Authorization: Bearer ${token}`]
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    socket.write(
      head('GET /api/v1/waits', fields) +
        head('PATCH /api/v1/edited', [...fields, 'Content-Length: 0']),
    )
    // Both are here before the next one is sent.
    await new Promise((resolve) => setTimeout(resolve, 200))

    const other = await send([head('PATCH /api/v1/edited', [...fields, 'Content-Length: 0'])])

    socket.destroy()
    expect(other).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('nobody has more than two hundred requests open, and others go on', async () => {
    const { access } = server
    const tokenOf = (name: string): string =>
      access.tokens.create(access.rootActor(), {
        name,
        kind: 'api',
        apps: null,
        expiresInDays: null,
      }).token
    // The owner's tokens are actors of their own.
    const [much, other] = [tokenOf('much'), tokenOf('other')]
    const ask = (token: string, url = '/api/v1/waits') =>
      server.fastify.inject({ url, headers: { authorization: `Bearer ${token}` } })
    const waiting = Array.from({ length: 200 }, () => ask(much))
    await new Promise((resolve) => setImmediate(resolve))

    const refused = await ask(much)
    const fine = await ask(other, '/api/v1/me')
    release()
    const replies = await Promise.all(waiting)

    expect(refused.statusCode).toBe(429)
    expect(refused.json().error.message).toBe('Too many of your requests are open at once.')
    expect(fine.statusCode).toBe(200)
    expect(replies.every(({ statusCode }) => statusCode === 200)).toBe(true)
    expect((await ask(much, '/api/v1/me')).statusCode).toBe(200)
  })

  it('takes little memory for bodies that it refuses', async () => {
    const deep = '['.repeat(2 * 2 ** 20 - 10)
    const before = process.memoryUsage()
    for (let round = 0; round < 8; round += 1)
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          const reply = await server.fastify.inject({
            method: 'POST',
            url: '/api/v1/any',
            headers: { 'content-type': 'application/json' },
            payload: deep,
          })
          expect(reply.statusCode).toBe(400)
        }),
      )
    // 128 MB have come by.
    expect(process.memoryUsage().heapUsed - before.heapUsed).toBeLessThan(120 * 2 ** 20)
  })
})
