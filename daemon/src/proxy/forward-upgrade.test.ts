import { readdir, readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { EdgeReport } from '#ports/routing-snapshot.ts'
import {
  createRig,
  HOST,
  instanceAt,
  type Rig,
  routeTo,
  sendRaw,
  statusesOf,
  until,
} from '#test/proxy/rig.ts'

const handshake = (lines: string[] = [], line = 'GET /ws HTTP/1.1'): string =>
  `${[
    line,
    `Host: ${HOST}`,
    'Connection: keep-alive, Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...lines,
  ].join('\r\n')}\r\n\r\n`

let rig: Rig
afterEach(() => rig.end())

async function echoServer() {
  const { server, port } = await rig.upstream((_req, res) => res.end('plain'))
  const sockets = new WebSocketServer({ server })
  const heads: string[][] = []
  const clients: WebSocket[] = []
  sockets.on('connection', (socket, req) => {
    heads.push(req.rawHeaders)
    clients.push(socket)
    socket.on('error', () => undefined)
    socket.on('message', (data, binary) => socket.send(data, { binary }))
  })
  rig.onEnd(() => sockets.close())
  return { port, heads, clients }
}

async function open(path = '/ws'): Promise<WebSocket & { closedWith: Promise<number> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${rig.port}${path}`, { headers: { host: HOST } })
  const closedWith = new Promise<number>((resolve) => {
    socket.on('close', resolve)
  })
  socket.on('error', () => undefined)
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return Object.assign(socket, { closedWith })
}

const next = (socket: WebSocket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('message', (data: Buffer) => resolve(data.toString()))
  })

describe('P7 WebSockets', () => {
  it('carry messages both ways, large ones and compressed ones too', async () => {
    rig = await createRig()
    const { port, heads } = await echoServer()
    await rig.publish([routeTo([instanceAt(port)])])

    const socket = await open()
    socket.send('hello')
    expect(await next(socket)).toBe('hello')
    const large = 'v'.repeat(5_000_000)
    socket.send(large)
    expect(await next(socket)).toBe(large)

    expect(heads[0]).toEqual(expect.arrayContaining(['X-Forwarded-For', '127.0.0.1']))
    socket.close(4_000)
    expect(await socket.closedWith).toBe(4_000)
    await until(() => rig.worker.plane.swept.size === 0)
  })

  it('are told while they are open, by app, route and release', async () => {
    rig = await createRig()
    const reports: EdgeReport[] = []
    rig.adapter.onEdge((report) => void reports.push(report))
    const { port } = await echoServer()
    await rig.publish([routeTo([instanceAt(port, 'web-1', 7)])])
    const one = await open()
    const other = await open()
    const told = async () => {
      const before = reports.length
      rig.worker.plane.edge.end()
      await until(() => reports.length > before)
      const { webSockets, sockets } = reports.at(-1) ?? {}
      return { webSockets, sockets }
    }
    const place = { app: 'app', route: 'route-1', release: 7 }

    expect(await told()).toEqual({ webSockets: { app: 2 }, sockets: [{ ...place, open: 2 }] })
    one.close()
    await until(() => rig.worker.plane.swept.size === 1)
    expect(await told()).toEqual({ webSockets: { app: 1 }, sockets: [{ ...place, open: 1 }] })
    other.terminate()
    await until(() => rig.worker.plane.swept.size === 0)
    expect(await told()).toEqual({ webSockets: {}, sockets: [] })
  })

  it('D5 wait with everybody else when the app is held while they are tried again', async () => {
    rig = await createRig({ limits: { connectBudgetMs: 5_000 } })
    const { port } = await echoServer()
    // Nobody listens there: it is tried again and again.
    await rig.publish([routeTo([instanceAt(9, 'old')])])
    const opening = open()
    await until(() => rig.worker.plane.swept.size > 0)
    await rig.publish([routeTo([], { state: 'held' })])
    await until(() => rig.worker.plane.hold.size === 1)
    expect(rig.worker.plane.swept.size).toBe(0)

    await rig.publish([routeTo([instanceAt(port, 'new')])])

    const socket = await opening
    socket.send('after the hold')
    expect(await next(socket)).toBe('after the hold')
    socket.close()
    await socket.closedWith
    await until(() => rig.worker.plane.swept.size === 0)
  })

  it('leave the queue when their client goes', async () => {
    rig = await createRig({ limits: { connectBudgetMs: 5_000 } })
    await rig.publish([routeTo([instanceAt(9, 'old')])])
    const socket = new WebSocket(`ws://127.0.0.1:${rig.port}/ws`, { headers: { host: HOST } })
    socket.on('error', () => undefined)
    await until(() => rig.worker.plane.swept.size > 0)
    await rig.publish([routeTo([], { state: 'held' })])
    await until(() => rig.worker.plane.hold.size === 1)

    socket.terminate()

    await until(() => rig.worker.plane.hold.size === 0)
    expect(rig.worker.plane.swept.size).toBe(0)
  })

  it('count as under way, and end with 1001 when they are cut', async () => {
    rig = await createRig()
    const { port, clients } = await echoServer()
    const old = instanceAt(port, 'old')
    await rig.publish([routeTo([old])])
    const socket = await open()
    socket.send('x')
    await next(socket)

    await rig.publish([routeTo([instanceAt(port, 'new', 2)])])
    socket.send('still there')
    expect(await next(socket)).toBe('still there')
    expect(await rig.adapter.underWay(['old'], 1_000)).toBe(1)
    rig.adapter.cut(['old'])

    expect(await socket.closedWith).toBe(1_001)
    expect(await rig.adapter.underWay(['old', 'new'], 1_000)).toBe(0)
    await until(() => clients[0]?.readyState === WebSocket.CLOSED)
  })

  it('are ended without a frame of ours where one would stand inside of theirs', async () => {
    rig = await createRig()
    const { port } = await rig.rawUpstream((socket) => {
      socket.once('data', () => {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
        )
        // A frame of 10 bytes of which only 3 come.
        socket.write(Buffer.from([0x82, 10, 1, 2, 3]))
      })
    })
    await rig.publish([routeTo([instanceAt(port, 'old')])])

    const answer = sendRaw(rig.port, handshake(), 2_000)
    await sleep(100)
    rig.adapter.cut(['old'])

    const { text, closed } = await answer
    expect(closed).toBe(true)
    expect(text.endsWith('\x82\x0a\x01\x02\x03')).toBe(true)
  })

  it('end with 1001 after the drain limit of a worker that stops, and are in its access log', async () => {
    rig = await createRig({ limits: { drainMs: 300 } })
    const { port } = await echoServer()
    await rig.publish([routeTo([instanceAt(port)])])
    const socket = await open('/chat')

    const stopped = rig.worker.stop()
    await sleep(150)
    socket.send('still there')
    expect(await next(socket)).toBe('still there')

    expect(await socket.closedWith).toBe(1_001)
    await stopped
    const folder = join(rig.directory, 'access', 'app')
    const [file = ''] = await readdir(folder)
    const line = await readFile(join(folder, file), 'utf8')
    expect(JSON.parse(line)).toMatchObject({ path: '/chat', status: 101, app: 'app' })
  })

  it('end when nothing passes for too long, both sides', async () => {
    rig = await createRig({ limits: { upgradeIdleMs: 200, sweepMs: 50 } })
    const { port, clients } = await echoServer()
    await rig.publish([routeTo([instanceAt(port)])])
    const socket = await open()
    for (let turn = 0; turn < 5; turn += 1) {
      await sleep(80)
      socket.ping()
    }
    expect(socket.readyState).toBe(WebSocket.OPEN)

    expect(await socket.closedWith).toBe(1_006)
    await until(() => clients[0]?.readyState === WebSocket.CLOSED)
  })

  it('end on both sides when either side breaks off', async () => {
    rig = await createRig()
    const { port, clients } = await echoServer()
    await rig.publish([routeTo([instanceAt(port, 'one')])])

    const first = await open()
    first.terminate()
    await until(() => clients[0]?.readyState === WebSocket.CLOSED)
    const second = await open()
    clients[1]?.terminate()
    expect(await second.closedWith).toBe(1_006)

    expect(await rig.adapter.underWay(['one'], 1_000)).toBe(0)
  })

  it('whose client goes away before they are granted take the handshake at the app with them', async () => {
    rig = await createRig()
    let asked = 0
    let ended = 0
    const { port } = await rig.rawUpstream((socket) => {
      socket.once('data', () => {
        asked += 1
      })
      socket.once('end', () => {
        ended += 1
      })
    })
    await rig.publish([routeTo([instanceAt(port, 'one')])])
    const client = connect(rig.port, '127.0.0.1')
    client.write(`${handshake()}early`)
    await until(() => asked === 1)

    client.destroy()

    await until(() => ended === 1)
    expect(await rig.adapter.underWay(['one'], 1_000)).toBe(0)
  })

  it('that are pipelined behind a request on the full lane end the connection, and mix with no answer', async () => {
    rig = await createRig({ fastLane: false })
    let upgrades = 0
    const { server, port } = await rig.upstream((_req, res) => {
      setTimeout(() => res.end('late'), 100)
    })
    server.on('upgrade', () => {
      upgrades += 1
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const { text, closed } = await sendRaw(
      rig.port,
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n${handshake()}`,
    )

    expect([text, closed, upgrades]).toEqual(['', true, 0])
  })

  it('that the app does not grant get its answer, and no byte of theirs goes further', async () => {
    rig = await createRig()
    const received: string[] = []
    const { port } = await rig.rawUpstream((socket) => {
      socket.on('data', (chunk) => received.push(chunk.toString('latin1')))
      socket.once('data', () => {
        setTimeout(() => {
          socket.write('HTTP/1.1 403 Forbidden\r\nX-Powered-By: x\r\nContent-Length: 4\r\n\r\nnope')
        }, 50)
      })
    })
    const rules = {
      setHeaders: [{ name: 'X-Frame-Options', value: 'DENY' }],
      removeHeaders: ['x-powered-by'],
    }
    await rig.publish([routeTo([instanceAt(port)], { rules })])

    const { text, closed } = await sendRaw(
      rig.port,
      `${handshake()}GET /smuggled HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`,
      1_000,
    )

    expect(statusesOf(text)).toEqual([403])
    expect(text.endsWith('nope')).toBe(true)
    // With the fields that the route's rules want of any answer.
    expect(text).toContain('X-Frame-Options: DENY')
    expect(text).not.toContain('X-Powered-By')
    expect(closed).toBe(true)
    expect(received.join('')).not.toContain('smuggled')
  })

  it('get the bytes that were sent with the handshake once it is granted', async () => {
    rig = await createRig()
    let received = ''
    const { port } = await rig.rawUpstream((socket) => {
      socket.once('data', () => {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nfirst',
        )
        socket.on('data', (chunk) => {
          received += chunk.toString()
        })
      })
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const { text } = await sendRaw(rig.port, `${handshake()}early`, 200)

    expect(text).toMatch(/^HTTP\/1\.1 101 [^]*Sec-WebSocket-Accept: x\r\n\r\nfirst$/)
    expect(received).toBe('early')
  })

  it.each([
    ['POST', handshake(['Content-Length: 0'], 'POST /ws HTTP/1.1')],
    ['another protocol', handshake().replace('Upgrade: websocket', 'Upgrade: h2c')],
    ['a list of protocols', handshake().replace('Upgrade: websocket', 'Upgrade: websocket, h2c')],
    ['no Connection: Upgrade', handshake().replace('keep-alive, Upgrade', 'keep-alive')],
    ['a body', `${handshake(['Content-Length: 5'])}hello`],
    ['a chunked body', `${handshake(['Transfer-Encoding: chunked'])}0\r\n\r\n`],
    ['HTTP/1.0', handshake([], 'GET /ws HTTP/1.0')],
  ])('are nothing but plain requests with %s', async (_name, bytes) => {
    rig = await createRig()
    const seen: string[] = []
    const { port } = await rig.upstream((req, res) => {
      seen.push(`${req.method} ${req.headers.upgrade ?? 'no upgrade'}`)
      res.end('plain')
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const { text } = await sendRaw(rig.port, bytes, 200)

    expect(statusesOf(text)).toEqual([200])
    expect(seen).toEqual([`${bytes.split(' ')[0]} no upgrade`])
  })

  it('to unknown hosts and stopped apps get the page', async () => {
    rig = await createRig()
    await rig.publish([routeTo([], { state: 'stopped' })])

    const stopped = await sendRaw(rig.port, handshake(), 500)
    const unknown = await sendRaw(rig.port, handshake().replace(HOST, 'other.test'), 500)

    expect([statusesOf(stopped.text), statusesOf(unknown.text)]).toEqual([[503], [404]])
    expect([stopped.closed, unknown.closed]).toEqual([true, true])
  })

  it('wait for an instance that is coming up, and give 502 when none does', async () => {
    rig = await createRig({ limits: { connectBudgetMs: 200 } })
    await rig.publish([routeTo([instanceAt(1)])])

    const { text } = await sendRaw(rig.port, handshake(), 1_000)

    expect(statusesOf(text)).toEqual([502])
  })

  it('hold the faster side back while the slower one does not read', async () => {
    rig = await createRig()
    let upstream: Socket | undefined
    const { port } = await rig.rawUpstream((socket) => {
      upstream = socket
      socket.once('data', () =>
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
        ),
      )
    })
    await rig.publish([routeTo([instanceAt(port)])])
    const client = connect(rig.port, '127.0.0.1')
    client.write(handshake())
    await new Promise((resolve) => client.once('data', resolve))
    client.pause()

    let written = 0
    const chunk = Buffer.alloc(64 * 1024)
    while (written < 100 * 2 ** 20) {
      written += chunk.length
      if (upstream?.write(chunk)) continue
      const drained = new Promise((resolve) => upstream?.once('drain', () => resolve(true)))
      if ((await Promise.race([drained, sleep(300)])) !== true) break
    }

    expect(written).toBeLessThan(40 * 2 ** 20)
    client.destroy()
    await until(() => upstream?.destroyed === true)
  })
})
