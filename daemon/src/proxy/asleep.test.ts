import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Route } from '#ports/routing-snapshot.ts'
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

let rig: Rig
afterEach(() => rig.end())

const ASLEEP: Partial<Route> = {
  state: 'asleep',
  sleep: { ignores: ['hidden', 'php', 'monitors'] },
}
const GET = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`

function ask(port: number, path: string, body = ''): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const method = body === '' ? 'GET' : 'POST'
  const req = httpRequest({ port, path, method, agent: false, headers: { host: HOST } }, (res) => {
    let text = `${res.statusCode} `
    res.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    res.on('error', reject)
    res.on('end', () => resolve(text))
  })
  req.on('error', reject)
  req.end(body)
  return promise
}

/** Which apps the daemon was asked to wake, as often as it was. */
function listenToWakes(): string[] {
  const asked: string[] = []
  rig.adapter.onWake((apps) => void asked.push(...apps))
  return asked
}

describe('an app that sleeps', () => {
  it('has 200 visitors wait, bodies and all, and answers every one of them when it wakes', async () => {
    rig = await createRig()
    const asked = listenToWakes()
    const { port } = await rig.upstream((req, res) => {
      let length = 0
      req.on('data', (chunk: Buffer) => {
        length += chunk.length
      })
      req.on('end', () => res.end(`${req.url} ${length}`))
    })
    await rig.publish([routeTo([], ASLEEP)])
    const bodyOf = (index: number): string => (index % 4 === 0 ? 'x'.repeat(200_000) : '')
    const visits = Array.from({ length: 200 }, (_, index) =>
      ask(rig.port, `/${index}`, bodyOf(index)),
    )
    await until(() => rig.worker.plane.hold.size === 200)
    await until(() => asked.length > 0)

    await rig.publish([routeTo([instanceAt(port)])])

    expect(await Promise.all(visits)).toEqual(
      visits.map((_, index) => `200 /${index} ${bodyOf(index).length}`),
    )
    expect(new Set(asked)).toEqual(new Set(['app']))
    expect(rig.worker.plane.hold).toMatchObject({ size: 0, bytes: 0 })
  })

  it('is asked for at once, and every second for as long as somebody waits', async () => {
    rig = await createRig({ limits: { sweepMs: 50 } })
    const asked = listenToWakes()
    await rig.publish([routeTo([], ASLEEP)])
    const visitor = sendRaw(rig.port, GET, 5_000)

    await until(() => asked.length > 3)
    const { port } = await rig.upstream((_req, res) => res.end('awake'))
    await rig.publish([routeTo([instanceAt(port)])])
    expect((await visitor).text).toContain('awake')
    const soFar = asked.length
    await sleep(200)

    expect(asked.length).toBe(soFar)
  })

  it('answers 503 with Retry-After in words where the daemon is away, and is asked for when it is back', async () => {
    rig = await createRig({ limits: { sweepMs: 50, holdAloneMs: 100 } })
    await rig.publish([routeTo([], ASLEEP)])
    await rig.adapter.close()
    await until(() => !rig.worker.isConnected())

    const { text } = await sendRaw(rig.port, GET, 3_000)

    expect(statusesOf(text)).toEqual([503])
    expect(text).toMatch(/Retry-After: \d+/)
    expect(text).toContain('asleep')
  })

  it('is not woken by monitors and scanners, who keep it awake as little', async () => {
    rig = await createRig({ limits: { sweepMs: 50 } })
    const asked = listenToWakes()
    const visited: string[] = []
    rig.adapter.onVisits((apps) => void visited.push(...apps))
    const { port } = await rig.upstream((_req, res) => res.end('app'))
    const monitor = GET.replace('\r\n\r\n', '\r\nUser-Agent: Mozilla/5.0 UptimeRobot/2.0\r\n\r\n')
    await rig.publish([routeTo([], ASLEEP)])

    const looked = await sendRaw(rig.port, monitor)
    expect(statusesOf(looked.text)).toEqual([204])
    expect(looked.text).toContain('X-Vastrox-App: asleep')
    for (const path of ['/.env', '/.git/config', '/wp-login.php', '/blog/wp-admin/'])
      expect(await ask(rig.port, path)).toMatch(/^404 /)
    await rig.publish([routeTo([instanceAt(port)], { ...ASLEEP, state: 'serving' })])
    expect((await sendRaw(rig.port, monitor)).text).toContain('app')
    expect(await ask(rig.port, '/.env')).toBe('200 app')
    await sleep(200)
    expect({ asked, visited }).toEqual({ asked: [], visited: [] })

    expect(await ask(rig.port, '/.well-known/security.txt')).toBe('200 app')
    await until(() => visited.length > 0)
    expect(visited).toEqual(['app'])
  })

  it('is not woken by our own looks, also where monitors may', async () => {
    rig = await createRig({ limits: { sweepMs: 50 } })
    const asked = listenToWakes()
    const own = GET.replace('\r\n\r\n', '\r\nUser-Agent: Vastrox-Uptime/1\r\n\r\n')
    await rig.publish([routeTo([], { ...ASLEEP, sleep: { ignores: [] } })])

    expect(statusesOf((await sendRaw(rig.port, own)).text)).toEqual([204])
    expect(asked).toEqual([])
  })

  it('takes the places of no other app: each has its own, and bodies count by what may lie in memory', async () => {
    rig = await createRig({ limits: { holdRequests: 2, holdBytes: 100_000, holdMs: 60_000 } })
    const other = { id: 'route-2', app: 'other', host: 'other.test' }
    await rig.publish([routeTo([], ASLEEP), routeTo([], { ...ASLEEP, ...other })])
    const sockets = [1, 2].map(() => {
      const socket = connect(rig.port, '127.0.0.1')
      socket.write(GET)
      return socket
    })
    rig.onEnd(() => sockets.forEach((socket) => void socket.destroy()))
    await until(() => rig.worker.plane.hold.size === 2)
    expect(await ask(rig.port, '/')).toMatch(/^503 /)

    const upload = GET.replace(HOST, 'other.test').replace('GET', 'POST')
    const lengthOf = (bytes: number): string =>
      upload.replace('\r\n\r\n', `\r\nContent-Length: ${bytes}\r\n\r\n`)
    const first = connect(rig.port, '127.0.0.1')
    rig.onEnd(() => first.destroy())
    first.write(lengthOf(10_000_000))
    await until(() => rig.worker.plane.hold.size === 3)

    expect(rig.worker.plane.hold.bytes).toBe(65_536)
    expect(statusesOf((await sendRaw(rig.port, lengthOf(50_000))).text)).toEqual([503])
  })

  it('reads little of a body that waits: the client stands still meanwhile', async () => {
    rig = await createRig({ limits: { holdMs: 1_500, sweepMs: 100 } })
    await rig.publish([routeTo([], ASLEEP)])
    const socket = connect(rig.port, '127.0.0.1')
    rig.onEnd(() => socket.destroy())
    const size = 64 * 2 ** 20
    socket.write(
      GET.replace('GET', 'POST').replace('\r\n\r\n', `\r\nContent-Length: ${size}\r\n\r\n`),
    )
    socket.write(Buffer.alloc(size))
    await until(() => rig.worker.plane.hold.size === 1)
    await sleep(300)

    // What the kernel keeps of both ends, and never what a server that reads would have taken.
    expect(socket.writableLength).toBeGreaterThan(0)
    expect(socket.bytesWritten - socket.writableLength).toBeLessThan(16 * 2 ** 20)
  })
})
