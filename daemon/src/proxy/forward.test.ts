import { randomBytes } from 'node:crypto'
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
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

const MiB = 2 ** 20
const get = (path = '/', method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`

/** A port on which nobody listens. */
const DEAD_PORT = 1

let rig: Rig
afterEach(() => rig.end())

function send(
  method: string,
  path: string,
  body?: Buffer | ((stream: NodeJS.WritableStream) => void),
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Buffer; headers: IncomingMessage['headers'] }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number
    body: Buffer
    headers: IncomingMessage['headers']
  }>()
  const req = httpRequest(
    {
      host: '127.0.0.1',
      port: rig.port,
      method,
      path,
      agent: false,
      headers: { host: HOST, ...headers },
    },
    (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, body: Buffer.concat(chunks), headers: res.headers }),
      )
    },
  )
  req.on('error', reject)
  if (typeof body === 'function') body(req)
  else req.end(body)
  return promise
}

describe('a client that goes away', () => {
  it('takes its request to the app with it: 30 aborts leave no stream behind', async () => {
    rig = await createRig()
    let open = 0
    const { port } = await rig.upstream((req, res) => {
      open += 1
      res.on('close', () => {
        open -= 1
      })
      if (req.url === '/head') return
      res.write('never ending')
    })
    const instance = instanceAt(port)
    await rig.publish([routeTo([instance])])

    const sockets = Array.from({ length: 30 }, (_, index) => {
      const socket = connect(rig.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(get(index % 2 === 0 ? '/head' : '/body'))
      return socket
    })
    await until(() => open === 30)
    expect(await rig.adapter.underWay([instance.name], 1_000)).toBe(30)
    for (const socket of sockets) socket.destroy()

    await until(() => open === 0)
    await until(() => rig.worker.plane.swept.size === 0)
    expect(await rig.adapter.underWay([instance.name], 1_000)).toBe(0)
  })

  it('in the middle of an upload ends the upload at the app', async () => {
    rig = await createRig()
    let received = 0
    let aborted = false
    const { port } = await rig.upstream((req) => {
      req.on('data', (chunk: Buffer) => {
        received += chunk.length
      })
      req.on('error', () => {
        aborted = true
      })
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const socket = connect(rig.port, '127.0.0.1')
    socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1000\r\n\r\nabc`)
    await until(() => received === 3)
    socket.destroy()

    await until(() => aborted)
    expect(received).toBe(3)
  })
})

describe('an app that dies in the middle of its response', () => {
  const dying: [name: string, response: string][] = [
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'],
    ['within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\npart'],
    [
      'with a broken chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\nzz\r\n',
    ],
  ]
  it.each(dying)('%s: the client can tell that it is not whole', async (_name, response) => {
    rig = await createRig()
    const { port } = await rig.rawUpstream((socket) => {
      socket.once('data', () => socket.end(response))
    })
    await rig.publish([routeTo([instanceAt(port)])])

    await expect(send('GET', '/')).rejects.toThrow(/aborted|hang up|ECONNRESET/)
    const { text, closed } = await sendRaw(rig.port, get())
    expect(closed).toBe(true)
    expect(text).not.toMatch(/0\r\n\r\n$/)
  })

  it('that ends with the connection is whole at FIN and broken at RST, for an old client too', async () => {
    rig = await createRig()
    let reset = false
    const { port } = await rig.rawUpstream((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\npart')
        setTimeout(() => (reset ? socket.resetAndDestroy() : socket.end()), 50)
      })
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const whole = await sendRaw(rig.port, get())
    reset = true
    const broken = await sendRaw(rig.port, get())
    const errors: unknown[] = []
    const socket = connect(rig.port, '127.0.0.1')
    socket.on('error', (error) => errors.push(error))
    socket.write(`GET / HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`)
    socket.resume()
    await until(() => socket.destroyed)

    expect(whole.text).toMatch(/part\r\n0\r\n\r\n$/)
    expect(broken.text).toMatch(/part\r\n$/)
    expect(errors).toHaveLength(1)
  })

  it('before it began gives a 502 page for POST', async () => {
    rig = await createRig()
    const { port } = await rig.rawUpstream((socket) => {
      socket.once('data', () => socket.destroy())
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const { status, headers } = await send('POST', '/', Buffer.from('x'))

    expect(status).toBe(502)
    expect(headers['retry-after']).toBe('5')
  })
})

describe('D3 trying again', () => {
  it('sends what may be repeated once more, to another instance', async () => {
    rig = await createRig()
    const tried: string[] = []
    const dying = await rig.rawUpstream((socket) => {
      socket.once('data', (chunk) => {
        tried.push(chunk.toString().split(' ')[0] ?? '')
        socket.destroy()
      })
    })
    const { port } = await rig.upstream((_req, res) => res.end('ok'))
    await rig.publish([routeTo([instanceAt(dying.port), instanceAt(port)])])

    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'GET', 'GET'])
      expect(await send(method, '/'), method).toMatchObject({ status: 200 })
    expect(tried.length).toBeGreaterThan(0)
  })

  it.each(['POST', 'PATCH'])('never sends %s twice', async (method) => {
    rig = await createRig()
    let times = 0
    const { port } = await rig.rawUpstream((socket) => {
      socket.on('data', () => {
        times += 1
        socket.destroy()
      })
    })
    await rig.publish([routeTo([instanceAt(port), instanceAt(port, 'second')])])

    expect(await send(method, '/')).toMatchObject({ status: 502 })
    expect(times).toBe(1)
  })

  it('sends PUT with a short body once more, from its beginning, and a long one never', async () => {
    rig = await createRig()
    const tried: string[] = []
    const { port } = await rig.rawUpstream((socket) => {
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
        const [head = '', body = ''] = text.split('\r\n\r\n')
        if (body.length < Number(/^content-length: (\d+)/im.exec(head)?.[1])) return
        tried.push(`${head.split(' ')[0]} ${body.length}`)
        socket.destroy()
      })
    })
    await rig.publish([routeTo([instanceAt(port), instanceAt(port, 'second')])])

    for (const [method, length] of [
      ['PUT', 4],
      ['PUT', 65_536],
      ['PUT', 65_537],
      ['POST', 4],
    ] as const)
      expect(await send(method, '/', Buffer.alloc(length, 'b'))).toMatchObject({ status: 502 })

    expect(tried).toEqual(['PUT 4', 'PUT 4', 'PUT 65536', 'PUT 65536', 'PUT 65537', 'POST 4'])
  })

  it('an instance that dies with a short PUT costs nothing while another one lives', async () => {
    rig = await createRig()
    const dying = await rig.rawUpstream((socket) => {
      socket.once('data', () => socket.destroy())
    })
    const { port } = await rig.upstream((req, res) => req.pipe(res))
    await rig.publish([routeTo([instanceAt(dying.port), instanceAt(port)])])

    for (let turn = 0; turn < 10; turn += 1) {
      const { status, body } = await send('PUT', '/', Buffer.from(`body ${turn}`))
      expect([status, body.toString()]).toEqual([200, `body ${turn}`])
    }
  })

  it('passes over an instance that refuses, for POST as well, and drops no body', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((req, res) => req.pipe(res))
    await rig.publish([routeTo([instanceAt(DEAD_PORT), instanceAt(port)])])

    for (let turn = 0; turn < 20; turn += 1) {
      const { status, body } = await send('POST', '/', Buffer.from(`body ${turn}`))
      expect([status, body.toString()]).toEqual([200, `body ${turn}`])
    }
  })

  it('waits a moment for an instance that is just coming up', async () => {
    rig = await createRig()
    const { server, port } = await rig.upstream((_req, res) => res.end('up'))
    await new Promise((resolve) => server.close(resolve))
    await rig.publish([routeTo([instanceAt(port)])])

    const answer = send('POST', '/', Buffer.from('x'))
    await sleep(400)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))

    expect(await answer).toMatchObject({ status: 200 })
  })

  it('gives the friendly 502 page when every instance refuses, and counts it', async () => {
    rig = await createRig({ limits: { connectBudgetMs: 200 } })
    const counts: unknown[] = []
    rig.adapter.onCounts((each) => counts.push(...each))
    await rig.publish([routeTo([instanceAt(DEAD_PORT)])])

    const { status, body } = await send('GET', '/', undefined, { accept: 'text/html' })

    expect(status).toBe(502)
    expect(body.toString()).toContain('<h1>No answer</h1>')
    expect(body.toString()).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|node/i)
    await until(() => counts.length > 0)
    expect(counts[0]).toMatchObject({ instance: 'i-1', requests: 1, serverErrors: 1 })
  })

  it('counts the requests that were under way when an instance was gone, and no others', async () => {
    rig = await createRig()
    const counts: { instance: string; cutOff?: number | undefined }[] = []
    rig.adapter.onCounts((each) => counts.push(...each))
    const waiting: Socket[] = []
    const { port } = await rig.upstream((req, res) => {
      if (req.url === '/') res.end('up')
      else {
        waiting.push(req.socket)
        if (req.url === '/half') res.write('so far')
      }
    })
    const instance = instanceAt(port)
    await rig.publish([routeTo([instance])])

    expect((await send('GET', '/')).status).toBe(200)
    const cut = [send('POST', '/wait'), send('POST', '/wait'), send('POST', '/half')]
    await until(() => waiting.length === 3)
    for (const socket of waiting) socket.resetAndDestroy()
    await Promise.allSettled(cut)

    const cutOff = (): number => counts.reduce((sum, each) => sum + (each.cutOff ?? 0), 0)
    await until(() => cutOff() === 3)
    expect(new Set(counts.map(({ instance: name }) => name))).toEqual(new Set([instance.name]))
    // By then nobody is under way any more: who asks after the end learns nothing.
    expect(await rig.adapter.underWay([instance.name], 5_000)).toBe(0)
  })

  it('D4 loses none of 400 POSTs to an app that closes idle connections without a hint', {
    timeout: 120_000,
  }, async () => {
    rig = await createRig()
    let closedIdle = 0
    const { port } = await rig.rawUpstream((socket) => {
      let timer: NodeJS.Timeout | undefined
      let text = ''
      socket.on('data', (chunk) => {
        clearTimeout(timer)
        text += chunk.toString()
        if (!text.endsWith('\r\n\r\nx')) return
        text = ''
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        timer = setTimeout(() => {
          closedIdle += 1
          socket.destroy()
        }, 60)
      })
      socket.on('close', () => clearTimeout(timer))
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const statuses: number[] = []
    for (let turn = 0; turn < 400; turn += 1) {
      statuses.push((await send('POST', '/', Buffer.from('x'))).status)
      // Around the moment at which the app lets go.
      if (turn % 8 === 0) await sleep(56 + (turn % 9))
    }

    expect(closedIdle).toBeGreaterThan(10)
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  })

  it('D4 sends no POST on a kept connection before the app was seen to keep them, then it does', async () => {
    rig = await createRig({ limits: { sweepMs: 50 } })
    let connections = 0
    const { port } = await rig.rawUpstream((socket) => {
      connections += 1
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString()
        if (!text.endsWith('\r\n\r\nx')) return
        text = ''
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    await rig.publish([routeTo([instanceAt(port)])])

    await send('POST', '/', Buffer.from('x'))
    await send('POST', '/', Buffer.from('x'))
    expect(connections).toBe(2)
    // One of the two grows old meanwhile.
    let posts = 2
    for (; connections === posts; posts += 1)
      expect((await send('POST', '/', Buffer.from('x'))).status).toBe(200)
  })

  it('D4 closes idle connections before the time the app announces', async () => {
    rig = await createRig({ limits: { sweepMs: 50 } })
    const ends: number[] = []
    const { port } = await rig.rawUpstream((socket) => {
      const since = performance.now()
      socket.on('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok'),
      )
      socket.on('end', () => ends.push(performance.now() - since))
    })
    await rig.publish([routeTo([instanceAt(port)])])

    await send('GET', '/')

    await until(() => ends.length === 1)
    expect(ends[0]).toBeGreaterThan(300)
    expect(ends[0]).toBeLessThan(900)
  })
})

describe('bodies', () => {
  it('stream 50 MB both ways at once, whole', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((req, res) => req.pipe(res))
    await rig.publish([routeTo([instanceAt(port)])])
    const sent = randomBytes(50 * MiB)

    const { body } = await send('POST', '/', sent)

    expect(body.equals(sent)).toBe(true)
  })

  it('hold the app back while the client does not read', async () => {
    rig = await createRig()
    let written = 0
    const { port } = await rig.upstream((_req, res) => {
      const chunk = Buffer.alloc(64 * 1024)
      const more = (): void => {
        while (written < 200 * MiB) {
          written += chunk.length
          if (!res.write(chunk)) {
            res.once('drain', more)
            return
          }
        }
        res.end()
      }
      more()
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const socket = connect(rig.port, '127.0.0.1')
    socket.pause()
    socket.write(get())
    await sleep(600)
    const stoppedAt = written
    await sleep(200)

    expect(written).toBe(stoppedAt)
    expect(written).toBeLessThan(40 * MiB)
    socket.destroy()
  })

  it('P8 a client that never reads is let go', async () => {
    rig = await createRig({ limits: { stalledClientMs: 300, sweepMs: 50 } })
    let gone = false
    const { port } = await rig.upstream((_req, res) => {
      res.on('close', () => {
        gone = true
      })
      const chunk = Buffer.alloc(MiB)
      const more = (): void => {
        while (res.write(chunk));
        res.once('drain', more)
      }
      more()
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const socket = connect(rig.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.pause()
    socket.write(get())

    await until(() => gone)
    expect(rig.worker.plane.swept.size).toBe(0)
    socket.destroy()
  })

  it('P8 are refused with 413 by their length before the app is asked, and by their size while they come', async () => {
    rig = await createRig()
    let asked = 0
    let got = 0
    const { port } = await rig.upstream((req) => {
      asked += 1
      req.on('error', () => undefined)
      req.on('data', (chunk: Buffer) => {
        got += chunk.length
      })
    })
    await rig.publish([routeTo([instanceAt(port)], { maxBodyBytes: 1_000 })])

    const byLength = await send('POST', '/', Buffer.alloc(5 * MiB))
    const askedAfterLength = asked
    const bySize = await send('POST', '/', (stream) => {
      stream.write(Buffer.alloc(900))
      setTimeout(() => stream.end(Buffer.alloc(900)), 50)
    })

    expect([byLength.status, bySize.status]).toEqual([413, 413])
    expect(askedAfterLength).toBe(0)
    expect(got).toBeLessThanOrEqual(1_000)
  })

  it('P8 that dribble are ended with 408', async () => {
    rig = await createRig({ limits: { bodyRateWindowMs: 300, sweepMs: 50 } })
    let aborted = false
    const { port } = await rig.upstream((req) => {
      req.on('error', () => {
        aborted = true
      })
      req.resume()
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const { text } = await sendRaw(
      rig.port,
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 100000\r\n\r\nslow`,
      1_500,
    )

    expect(statusesOf(text)).toEqual([408])
    await until(() => aborted)
  })

  it('P8 in a crowd of slow ones hold up nobody who sends, and end as ever', async () => {
    rig = await createRig({
      limits: { bodyRateWindowMs: 4_000, sweepMs: 50, slowBodies: 4, slowBodyEveryMs: 400 },
    })
    const { port } = await rig.upstream((req, res) => {
      void buffer(req).then(
        (body) => res.end(body),
        () => res.destroy(),
      )
    })
    await rig.publish([routeTo([instanceAt(port)])])
    const begin = `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 100000\r\n\r\nx`
    const slow = Array.from({ length: 12 }, () => sendRaw(rig.port, begin, 20_000))
    const sent = randomBytes(100_000)
    const late = connect(rig.port, '127.0.0.1').setEncoding('latin1')
    let answer = ''
    late.on('data', (text: string) => {
      answer += text
    })
    late.write(`${begin.slice(0, -1)}${sent.toString('latin1', 0, 1)}`, 'latin1')
    await until(() => rig.worker.plane.slowBodies.size === 13)
    expect(rig.worker.plane.slowBodies.isCrowd).toBe(true)

    // One of them begins to send after all.
    late.write(sent.subarray(1))
    await until(() => answer.endsWith(sent.toString('latin1', 99_000)))

    expect(answer.startsWith('HTTP/1.1 200 ')).toBe(true)
    expect((await send('POST', '/', sent)).body.equals(sent)).toBe(true)
    expect((await Promise.all(slow)).map(({ text }) => statusesOf(text)[0])).toEqual(
      slow.map(() => 408),
    )
    expect(rig.worker.plane.slowBodies.size).toBe(0)
    late.destroy()
  })

  it('P8 in a crowd of slow ones an app is asked for those that have come', async () => {
    rig = await createRig({
      limits: { bodyRateWindowMs: 60_000, sweepMs: 50, slowBodies: 4, slowBodyEveryMs: 400 },
    })
    const asked: (string | undefined)[] = []
    const { port } = await rig.upstream((req, res) => {
      asked.push(req.url)
      void buffer(req).then(
        (body) => res.end(String(body.length)),
        () => res.destroy(),
      )
    })
    await rig.publish([routeTo([instanceAt(port)])])
    const begin = (path: string): Socket => {
      const client = connect(rig.port, '127.0.0.1').setEncoding('latin1').resume()
      client.write(`POST ${path} HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 100000\r\n\r\nx`)
      return client
    }
    const crowd = Array.from({ length: 8 }, () => begin('/crowd'))
    await until(() => rig.worker.plane.slowBodies.size === 8 && asked.length === 8)

    const late = begin('/late')
    let answer = ''
    late.on('data', (text: string) => {
      answer += text
    })
    await until(() => rig.worker.plane.slowBodies.size === 9)
    const inPieces = await send('POST', '/pieces', (stream) => {
      stream.write(Buffer.alloc(900))
      setTimeout(() => stream.end(Buffer.alloc(900)), 50)
    })
    const onceMore = await send('POST', '/whole', Buffer.alloc(900))

    expect([inPieces, onceMore].map(({ body }) => String(body))).toEqual(['1800', '900'])
    expect(asked.slice(8)).toEqual(['/pieces', '/whole'])
    late.write(Buffer.alloc(99_999))
    await until(() => answer.endsWith('100000'))
    for (const client of [late, ...crowd]) client.destroy()
  })

  it('P8 heads that dribble are ended with 408', async () => {
    rig = await createRig({ limits: { headersTimeoutMs: 500 } })
    await rig.publish([])

    const { text, closed } = await sendRaw(rig.port, 'GET / HTTP/1.1\r\nHost: a', 4_000)

    expect(statusesOf(text)).toEqual([408])
    expect(closed).toBe(true)
  })

  it('wait for 100 Continue until an instance has taken the connection', async () => {
    rig = await createRig()
    const expectations: (string | undefined)[] = []
    const { port } = await rig.upstream((req, res) => {
      expectations.push(req.headers.expect)
      req.pipe(res)
    })
    await rig.publish([routeTo([instanceAt(port)], { maxBodyBytes: 10 })])
    const ask = (length: number): string =>
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`

    const fits = await sendRaw(rig.port, ask(5), 200)
    const tooLarge = await sendRaw(rig.port, ask(50), 200)

    expect(statusesOf(fits.text)).toEqual([100])
    expect(statusesOf(tooLarge.text)).toEqual([413])
    expect(expectations).toEqual([undefined])
  })

  it('P4 an answer before the whole request ends both connections, and is delivered', async () => {
    rig = await createRig()
    const connections = new Set<Socket>()
    const { port } = await rig.rawUpstream((socket) => {
      connections.add(socket)
      socket.once('data', () =>
        socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'),
      )
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const first = await sendRaw(
      rig.port,
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 50000\r\n\r\nstart`,
      3_000,
    )
    await sendRaw(rig.port, get())

    expect(first.text).toMatch(/^HTTP\/1\.1 403 Forbidden[^]*no$/)
    expect(first.closed).toBe(true)
    expect(connections.size).toBe(2)
  })

  it('events reach the client one by one as they are sent', async () => {
    rig = await createRig()
    let stream: ServerResponse | undefined
    const { port } = await rig.upstream((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.flushHeaders()
      stream = res
    })
    await rig.publish([routeTo([instanceAt(port)])])

    const events: string[] = []
    let status = 0
    const req = httpRequest(
      { host: '127.0.0.1', port: rig.port, headers: { host: HOST } },
      (res) => {
        status = res.statusCode ?? 0
        res.on('data', (chunk: Buffer) => events.push(chunk.toString()))
        res.on('error', () => undefined)
      },
    )
    req.end()
    await until(() => status === 200)
    for (const name of ['one', 'two', 'three']) {
      stream?.write(`data: ${name}\n\n`)
      await until(() => events.at(-1) === `data: ${name}\n\n`)
    }

    expect(events).toHaveLength(3)
    req.destroy()
    await until(() => stream?.destroyed === true)
  })

  it.each([true, false])(
    'D3 D5 a PUT whose instance dies while its route is held is sent whole to the next one (fast lane: %s)',
    async (fastLane) => {
      rig = await createRig({ limits: { bodyRateWindowMs: 500, sweepMs: 50 }, fastLane })
      const next = await rig.upstream((req, res) => {
        let body = ''
        req.on('data', (chunk: Buffer) => {
          body += chunk.toString()
        })
        req.on('end', () => res.end(`got ${body}`))
      })
      const { port } = await rig.rawUpstream((socket) => {
        socket.on('data', (chunk) => {
          if (!chunk.toString().endsWith('hello')) return
          void rig
            .publish([routeTo([instanceAt(port)], { state: 'held' })])
            .then(() => socket.destroy())
        })
      })
      await rig.publish([routeTo([instanceAt(port)])])

      const answer = send('PUT', '/', Buffer.from('hello'))
      await until(() => rig.worker.plane.hold.size === 1)
      await rig.publish([routeTo([instanceAt(next.port)])])

      expect(await answer).toMatchObject({ status: 200, body: Buffer.from('got hello') })
    },
  )

  it('D3 a request that is tried again obeys the rules that have come meanwhile', async () => {
    rig = await createRig()
    const { port } = await rig.rawUpstream((socket) => {
      socket.once('data', () => {
        void rig
          .publish([routeTo([instanceAt(port)], { rules: { deny: ['127.0.0.0/8'] } })])
          .then(() => socket.destroy())
      })
    })
    await rig.publish([routeTo([instanceAt(port)])])

    expect(await send('GET', '/')).toMatchObject({ status: 403 })
  })

  it('P8 an app that does not answer in time gives 504', async () => {
    rig = await createRig({ limits: { responseHeadTimeoutMs: 200, sweepMs: 50 } })
    const { port } = await rig.upstream(() => undefined)
    await rig.publish([routeTo([instanceAt(port)])])

    expect(await send('GET', '/')).toMatchObject({ status: 504 })
  })

  it.each([true, false])(
    'P8 an app that takes nothing of a body gives 504 as well (fast lane: %s)',
    async (fastLane) => {
      rig = await createRig({ limits: { responseHeadTimeoutMs: 300, sweepMs: 50 }, fastLane })
      const { port } = await rig.rawUpstream((socket) => socket.pause())
      await rig.publish([routeTo([instanceAt(port)])])

      expect(await send('POST', '/', Buffer.alloc(30 * MiB))).toMatchObject({ status: 504 })
      expect(rig.worker.plane.balancer.underWay([`i-${port}`])).toEqual({})
    },
  )

  it('P8 one address has only so many connections', async () => {
    rig = await createRig({ limits: { connectionsPerAddress: 5, countLoopback: true } })
    await rig.publish([])
    const sockets = Array.from({ length: 8 }, () => connect(rig.port, '127.0.0.1'))
    for (const socket of sockets) socket.on('error', () => undefined)

    await until(() => sockets.filter((socket) => socket.destroyed).length === 3)
    for (const socket of sockets) socket.destroy()
    await until(() => rig.worker.counters.connectionsRefused === 3)
    await sleep(50)

    expect(await send('GET', '/')).toMatchObject({ status: 404 })
  })
})
