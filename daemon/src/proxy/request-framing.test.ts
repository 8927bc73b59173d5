import type { Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  createRig,
  HOST,
  instanceAt,
  type Rig,
  routeTo,
  sendRaw,
  statusesOf,
} from '#test/proxy/rig.ts'

/**
 * An upstream that reads requests as leniently as the worst: whatever follows a head's blank line and
 * its Content-Length is another request. What it sees twice was smuggled.
 */
function lenient(seen: string[]) {
  return (socket: Socket): void => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (;;) {
        const end = text.indexOf('\r\n\r\n')
        if (end === -1) return
        const head = text.slice(0, end)
        const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
        const isChunked = /^transfer-encoding: *chunked/im.test(head)
        const bodyEnd = isChunked ? endOfChunks(text, end + 4) : end + 4 + length
        if (bodyEnd === -1 || text.length < bodyEnd) return
        seen.push(text.slice(0, bodyEnd))
        text = text.slice(bodyEnd)
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      }
    })
  }
}

/** Where the chunked body ends; -1 while it has not. */
function endOfChunks(text: string, from: number): number {
  for (let at = from; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return -1
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    at = lineEnd + 2 + size + 2
    if (!(size > 0)) return at
  }
}

const SMUGGLED = `GET /smuggled HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`

describe('the framing of requests', () => {
  let rig: Rig
  const seen: string[] = []
  beforeAll(async () => {
    rig = await createRig()
    const { port } = await rig.rawUpstream(lenient(seen))
    await rig.publish([routeTo([instanceAt(port)])])
  })
  beforeEach(() => {
    seen.length = 0
  })
  afterAll(() => rig.end())

  const head = (lines: string[], line = 'POST / HTTP/1.1'): string =>
    `${[line, `Host: ${HOST}`, ...lines].join('\r\n')}\r\n\r\n`

  const refused: [name: string, bytes: string][] = [
    [
      'P1 Content-Length and Transfer-Encoding',
      head(['Content-Length: 5', 'Transfer-Encoding: chunked']) + '0\r\n\r\n' + SMUGGLED,
    ],
    [
      'P1 Transfer-Encoding and Content-Length',
      head(['Transfer-Encoding: chunked', 'Content-Length: 5']) + '0\r\n\r\n' + SMUGGLED,
    ],
    ['P1 two content lengths', head(['Content-Length: 5', 'Content-Length: 6']) + 'hello!'],
    ['P1 two equal content lengths', head(['Content-Length: 5', 'Content-Length: 5']) + 'hello'],
    ['P1 a list of content lengths', head(['Content-Length: 5, 5']) + 'hello'],
    ['P1 a signed content length', head(['Content-Length: +5']) + 'hello'],
    ['P1 a negative content length', head(['Content-Length: -1'])],
    ['P1 a hexadecimal content length', head(['Content-Length: 0x5']) + 'hello'],
    ['P1 an empty content length', head(['Content-Length: '])],
    ['P1 gzip, chunked', head(['Transfer-Encoding: gzip, chunked']) + '0\r\n\r\n'],
    [
      'P1 chunked, identity',
      head(['Transfer-Encoding: chunked, identity']) + '0\r\n\r\n' + SMUGGLED,
    ],
    [
      'P1 chunked twice',
      head(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']) + '0\r\n\r\n',
    ],
    ['P1 xchunked', head(['Transfer-Encoding: xchunked']) + '0\r\n\r\n' + SMUGGLED],
    ['P1 a quoted encoding', head(['Transfer-Encoding: "chunked"']) + '0\r\n\r\n' + SMUGGLED],
    ['P1 identity', head(['Transfer-Encoding: identity']) + SMUGGLED],
    ['P1 a blank before the colon', head(['Transfer-Encoding : chunked']) + '0\r\n\r\n' + SMUGGLED],
    ['P1 a tab before the colon', head(['Content-Length\t: 5']) + 'hello'],
    ['P1 an underscore twin of Content-Length', head(['Content_Length: 5']) + 'hello'],
    ['P1 an underscore twin of a forwarding field', head(['X_Forwarded_For: 1.2.3.4'])],
    [
      'P1 a chunked body in HTTP/1.0',
      head(['Transfer-Encoding: chunked'], 'POST / HTTP/1.0') + '0\r\n\r\n',
    ],
    ['P1 two Host fields', head([`Host: ${HOST}`])],
    ['P1 two different Host fields', head(['Host: other.test'])],
    ['P1 no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['P1 userinfo in Host', 'GET / HTTP/1.1\r\nHost: app.test@evil.test\r\n\r\n'],
    ['P1 a path in Host', 'GET / HTTP/1.1\r\nHost: app.test/x\r\n\r\n'],
    ['P1 a list in Host', 'GET / HTTP/1.1\r\nHost: app.test, evil.test\r\n\r\n'],
    ['P1 a port that is none', 'GET / HTTP/1.1\r\nHost: app.test:99999\r\n\r\n'],
    ['P1 a folded field', head(['X-Folded: one', ' two'])],
    [
      'P1 a folded field that hides an encoding',
      head(['X-Folded: one', '\tTransfer-Encoding: chunked']),
    ],
    ['P1 a blank line start after the request line', `GET / HTTP/1.1\r\n Host: ${HOST}\r\n\r\n`],
    ['P1 bare LF in the head', `GET / HTTP/1.1\nHost: ${HOST}\n\n`],
    ['P1 one bare LF between fields', `GET / HTTP/1.1\r\nHost: ${HOST}\nX-A: b\r\n\r\n`],
    ['P1 a bare CR in a value', head(['X-A: b\rTransfer-Encoding: chunked'])],
    ['P1 a NUL in a value', head(['X-A: b\0c'])],
    ['P1 a NUL in the address', `GET /\0 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['P1 a backslash in the address', `GET /..\\x HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['P1 a fragment in the address', `GET /a#b HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    [
      'P1 absolute form for another host',
      `GET http://evil.test/abs HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`,
    ],
    ['P1 absolute form with userinfo', `GET http://u@${HOST}/ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['P1 an address that does not begin with a slash', `GET x/y HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['P1 an asterisk with GET', `GET * HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['P1 a header name that is no token', head(['X A: b'])],
    ['P1 an empty header name', head([': b'])],
    ['P1 HTTP/2.0 in words', `GET / HTTP/2.0\r\nHost: ${HOST}\r\n\r\n`],
    ['P1 HTTP/1.2', `GET / HTTP/1.2\r\nHost: ${HOST}\r\n\r\n`],
    ['P1 CONNECT', `CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['an expectation nobody knows', head(['Expect: 200-maybe'])],
    ['P1 101 fields', head(Array.from({ length: 101 }, (_, index) => `X-${index}: a`))],
    ['P1 a head of 17 KiB', head([`X-Long: ${'a'.repeat(17_000)}`])],
    ['P1 a request line of 9 KiB', `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
  ]

  it.each(refused)('refuses %s, and no app sees any of it', async (_name, bytes) => {
    const { text, closed } = await sendRaw(rig.port, bytes, 2_500)

    expect(statusesOf(text)).toEqual([expect.any(Number)])
    expect(statusesOf(text)[0]).toBeGreaterThanOrEqual(400)
    expect(statusesOf(text)[0]).toBeLessThan(500)
    expect(closed).toBe(true)
    expect(seen).toEqual([])
  })

  it('P1 says which limit was broken', async () => {
    const longLine = await sendRaw(
      rig.port,
      `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`,
    )
    const manyFields = await sendRaw(
      rig.port,
      head(Array.from({ length: 101 }, (_, index) => `X-${index}: a`)),
    )
    const longHead = await sendRaw(rig.port, head([`X-Long: ${'a'.repeat(17_000)}`]))
    const duplicateHost = await sendRaw(rig.port, head(['Host: b.test']))

    expect(
      [longLine, manyFields, longHead, duplicateHost].map(({ text }) => statusesOf(text)[0]),
    ).toEqual([414, 431, 431, 400])
  })

  it.each(['DELETE', 'GET', 'OPTIONS', 'PUT', 'POST', 'PATCH'])(
    'P4 re-frames the chunked body of %s, so that its content is never a request',
    async (method) => {
      const size = SMUGGLED.length.toString(16)
      const request = `${head(['Transfer-Encoding: chunked'], `${method} /one HTTP/1.1`)}${size}\r\n${SMUGGLED}\r\n0\r\n\r\n`

      const { text } = await sendRaw(
        rig.port,
        request + head(['Connection: close'], 'GET /two HTTP/1.1'),
      )

      expect(statusesOf(text)).toEqual([200, 200])
      expect(seen.map((request) => request.split(' ')[1])).toEqual(['/one', '/two'])
      expect(seen[0]).toContain('Transfer-Encoding: chunked')
    },
  )

  it('P4 drops chunk extensions and trailers, and sends chunks of its own', async () => {
    const request = `${head(['Transfer-Encoding: chunked'])}5;name="x"\r\nhello\r\n0\r\nX-Trailer: evil\r\n\r\n`

    await sendRaw(rig.port, request)

    expect(seen).toHaveLength(1)
    expect(seen[0]).toContain('\r\n\r\n5\r\nhello\r\n0\r\n\r\n')
    expect(seen[0]).not.toContain('evil')
    expect(seen[0]).not.toContain('name=')
  })

  it.each([
    ['a chunk size that is no number', 'xyz\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size with a sign', '-5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size with 0x', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk that is longer than it says', '3\r\nhello\r\n0\r\n\r\n'],
    ['a chunk line that ends in LF', '5\nhello\r\n0\r\n\r\n'],
    ['an endless chunk extension', `5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`],
  ])('P4 ends the connections both ways at %s', async (_name, body) => {
    const { closed } = await sendRaw(
      rig.port,
      head(['Transfer-Encoding: chunked']) + body + SMUGGLED,
      2_500,
    )

    expect(closed).toBe(true)
    expect(seen).toEqual([])
  })

  it('P4 a body that ends early never lends its connection to the next request', async () => {
    await sendRaw(rig.port, `${head(['Content-Length: 500'])}only this`, 100)
    await sendRaw(rig.port, head([], 'GET /next HTTP/1.1'))

    expect(seen.map((request) => request.split(' ')[1])).toEqual(['/next'])
  })

  it('takes absolute form for the host that Host names, and sends origin form', async () => {
    await sendRaw(rig.port, `GET http://${HOST}/abs?q=1 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)

    expect(seen[0]).toMatch(/^GET \/abs\?q=1 HTTP\/1\.1\r\nHost: app\.test\r\n/)
  })

  it('takes OPTIONS *, HTTP/1.0, upper-case hosts, ports and a final dot', async () => {
    const answers = await Promise.all([
      sendRaw(rig.port, `OPTIONS * HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`),
      sendRaw(rig.port, `GET / HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`),
      sendRaw(rig.port, `GET / HTTP/1.1\r\nHost: APP.Test:8080\r\n\r\n`),
      sendRaw(rig.port, `GET / HTTP/1.1\r\nHost: app.test.\r\n\r\n`),
    ])

    expect(answers.map(({ text }) => statusesOf(text))).toEqual([[200], [200], [200], [200]])
    expect(seen.some((request) => request.startsWith('OPTIONS * HTTP/1.1\r\n'))).toBe(true)
  })

  it('sends pipelined requests one after the other, in their order', async () => {
    const three = ['POST /1', 'GET /2', 'POST /3'].map((line) => head([], `${line} HTTP/1.1`))

    const { text } = await sendRaw(rig.port, three.join(''))

    expect(statusesOf(text)).toEqual([200, 200, 200])
    expect(seen.map((request) => request.split(' ')[1])).toEqual(['/1', '/2', '/3'])
  })

  it('P8 ends a connection on which far too many requests are pipelined', async () => {
    const full = await createRig({ fastLane: false })
    onTestFinished(() => full.end())
    const { port } = await full.rawUpstream(lenient(seen))
    await full.publish([routeTo([instanceAt(port)])])

    const { text, closed } = await sendRaw(full.port, head([], 'GET / HTTP/1.1').repeat(200))

    expect(closed).toBe(true)
    expect(statusesOf(text).length).toBeLessThan(70)
    expect(seen.length).toBeLessThan(70)
  })

  it('P1, P4 every request an app sees is one that was framed here, whatever is thrown at it', async () => {
    const random = mulberry(20_261_122)
    const size = SMUGGLED.length.toString(16)
    const seeds = [
      `${head([`Content-Length: ${SMUGGLED.length}`])}${SMUGGLED}`,
      `${head(['Transfer-Encoding: chunked'])}${size}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
      `${head(['Content-Length: 3', 'Transfer-Encoding: chunked'])}0\r\n\r\n${SMUGGLED}`,
      `${head(['Transfer-Encoding: chunked'], 'DELETE / HTTP/1.1')}3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\n`,
      `${head(['Expect: 100-continue', 'Content-Length: 2'])}ab${head([], 'GET /next HTTP/1.1')}`,
    ]

    const batches = 12
    // On a busy machine many are given up before the app has seen them.
    for (let batch = 0; batch < batches || (seen.length <= 30 && batch < 60); batch += 1)
      await Promise.all(
        Array.from({ length: 60 }, () => {
          const seed = seeds[Math.floor(random() * seeds.length)] ?? ''
          return sendRaw(rig.port, mutate(seed, random), 80)
        }),
      )

    const ids = seen.map((request) => request.match(/^x-request-id: [0-9a-f-]{36}\r$/gim))
    expect(seen.length).toBeGreaterThan(30)
    for (const [index, id] of ids.entries()) expect(id, seen[index]).toHaveLength(1)
    expect(new Set(ids.map(String)).size).toBe(seen.length)
    expect(rig.said).toEqual([])
    const after = await sendRaw(rig.port, head([], 'GET / HTTP/1.1'), 2_000)
    expect(statusesOf(after.text)).toEqual([200])
  }, 60_000)
})

/** A small generator that gives the same run every time. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const PIECES = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '0',
  '-',
  '+',
  '\x0b',
  '\x7f',
  '\xff',
  '_',
  'chunked',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 0\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding : chunked\r\n',
  'Transfer-Encoding: x\r\n',
  '0\r\n\r\n',
  '\r\n\r\n',
  'Host: b\r\n',
  'Connection: close\r\n',
  'Connection: upgrade\r\nUpgrade: websocket\r\n',
  SMUGGLED,
]

/** One to three things inserted, removed, repeated or swapped for another byte. */
function mutate(text: string, random: () => number): Buffer {
  let result = text
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    const at = Math.floor(random() * result.length)
    const length = Math.floor(random() * 12)
    const piece = PIECES[Math.floor(random() * PIECES.length)] ?? ''
    const kind = Math.floor(random() * 4)
    const before = result.slice(0, at)
    if (kind === 0) result = before + piece + result.slice(at)
    else if (kind === 1) result = before + result.slice(at + length)
    else if (kind === 2) result = before + result.slice(at, at + length) + result.slice(at)
    else result = before + piece + result.slice(at + piece.length)
  }
  return Buffer.from(result, 'latin1')
}
