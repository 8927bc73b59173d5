import { constants } from 'node:http2'
import { readdir, readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ask, certificate, openSession, publishTo } from '#test/proxy/http2-client.ts'
import { createRig, HOST, instanceAt, type Rig, routeTo, until } from '#test/proxy/rig.ts'

let rig: Rig
beforeEach(async () => {
  rig = await createRig({ https: true })
})
afterEach(() => rig.end())

describe('HTTP/2', () => {
  it('carries requests to an app as HTTP/1.1, many at once', async () => {
    const { port } = await rig.upstream((req, res) => {
      let body = ''
      req.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      req.on('end', () => {
        res.setHeader('set-cookie', ['a=1', 'b=2'])
        res.end(JSON.stringify({ url: req.url, method: req.method, headers: req.headers, body }))
      })
    })
    await publishTo(rig, port)
    const session = openSession(rig)

    const answers = await Promise.all([
      ask(session, { ':path': '/one?q=1', cookie: ['a=b', 'c=d'], 'x-mine': 'yes' }),
      ask(session, { ':method': 'POST', ':path': '/two' }, 'hello'),
      ask(session, { ':method': 'POST', 'content-length': '5' }, 'hello'),
      ask(session, { ':method': 'HEAD' }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({
      url: '/one?q=1',
      method: 'GET',
      headers: {
        host: HOST,
        cookie: 'a=b; c=d',
        'x-mine': 'yes',
        'x-forwarded-proto': 'https',
        'x-forwarded-for': '127.0.0.1',
      },
    })
    expect(JSON.parse(answers[1]?.body ?? '')).toMatchObject({
      body: 'hello',
      headers: { 'transfer-encoding': 'chunked' },
    })
    expect(JSON.parse(answers[2]?.body ?? '')).toMatchObject({
      body: 'hello',
      headers: { 'content-length': '5' },
    })
    expect(answers[3]).toMatchObject({ body: '', headers: { 'set-cookie': ['a=1', 'b=2'] } })
    expect(session.alpnProtocol).toBe('h2')
    expect(constants.NGHTTP2_NO_ERROR).toBe(answers[0]?.code)
  })

  it('P10 goes to any host that the certificate of its connection is for, and to no other', async () => {
    const { port } = await rig.upstream((req, res) => res.end(req.headers.host))
    const hosts = ['a.apps.test', 'b.apps.test', 'own.apps.test']
    await rig.publish(
      hosts.map((host) => routeTo([instanceAt(port)], { id: host, host })),
      { certificates: [certificate('wild', '*.apps.test'), certificate('own', 'own.apps.test')] },
    )
    const session = openSession(rig, 'a.apps.test')

    const answers = await Promise.all(hosts.map((host) => ask(session, { ':authority': host })))

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 421])
    expect(answers[1]?.body).toBe('b.apps.test')
  })

  it('streams events as they come, and what the app adds to the head goes on', async () => {
    const ticks: (() => void)[] = []
    const { port } = await rig.upstream((_req, res) => {
      res.writeEarlyHints({ link: '</style.css>; rel=preload' })
      res.writeHead(200, { 'content-type': 'text/event-stream', connection: 'keep-alive' })
      res.flushHeaders()
      ticks.push(() => res.write('data: tick\n\n'))
    })
    await publishTo(rig, port)
    const stream = openSession(rig).request({ ':authority': HOST, ':path': '/events' })
    let text = ''
    const informed: unknown[] = []
    stream.on('headers', (headers) => informed.push(headers))
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    const head = await new Promise<Record<string, unknown>>((resolve) => {
      stream.once('response', resolve)
    })

    for (let turn = 1; turn <= 3; turn += 1) {
      ticks[0]?.()
      await until(() => text === 'data: tick\n\n'.repeat(turn))
    }

    expect(head).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' })
    expect(head).not.toHaveProperty('connection')
    expect(informed).toEqual([])
    stream.close()
  })

  it('carries gRPC-web as it is: its trailers are the last piece of the body', async () => {
    const message = Buffer.from([0, 0, 0, 0, 2, 8, 1])
    const trailer = Buffer.from('\x80\0\0\0\x0fgrpc-status:0\r\n', 'latin1')
    const { port } = await rig.upstream((req, res) => {
      req.once('data', (chunk: Buffer) => {
        res.writeHead(200, { 'content-type': 'application/grpc-web+proto' })
        res.write(chunk)
        setTimeout(() => res.end(trailer), 50)
      })
    })
    await publishTo(rig, port)

    const answer = await ask(
      openSession(rig),
      { ':method': 'POST', 'content-type': 'application/grpc-web+proto', 'x-grpc-web': '1' },
      message,
    )

    expect(answer.headers['content-type']).toBe('application/grpc-web+proto')
    expect(Buffer.from(answer.body, 'latin1').subarray(0, 7)).toEqual(message)
    expect(answer.body.endsWith('grpc-status:0\r\n')).toBe(true)
  })

  it.each([
    [
      'to those who take them',
      { te: 'trailers' },
      { 'x-checksum': 'abc', 'server-timing': 'a, b' },
    ],
    ['not to others', {}, undefined],
  ])('gives trailers %s, and none that come too late to be meant', async (_name, asked, got) => {
    const { port } = await rig.rawUpstream((socket) => {
      socket.on('data', () =>
        socket.write(
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n' +
            'X-Checksum: abc\r\nServer-Timing: a\r\nServer-Timing: b\r\n' +
            'Set-Cookie: a=b\r\nContent-Length: 3\r\nConnection: close\r\n' +
            'HTTP2-Settings: AAMAAABk\r\n\r\n',
        ),
      )
    })
    await publishTo(rig, port)
    const session = openSession(rig)

    for (let turn = 0; turn < 2; turn += 1) {
      const stream = session.request({ ':authority': HOST, ':path': '/', ...asked })
      let trailers: Record<string, unknown> | undefined
      let body = ''
      stream.on('trailers', (fields) => {
        trailers = Object.fromEntries(Object.entries(fields))
      })
      stream.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      await new Promise((resolve) => stream.once('close', resolve))
      expect([body, trailers, stream.rstCode]).toEqual(['ok', got, 0])
    }
  })

  it('answers 100 to those who wait for it, once the app has taken the request', async () => {
    const { port } = await rig.upstream((req, res) => {
      req.resume()
      req.on('end', () => res.end('taken'))
    })
    await publishTo(rig, port)
    const stream = openSession(rig).request(
      { ':authority': HOST, ':path': '/', ':method': 'POST', expect: '100-continue' },
      { endStream: false },
    )
    let body = ''
    stream.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    stream.once('continue', () => stream.end('now it comes'))

    await new Promise((resolve) => stream.once('close', resolve))

    expect(body).toBe('taken')
  })

  it.each([
    ['by its length', 'Content-Length: 100\r\n\r\nonly this'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n'],
  ])('breaks off what an app broke off, alone (%s)', async (_name, rest) => {
    const { port } = await rig.rawUpstream((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\n${rest}`)
        setTimeout(() => socket.destroy(), 50)
      })
    })
    await publishTo(rig, port)
    const session = openSession(rig)

    const answer = await ask(session)

    expect(answer).toMatchObject({
      status: 200,
      body: 'only this',
      code: constants.NGHTTP2_INTERNAL_ERROR,
    })
    expect(session.closed).toBe(false)
    expect((await ask(session, { ':authority': 'unknown.test' })).status).toBe(421)
  })

  it.each([204, 205, 304])('gives %s without a body, whatever the app sends', async (status) => {
    const { port } = await rig.rawUpstream((socket) => {
      socket.on('data', () => {
        const length = status === 205 ? 'Content-Length: 4\r\n\r\nbody' : '\r\n'
        socket.write(`HTTP/1.1 ${status} X\r\n${length}`)
      })
    })
    await publishTo(rig, port)

    expect(await ask(openSession(rig))).toMatchObject({ status, body: '', code: 0 })
  })

  it('a status that HTTP/2 does not know becomes the last one that it does', async () => {
    const { port } = await rig.rawUpstream((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 999 No\r\nContent-Length: 2\r\n\r\nno'))
    })
    await publishTo(rig, port)

    expect(await ask(openSession(rig))).toMatchObject({ status: 599, body: 'no' })
  })

  it('counts and logs as HTTP/1.1 does', async () => {
    const { port } = await rig.upstream((req, res) => {
      req.resume()
      req.on('end', () => res.end('hello'))
    })
    await publishTo(rig, port)
    const session = openSession(rig)

    await ask(session, { ':method': 'POST', ':path': '/path?secret=1' }, 'four')
    const line: unknown = await vi.waitFor(
      async () => {
        await rig.worker.plane.accessLog.flush()
        const folder = join(rig.directory, 'access', 'app')
        const [file = ''] = await readdir(folder)
        return JSON.parse(await readFile(join(folder, file), 'utf8'))
      },
      { timeout: 5_000 },
    )
    expect(line).toMatchObject({
      app: 'app',
      method: 'POST',
      host: HOST,
      path: '/path',
      status: 200,
      bytesIn: 4,
      bytesOut: 5,
      complete: true,
    })
  })

  it('WebSockets stay on HTTP/1.1, beside it on the same port', async () => {
    const { server, port } = await rig.upstream((_req, res) => res.end('page'))
    const sockets = new WebSocketServer({ server })
    rig.onEnd(() => sockets.close())
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
    await publishTo(rig, port)
    expect((await ask(openSession(rig))).body).toBe('page')

    const socket = new WebSocket(`wss://127.0.0.1:${rig.httpsPort}/`, {
      headers: { host: HOST },
      agent: new Agent({ servername: HOST, rejectUnauthorized: false }),
    })
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send('echo')
    const data = await new Promise<string>((resolve) => {
      socket.once('message', (message: Buffer) => resolve(message.toString()))
    })

    expect(data).toBe('echo')
    socket.terminate()
  })
})
