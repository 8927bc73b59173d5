import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createRig,
  HOST,
  instanceAt,
  type Rig,
  routeTo,
  sendRaw,
  statusesOf,
} from '#test/proxy/rig.ts'

describe('the fields of a request', () => {
  let rig: Rig
  let seen: string[] = []
  let trusted: string[] = []
  let instancePort = 0
  beforeAll(async () => {
    rig = await createRig()
    instancePort = (
      await rig.upstream((req, res) => {
        seen = req.rawHeaders
        res.end('ok')
      })
    ).port
  })
  afterAll(() => rig.end())

  async function fieldsSent(...lines: string[]): Promise<Record<string, string[]>> {
    await rig.publish([routeTo([instanceAt(instancePort)])], {
      settings: { httpsPort: 443, baseDomain: 'test', trustedProxies: trusted },
    })
    seen = []
    const { text } = await sendRaw(
      rig.port,
      `GET /x HTTP/1.1\r\n${[`Host: ${HOST}:8080`, ...lines].join('\r\n')}\r\n\r\n`,
      100,
    )
    expect(statusesOf(text)).toEqual([200])
    const fields: Record<string, string[]> = {}
    for (let index = 0; index < seen.length; index += 2)
      (fields[(seen[index] ?? '').toLowerCase()] ??= []).push(seen[index + 1] ?? '')
    return fields
  }

  it('P2 ends hop-by-hop fields here, and those that Connection names', async () => {
    const fields = await fieldsSent(
      'Connection: close, X-Internal, keep-alive',
      'X-Internal: secret',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'Proxy-Authorization: Basic eDp5',
      'TE: trailers, deflate',
      'Trailer: X-T',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABk',
      'X-Kept: yes',
    )

    expect(Object.keys(fields).toSorted()).toEqual([
      'host',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-port',
      'x-forwarded-proto',
      'x-kept',
      'x-real-ip',
      'x-request-id',
    ])
  })

  it('P2 does not let Connection take away what apps rely on', async () => {
    const fields = await fieldsSent(
      'Connection: Host, Authorization, Cookie, Content-Length, X-Forwarded-For, X-Real',
      'Authorization: Bearer x',
      'Cookie: a=b',
      'X-Real: gone',
    )

    expect(fields).toMatchObject({
      host: [`${HOST}:8080`],
      authorization: ['Bearer x'],
      cookie: ['a=b'],
      'x-forwarded-for': ['127.0.0.1'],
    })
    expect(fields).not.toHaveProperty('x-real')
  })

  it('P2 keeps TE only where it says trailers', async () => {
    expect(await fieldsSent('TE: trailers')).toMatchObject({ te: ['trailers'] })
  })

  it('P3 says who asks in single values of its own, whatever the client claims', async () => {
    const fields = await fieldsSent(
      'X-Forwarded-For: 6.6.6.6',
      'X-Forwarded-For: 7.7.7.7',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: evil.test',
      'X-Forwarded-Port: 1',
      'X-Forwarded-Prefix: /evil',
      'X-Real-IP: 6.6.6.6',
      'X-Request-Id: mine',
      'Forwarded: for=6.6.6.6',
      'CF-Connecting-IP: 6.6.6.6',
      'True-Client-IP: 6.6.6.6',
    )

    expect(fields).toMatchObject({
      'x-forwarded-for': ['127.0.0.1'],
      'x-forwarded-proto': ['http'],
      'x-forwarded-host': [`${HOST}:8080`],
      'x-forwarded-port': ['8080'],
      'x-real-ip': ['127.0.0.1'],
      'x-request-id': [expect.stringMatching(/^[0-9a-f-]{36}$/)],
    })
    expect(JSON.stringify(fields)).not.toMatch(/6\.6\.6\.6|7\.7\.7\.7|evil|mine/)
  })

  it('P3 believes a trusted proxy, and appends it to the chain', async () => {
    trusted = ['10.0.0.0/8', '127.0.0.1/32', 'not-an-address', '::1']
    const fields = await fieldsSent(
      'X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: public.test',
      'X-Request-Id: theirs',
      'Forwarded: for=6.6.6.6',
    )
    trusted = []

    expect(fields).toMatchObject({
      'x-forwarded-for': ['6.6.6.6, 203.0.113.9, 10.1.2.3, 127.0.0.1'],
      'x-forwarded-proto': ['https'],
      'x-forwarded-host': ['public.test'],
      'x-real-ip': ['203.0.113.9'],
      'x-request-id': ['theirs'],
    })
    expect(fields).not.toHaveProperty('forwarded')
  })

  it('passes other fields on as they are, in their order, repeated ones too', async () => {
    const fields = await fieldsSent('X-A: 1', 'Accept: text/html', 'X-A: 2', 'X-Latin: caf\xe9')

    expect(fields).toMatchObject({
      'x-a': ['1', '2'],
      accept: ['text/html'],
      'x-latin': ['caf\xc3\xa9'],
    })
  })

  it('P6 keeps the cookies of the dashboard from apps', async () => {
    const fields = await fieldsSent('Cookie: a=1; __Host-vastrox-0a1b2c-session=secret; b=2')

    expect(fields['cookie']).toEqual(['a=1; b=2'])
  })
})

describe('the fields of a response', () => {
  let rig: Rig
  let response = ''
  beforeAll(async () => {
    rig = await createRig()
    const { port } = await rig.rawUpstream((socket) => {
      socket.on('data', () => socket.write(response, 'latin1'))
    })
    await rig.publish([routeTo([instanceAt(port)])])
  })
  afterAll(() => rig.end())

  const answerTo = async (text: string, request = 'GET / HTTP/1.1'): Promise<string> => {
    response = text
    return (await sendRaw(rig.port, `${request}\r\nHost: ${HOST}\r\n\r\n`, 150)).text
  }

  it('P6 drops hop-by-hop fields, Server, and cookies that are ours', async () => {
    const text = await answerTo(
      [
        'HTTP/1.1 200 Fine',
        'Connection: keep-alive, X-Hop',
        'X-Hop: 1',
        'Keep-Alive: timeout=5',
        'Proxy-Authenticate: Basic',
        'Upgrade: h2c',
        'Server: Secret/1.2.3',
        'Set-Cookie: a=1',
        'Set-Cookie: __Host-vastrox-0a1b2c-session=evil; Path=/; Secure',
        'Set-Cookie: =__host-Vastrox-0a1b2c-session=evil; Path=/; Secure',
        'HTTP2-Settings: AAMAAABk',
        'Set-Cookie: b=2',
        'X-Kept: yes',
        'Content-Length: 2',
        '',
        'ok',
      ].join('\r\n'),
    )

    expect(text).toMatch(/^HTTP\/1\.1 200 Fine\r\n/)
    expect(text.match(/^set-cookie: .*$/gim)).toEqual(['Set-Cookie: a=1', 'Set-Cookie: b=2'])
    expect(text).toContain('X-Kept: yes')
    expect(text).not.toMatch(/x-hop|proxy-auth|upgrade|http2-settings|secret|evil|timeout=5\b/i)
    expect(text.endsWith('\r\n\r\nok')).toBe(true)
  })

  it('P5 drops interim responses and knows which responses have no body', async () => {
    const hinted = await answerTo(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    )
    const none = await answerTo('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n')
    const same = await answerTo(
      'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 99\r\n\r\n',
    )
    const head = await answerTo('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n', 'HEAD / HTTP/1.1')

    expect(statusesOf(hinted)).toEqual([200])
    expect(statusesOf(none)).toEqual([204])
    expect(none).not.toMatch(/content-length|transfer-encoding/i)
    expect(statusesOf(same)).toEqual([304])
    expect(same).toContain('ETag: "x"')
    expect(head).toContain('Content-Length: 99')
    for (const text of [none, same, head]) expect(text.endsWith('\r\n\r\n')).toBe(true)
  })

  it.each([
    [
      'a bare CR in a value',
      'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=c\r\nContent-Length: 2\r\n\r\nok',
    ],
    [
      'a bare LF in the head',
      'HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b=c\r\nContent-Length: 2\r\n\r\nok',
    ],
    ['a NUL', 'HTTP/1.1 200 OK\r\nX: a\0\r\nContent-Length: 2\r\n\r\nok'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok'],
    ['a name that is none', 'HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 2\r\n\r\nok'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok'],
    [
      'an encoding that is not chunked',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no status line', 'hello\r\n\r\n'],
    ['HTTP/2 in words', 'HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['a switch nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['an endless head', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`],
    ['too many interim responses', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(40)],
  ])('P6 answers 502 for %s, and says nothing about the inside', async (_name, text) => {
    const answer = await answerTo(text)

    expect(statusesOf(answer)).toEqual([502])
    expect(answer).not.toMatch(/127\.0\.0\.1|node|stack|vastrox|set-cookie/i)
  })

  it('P4 never uses a connection again on which an upstream said more than it was asked', async () => {
    const first = await answerTo(
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
    )
    const second = await answerTo('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nclean')

    expect(first.endsWith('ok')).toBe(true)
    expect(second.endsWith('clean')).toBe(true)
  })

  it('takes a length together with chunks as chunks, once', async () => {
    const text = await answerTo(
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    )

    expect(text).not.toMatch(/content-length/i)
    expect(text.endsWith('5\r\nhello\r\n0\r\n\r\n')).toBe(true)
  })
})
