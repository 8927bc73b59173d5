import { createServer, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '#test/proxy/rig.ts'
import { readPlainHead } from './fast-head.ts'

const MAX_BYTES = 16_384
const plain = (text: string) => readPlainHead(Buffer.from(text, 'latin1'), MAX_BYTES)
const HEAD = 'GET /a?b=c HTTP/1.1\r\nHost: app.test\r\nAccept:\t */* \r\nX-Empty:\r\n\r\n'

describe('a plain head', () => {
  it('is read as it is written, blanks around values apart', () => {
    expect(plain(HEAD)).toEqual({
      method: 'GET',
      url: '/a?b=c',
      rawHeaders: ['Host', 'app.test', 'Accept', '*/*', 'X-Empty', ''],
      closes: false,
      contentLength: 0,
      length: HEAD.length,
    })
  })

  it('ends at its blank line, whatever follows', () => {
    const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: Close\r\n\r\n'

    expect(plain(`${post}helloGET /`)).toMatchObject({
      contentLength: 5,
      closes: true,
      length: post.length,
    })
  })

  const notPlain: [name: string, head: string][] = [
    ['nothing', ''],
    ['a head that has not come whole', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['an empty line before it', `\r\n${HEAD}`],
    ['another version', HEAD.replace('1.1', '1.0')],
    ['two blanks in its first line', HEAD.replace('GET ', 'GET  ')],
    ['an absolute address', HEAD.replace('/a', 'http://app.test/a')],
    ['a backslash in the address', HEAD.replace('/a', '/\\a')],
    ['a fragment', HEAD.replace('/a', '/#a')],
    ['a method in small letters', HEAD.replace('GET', 'get')],
    ['a method nobody knows', HEAD.replace('GET', 'BREW')],
    ['CONNECT', HEAD.replace('GET', 'CONNECT')],
    ['bare line feeds', HEAD.replaceAll('\r\n', '\n')],
    ['one bare line feed', HEAD.replace('\r\nHost', '\nHost')],
    ['a bare CR', HEAD.replace('*/*', '*\r*')],
    ['a NUL', HEAD.replace('*/*', '\0')],
    ['a letter beyond ASCII', HEAD.replace('*/*', '\xe4')],
    ['DEL', HEAD.replace('*/*', '\x7f')],
    ['a folded line', HEAD.replace('\r\nAccept', '\r\n Accept')],
    ['a blank before a colon', HEAD.replace('Host:', 'Host :')],
    ['a line without a colon', HEAD.replace('X-Empty:', 'X-Empty')],
    ['no name', HEAD.replace('X-Empty:', ':')],
    ['a name that is no token', HEAD.replace('X-Empty', 'X(Empty)')],
    ...[
      'Transfer-Encoding: chunked',
      'transfer-encoding: identity',
      'Upgrade: websocket',
      'Expect: 100-continue',
      'TE: trailers',
      'Trailer: X',
      'Keep-Alive: 5',
      'Proxy-Connection: keep-alive',
      'HTTP2-Settings: x',
      'Connection: upgrade',
      'Connection: keep-alive, close',
      'Connection:',
      'Connection: close\r\nConnection: close',
      'Content-Length: 5\r\nContent-Length: 5',
      'Content-Length: 5, 5',
      'Content-Length: +5',
      'Content-Length: -5',
      'Content-Length: 0x5',
      'Content-Length: 05',
      'Content-Length: 5 5',
      'Content-Length:',
      'Content-Length: 1234567890123456',
    ].map((line): [string, string] => [line, HEAD.replace('X-Empty:', line)]),
    ['a head that is too long', HEAD.replace('X-Empty:', `X: ${'a'.repeat(MAX_BYTES)}`)],
  ]
  it.each(notPlain)('is not one with %s', (_name, head) => {
    expect(plain(head)).toBeUndefined()
  })
})

describe('what the fast lane takes', () => {
  const server = createServer({
    maxHeaderSize: MAX_BYTES,
    requireHostHeader: false,
    shouldUpgradeCallback: () => false,
  })
  server.maxHeadersCount = 0
  let port = 0
  let latest: IncomingMessage | undefined
  beforeAll(async () => {
    server.on('request', (req: IncomingMessage, res) => {
      latest = req
      req.on('error', () => undefined).resume()
      res.end()
    })
    server.on('clientError', (_error, socket) => socket.destroy())
    port = await listen(server)
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  /** What llhttp makes of the bytes; undefined where it refuses them. */
  async function asNodeReads(bytes: Buffer): Promise<IncomingMessage | undefined> {
    latest = undefined
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(bytes)
    await new Promise<void>((resolve) => {
      socket.once('data', () => resolve())
      socket.once('close', () => resolve())
    })
    socket.destroy()
    return latest
  }

  const PIECES = [
    ['\r\n', '\n', '\r', ' ', '\t', ':', '\0', '\x7f', '\xff', '\x0b', '/', '#', '\\', '?', '"'],
    ['GET', 'POST', 'HTTP/1.1', 'HTTP/1.0', ' HTTP/1.1\r\n', '\r\n\r\n', 'Host: b', ', close'],
    ['Content-Length: 3', 'content-length:0', 'Transfer-Encoding: chunked', 'Connection: close'],
    ['connection: keep-alive', 'X_Y: z', '\r\n folded', 'Upgrade: h2c', 'Expect: x', '0', '9'],
  ].flat()
  const SEEDS = [
    HEAD,
    'POST /p HTTP/1.1\r\nHost: app.test\r\nContent-Length: 3\r\nX: y\r\n\r\nabc',
    'DELETE /d HTTP/1.1\r\nhost:app.test\r\nConnection: keep-alive\r\nCookie: a=b; c=d\r\n\r\n',
    'OPTIONS /o;p=q/%20 HTTP/1.1\r\nHost: [::1]:80\r\nUser-Agent: x (y; z) "w"\r\n\r\n',
  ]

  it('Node reads as the very same request, over 6,000 damaged heads', {
    timeout: 120_000,
  }, async () => {
    const random = mulberry(20_261_126)
    const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)]
    const damage = (text: string): string => {
      const at = Math.floor(random() * (text.length + 1))
      const gone = random() < 0.5 ? 0 : Math.floor(random() * 4)
      return (
        text.slice(0, at) + (random() < 0.85 ? (pick(PIECES) ?? '') : '') + text.slice(at + gone)
      )
    }
    let taken = 0
    for (let turn = 0; turn < 6_000; turn += 1) {
      let text = pick(SEEDS) ?? HEAD
      for (let times = Math.floor(random() * 4); times >= 0; times -= 1) text = damage(text)
      const bytes = Buffer.from(text, 'latin1')
      const head = readPlainHead(bytes, MAX_BYTES)
      if (!head) continue
      taken += 1
      // The body that it announces, so that Node has no reason to wait.
      const whole = Buffer.concat([
        bytes.subarray(0, head.length),
        Buffer.alloc(Math.min(head.contentLength, 1_000), 'x'),
      ])
      const node = await asNodeReads(whole)

      expect(
        node && {
          method: node.method,
          url: node.url,
          httpVersion: node.httpVersion,
          rawHeaders: node.rawHeaders,
        },
        JSON.stringify(text),
      ).toEqual({
        method: head.method,
        url: head.url,
        httpVersion: '1.1',
        rawHeaders: head.rawHeaders,
      })
      expect(Number(node?.headers['content-length'] ?? 0)).toBe(head.contentLength)
    }
    expect(taken).toBeGreaterThan(1_000)
  })
})

/** A small random generator with a seed, so that a failure can be seen again. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
