import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as secureConnect } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import type { Limits } from '#proxy/limits.ts'
import { certificateIn } from '#test/certificate.ts'
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

const head = (line: string, ...fields: string[]): string =>
  `${[`${line} HTTP/1.1`, `Host: ${HOST}`, ...fields].join('\r\n')}\r\n\r\n`

/** A worker before an app that answers with what it was sent, and `seen`, one line a request. */
async function laneTo(fastLane: boolean, limits: Partial<Limits> = {}) {
  const rig = await createRig({ fastLane, limits })
  const seen: string[] = []
  const { port } = await rig.upstream((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1')
      const fields = req.rawHeaders.filter((name) => !/^x-request-id$/i.test(name)).join('|')
      seen.push(`${req.method} ${req.url} ${body} ${fields.replace(/[0-9a-f-]{36}/, 'ID')}`)
      const status = Number(/status=(\d+)/.exec(req.url ?? '')?.[1] ?? 200)
      if (req.url?.includes('chunks')) {
        res.writeHead(status, { 'X-Of': 'the app' })
        res.write('one')
        setTimeout(() => res.end('two'), 20)
      } else {
        res.writeHead(status, { 'Content-Type': 'text/plain', 'X-Of': 'the app' })
        res.end(status === 204 || status === 304 ? undefined : `${req.method} ${req.url} ${body}`)
      }
    })
    req.on('error', () => seen.push(`${req.method} ${req.url} broken off`))
  })
  await rig.publish([routeTo([instanceAt(port, 'one')], { maxBodyBytes: 1_000 })])
  return { rig, seen }
}

/** Connections of a client: each string is written, each number waits. */
const SCRIPTS: [name: string, script: (string | number)[]][] = [
  ['a GET', [head('GET /a?b=c', 'Accept: */*', 'Cookie: a=b; __Host-vastrox-x=1')]],
  ['a HEAD', [head('HEAD /a')]],
  ['OPTIONS and DELETE', [head('OPTIONS /o'), 100, head('DELETE /d')]],
  ['a POST in one piece', [`${head('POST /p', 'Content-Length: 5')}hello`]],
  ['a POST in pieces', [head('POST /p', 'Content-Length: 5'), 50, 'he', 50, 'llo']],
  ['an empty POST', [head('POST /p', 'Content-Length: 0')]],
  ['a POST in chunks', [`${head('POST /p', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`]],
  ['a body that is too large', [`${head('POST /p', 'Content-Length: 1001')}hello`]],
  ['chunks of the app', [head('GET /chunks'), 100, head('GET /after')]],
  ['no content', [head('GET /?status=204'), 100, head('GET /?status=304')]],
  ['an error of the app', [head('GET /?status=500')]],
  ['a request in pieces', ['GET /a HT', 50, 'TP/1.1\r\nHost: app.test\r\n', 50, '\r\n']],
  [
    'plain, then not plain, then plain',
    [
      head('GET /1'),
      100,
      `${head('PUT /2', 'Transfer-Encoding: chunked')}1\r\nx\r\n0\r\n\r\n`,
      100,
      head('GET /3'),
    ],
  ],
  ['three at once', [head('GET /1') + head('GET /2') + head('GET /3')]],
  ['a POST and a GET at once', [`${head('POST /1', 'Content-Length: 2')}ab${head('GET /2')}`]],
  ['an expectation', [head('POST /p', 'Expect: 100-continue', 'Content-Length: 2'), 100, 'ab']],
  ['an old client', [`GET /old HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`]],
  ['two Host fields', [head('GET /', 'Host: b')]],
  ['an unknown host', ['GET / HTTP/1.1\r\nHost: other.test\r\n\r\n']],
  ['nonsense', ['nonsense\r\n\r\n']],
  ['an underscore twin', [head('GET /', 'X_Forwarded_For: 1.2.3.4')]],
  [
    'hop-by-hop fields',
    [head('GET /', 'Connection: close', 'X-Real-IP: 6.6.6.6', 'Forwarded: for=x')],
  ],
]

function play(port: number, script: readonly (string | number)[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  socket.on('error', () => undefined)
  socket.on('close', () => resolve(`${text}<closed>`))
  void say(socket, script).then(async () => {
    await sleep(400)
    resolve(text)
    socket.destroy()
  })
  return promise
}

async function say(socket: Socket, script: readonly (string | number)[]): Promise<void> {
  for (const each of script) {
    if (typeof each === 'number') await sleep(each)
    else socket.write(each, 'latin1')
  }
}

/** Without what differs from one moment to the next. */
const timeless = (text: string): string =>
  text.replaceAll(/Date: [^\r]*/g, 'Date: now').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')

describe('the two lanes', () => {
  it.concurrent.for(SCRIPTS)(
    'answer %s with the same bytes, and the app sees the same',
    { timeout: 20_000 },
    async ([_name, script], { expect, onTestFinished }) => {
      const fast = await laneTo(true)
      const full = await laneTo(false)
      onTestFinished(async () => {
        await fast.rig.end()
        await full.rig.end()
      })

      const [byFast, byFull] = await Promise.all([
        play(fast.rig.port, script),
        play(full.rig.port, script),
      ])

      expect(timeless(byFast)).toBe(timeless(byFull))
      expect(fast.seen).toEqual(full.seen)
      expect(byFast).not.toBe('')
    },
  )
})

describe('the fast lane', () => {
  let rig: Rig
  afterEach(() => rig.end())
  const onFastLane = async (limits?: Partial<Limits>) => {
    const lane = await laneTo(true, limits)
    rig = lane.rig
    return lane
  }

  it('P8 serves pipelined requests one at a time, in order, however many they are', async () => {
    const { seen } = await onFastLane()
    let underWay = 0
    const paths = Array.from({ length: 500 }, (_, index) => `/${index}`)
    const watch = setInterval(() => {
      for (const each of rig.worker.plane.balancer.all())
        underWay = Math.max(underWay, each.underWay.size)
    }, 1)

    const { text } = await sendRaw(
      rig.port,
      paths.map((path) => head(`GET ${path}`)).join(''),
      3_000,
    )
    clearInterval(watch)

    expect(statusesOf(text)).toEqual(paths.map(() => 200))
    expect(seen.map((line) => line.split(' ')[1])).toEqual(paths)
    expect(underWay).toBeLessThanOrEqual(1)
  })

  it('answers what was asked before nonsense, or before the last request, and then ends', async () => {
    const { seen } = await onFastLane()

    const nonsense = await sendRaw(rig.port, `${head('GET /1')}nonsense\r\n\r\n`, 2_000)
    const last = await sendRaw(
      rig.port,
      head('GET /2', 'Connection: close') + head('GET /3'),
      2_000,
    )

    expect([statusesOf(nonsense.text), nonsense.closed]).toEqual([[200, 400], true])
    expect([statusesOf(last.text), last.closed]).toEqual([[200], true])
    expect(seen.map((line) => line.split(' ')[1])).toEqual(['/1', '/2'])
  })

  it('P8 lets go of a connection on which nothing comes, and of one that is idle too long', async () => {
    const limits = { headersTimeoutMs: 400, keepAliveTimeoutMs: 500, sweepMs: 50 }
    await onFastLane(limits)

    const silent = await sendRaw(rig.port, '', 5_000)
    const idle = await sendRaw(rig.port, head('GET /'), 5_000)
    const half = await sendRaw(rig.port, 'GET / HTTP/1.1\r\n', 5_000)

    expect([silent.closed, statusesOf(silent.text)]).toEqual([true, [408]])
    expect([idle.closed, statusesOf(idle.text)]).toEqual([true, [200]])
    expect([half.closed, statusesOf(half.text)]).toEqual([true, [408]])
  })

  it.each(['/slow', `http://${HOST}/slow`])(
    'P8 keeps the beginning of a head for %s for its time, with none of Node’s objects, and says 408 then',
    async (target) => {
      await onFastLane({ headersTimeoutMs: 400, sweepMs: 50 })
      const begun = performance.now()

      const bytes = `GET ${target} HTTP/1.1\r\nHost: ${HOST}\r\nX-A: b`
      const answer = await sendRaw(rig.port, bytes, 5_000)

      expect(statusesOf(answer.text)).toEqual([408])
      expect(answer.closed).toBe(true)
      expect(performance.now() - begun).toBeGreaterThan(350)
    },
  )

  it.each([
    ['a method that is none', 'GET-ME / HTTP/1.1\r\nHost: '],
    ['a version that is none', 'GET / HTTP/9.9\r\nHost: '],
    ['a line break that is none', 'GET / HTTP/1.1\nHost: '],
    ['bytes that are no text', 'GET / HTTP/1.1\r\nHost: \u0000\u0001'],
  ])('lets Node say at once that %s is wrong, before the rest comes', async (_what, bytes) => {
    await onFastLane()

    const answer = await sendRaw(rig.port, bytes, 1_000)

    expect(statusesOf(answer.text)).toEqual([400])
  })

  it('takes a head that comes by the drop to its end', async () => {
    const { seen } = await onFastLane()
    const socket = connect(rig.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    for (const drop of head('GET /drops', 'Connection: close')) {
      socket.write(drop)
      await sleep(2)
    }
    await until(() => text.includes('GET /drops'))
    expect(seen).toHaveLength(1)
    socket.destroy()
  })

  it('P8 closes a connection after so many requests', async () => {
    await onFastLane({ requestsPerSocket: 3 })

    const { text, closed } = await sendRaw(rig.port, head('GET /').repeat(5), 2_000)

    expect(statusesOf(text)).toEqual([200, 200, 200])
    expect(text.match(/^Connection: .*/gim)).toEqual(
      ['Connection: keep-alive\r', 'Connection: keep-alive\r', 'Connection: close\r'].map((line) =>
        line.trim(),
      ),
    )
    expect(closed).toBe(true)
  })

  it('tells the app when a client has gone, and when it has ended its side', async () => {
    rig = await createRig()
    let gone = 0
    const { port } = await rig.upstream((_req, res) => {
      res.write('never ending')
      res.once('close', () => {
        gone += 1
      })
    })
    const instance = instanceAt(port)
    await rig.publish([routeTo([instance])])
    const leave = async (how: (socket: Socket) => void): Promise<void> => {
      const socket = connect(rig.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(head('GET /'))
      await new Promise((resolve) => socket.once('data', resolve))
      how(socket)
    }

    await leave((socket) => socket.destroy())
    await leave((socket) => socket.resetAndDestroy())
    await leave((socket) => socket.end())

    await until(() => gone === 3)
    await until(() => rig.worker.plane.swept.size === 0)
    expect(await rig.adapter.underWay([instance.name], 1_000)).toBe(0)
  })

  it('reads and drops the rest of a body that was answered early by a redirect, and goes on behind it', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((_req, res) => res.end('ok'))
    const plain = routeTo([instanceAt(port)], { id: 'route-2', host: 'plain.test' })
    await rig.publish([routeTo([instanceAt(port)], { redirectToHttps: true }), plain])

    const text = await play(rig.port, [
      `${head('POST /', 'Content-Length: 10')}12345`,
      50,
      '67890GET / HTTP/1.1\r\nHost: plain.test\r\n\r\n',
    ])

    expect(statusesOf(text)).toEqual([308, 200])
  })

  it('gives a TLS connection to Node in the middle of its life, with nothing lost', async () => {
    rig = await createRig({ https: true })
    const directory = await mkdtemp(join(tmpdir(), 'vastrox-lane-'))
    rig.onEnd(() => rm(directory, { recursive: true }))
    const { cert, key } = certificateIn(directory)
    const seen: string[] = []
    const { port } = await rig.upstream((req, res) => {
      let body = ''
      req.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      req.on('end', () => {
        seen.push(`${req.method} ${req.url} ${body}`)
        res.end('ok')
      })
    })
    await rig.publish([routeTo([instanceAt(port)], { host: 'localhost' })], {
      certificates: [{ id: 'one', hosts: ['localhost'], certificatePem: cert, keyPem: key }],
    })
    const socket = secureConnect({
      port: rig.httpsPort,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: cert,
      ALPNProtocols: ['http/1.1'],
    })
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
    const ask = async (bytes: string, answers: number): Promise<void> => {
      socket.write(bytes.replaceAll(HOST, 'localhost'))
      await until(() => statusesOf(text).length === answers)
    }

    await ask(head('GET /1'), 1)
    await ask(`${head('POST /2', 'Content-Length: 3')}abc`, 2)
    await ask(`${head('PUT /3', 'Transfer-Encoding: chunked')}2\r\nde\r\n0\r\n\r\n`, 3)
    await ask(head('GET /4'), 4)
    socket.destroy()

    expect(statusesOf(text)).toEqual([200, 200, 200, 200])
    expect(seen).toEqual(['GET /1 ', 'POST /2 abc', 'PUT /3 de', 'GET /4 '])
  })

  it('mixes up nothing of bodies that many clients send at once, in pieces that do not fit heads', async () => {
    const made = await createRig({ fastLane: true })
    rig = made
    const { port } = await made.upstream((req, res) => {
      const hash = createHash('sha256')
      // Slower than it comes, so that bytes wait in the proxy.
      req.on('data', (chunk: Buffer) => {
        hash.update(chunk)
        req.pause()
        setImmediate(() => req.resume())
      })
      req.on('end', () => res.end(hash.digest('hex')))
    })
    await made.publish([routeTo([instanceAt(port, 'one')], { maxBodyBytes: 2 ** 24 })])
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, client) => {
        const body = Buffer.alloc(600_000 + client * 7_001, `of ${client}, and no other;`)
        const socket = connect(made.port, '127.0.0.1')
        const field = `Content-Length: ${body.length}`
        const request = Buffer.concat([Buffer.from(head('PUT /b', field)), body])
        // The next one begins within the same piece that ends this one.
        const both = Buffer.concat([request, request])
        for (let at = 0; at < both.length; at += 50_021) {
          socket.write(both.subarray(at, at + 50_021))
          await sleep(1)
        }
        const digest = createHash('sha256').update(body).digest('hex')
        let text = ''
        for await (const chunk of socket) {
          text += String(chunk)
          if (text.split(digest).length > 2) break
        }
        socket.destroy()
        return text.split(digest).length - 1
      }),
    )

    expect(answers).toEqual(Array.from({ length: 8 }, () => 2))
  })

  it('P8 lets go of a client that ends its side and takes nothing of its answer', async () => {
    const made = await createRig({ limits: { stalledClientMs: 400, lingerMs: 200, sweepMs: 50 } })
    rig = made
    const { port } = await made.upstream((_req, res) => {
      res.end(Buffer.alloc(32 * 2 ** 20))
    })
    await made.publish([routeTo([instanceAt(port)])])
    const socket = connect({ port: made.port, host: '127.0.0.1', allowHalfOpen: true })
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    socket.write(head('GET /large'))
    await sleep(200)
    socket.end()
    await sleep(1_200)
    // Nothing of it is left here but what the kernel had taken.
    let length = 0
    socket.on('data', (chunk: Buffer) => {
      length += chunk.length
    })
    socket.on('end', () => resolve('end'))

    expect(['end', 'ECONNRESET']).toContain(await promise)
    expect(length).toBeLessThan(32 * 2 ** 20)
  })

  it('loses no answer of a connection that it ends while more requests are on their way', async () => {
    const made = await createRig({ limits: { requestsPerSocket: 2, lingerMs: 300 } })
    rig = made
    const { port } = await made.upstream((_req, res) => {
      res.end('x'.repeat(50_000))
    })
    await made.publish([routeTo([instanceAt(port)])])
    const socket = connect(made.port, '127.0.0.1')
    const errors: Error[] = []
    socket.on('error', (error) => errors.push(error))
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
    const begun = performance.now()
    const ended = new Promise<number>((resolve) => {
      socket.once('end', () => resolve(performance.now() - begun))
    })
    socket.write(head('GET /a').repeat(2_000))
    await ended

    expect(statusesOf(text)).toEqual([200, 200])
    expect(text.split('x'.repeat(50_000))).toHaveLength(3)
    expect(errors).toEqual([])
  })

  it('keeps the client waiting while the app does not read', async () => {
    rig = await createRig()
    let received = 0
    let start: (() => void) | undefined
    const { port } = await rig.upstream((req, res) => {
      start = () => {
        req.on('data', (chunk: Buffer) => {
          received += chunk.length
        })
        req.on('end', () => res.end(String(received)))
      }
    })
    await rig.publish([routeTo([instanceAt(port)])])
    const length = 64 * 2 ** 20
    const socket = connect(rig.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.write(head('POST /', `Content-Length: ${length}`))
    socket.write(Buffer.alloc(length))
    await until(() => start !== undefined)
    await sleep(300)
    const waiting = socket.writableLength
    start?.()

    await until(() => text.includes(String(length)), 20_000)
    expect(waiting).toBeGreaterThan(length / 2)
    socket.destroy()
  })
})
