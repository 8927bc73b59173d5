import { Agent, request as httpRequest, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
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

/** Most of these wait for a drain, a hold or silence: they do so beside each other, each with a rig of its own. */
const rigs: Rig[] = []
afterAll(() => Promise.all(rigs.map((rig) => rig.end())))

async function ownRig(options?: Parameters<typeof createRig>[0]): Promise<Rig> {
  const rig = await createRig(options)
  rigs.push(rig)
  return rig
}

const GET = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`

/** Status and body of one request; rejects where the connection is refused or breaks. */
function ask(port: number, agent: Agent | false, method = 'GET'): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const req = httpRequest(
    { host: '127.0.0.1', port, agent, method, headers: { host: HOST } },
    (res) => {
      let text = `${res.statusCode} `
      res.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      res.on('error', reject)
      res.on('end', () => resolve(text))
    },
  )
  req.on('error', reject)
  req.end()
  return promise
}

describe.concurrent('a switch', () => {
  it('D1 drops nothing under load, on new connections and kept ones, and reaches the new release at once', async () => {
    const rig = await ownRig()
    const keepAlive = new Agent({ keepAlive: true, maxSockets: 4 })
    rig.onEnd(() => keepAlive.destroy())
    const release = async (number: number) => {
      const { port } = await rig.upstream((_req, res) => {
        setTimeout(() => res.end(`release ${number}`), 5)
      })
      return instanceAt(port, `release-${number}`, number)
    }
    const answers: string[] = []
    const failures: unknown[] = []
    const asked: Promise<void>[] = []
    let current = await release(1)
    await rig.publish([routeTo([current])])
    let turn = 0
    const load = setInterval(() => {
      turn += 1
      const method = turn % 3 === 0 ? 'POST' : 'GET'
      asked.push(
        ask(rig.port, turn % 2 === 0 ? keepAlive : false, method).then(
          (answer) => void answers.push(answer),
          (error: unknown) => void failures.push(error),
        ),
      )
    }, 4)

    for (let number = 2; number <= 12; number += 1) {
      await sleep(80)
      const next = await release(number)
      const old = current
      await rig.publish([routeTo([next])])
      expect(await ask(rig.port, keepAlive)).toBe(`200 release ${number}`)
      while ((await rig.adapter.underWay([old.name], 1_000)) > 0) await sleep(5)
      rig.adapter.cut([old.name])
      current = next
    }
    clearInterval(load)
    await Promise.all(asked)

    expect(failures).toEqual([])
    expect(answers.filter((answer) => !/^200 release \d+$/.test(answer))).toEqual([])
    expect(answers.length).toBeGreaterThan(100)
  })

  it('D1 lets a request under way finish, and closes idle connections to what was removed', async () => {
    const rig = await ownRig()
    let pending: ServerResponse | undefined
    const { server, port } = await rig.upstream((req, res) => {
      if (req.url === '/slow') pending = res
      else res.end('quick')
    })
    await rig.publish([routeTo([instanceAt(port, 'old')])])
    const slow = sendRaw(rig.port, GET.replace('/', '/slow'), 2_000)
    await until(() => pending !== undefined)
    await ask(rig.port, false)
    const connectionsOf = (): Promise<number> =>
      new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))
    expect(await connectionsOf()).toBe(2)
    const untilThereAre = async (count: number): Promise<void> => {
      while ((await connectionsOf()) !== count) await sleep(5)
    }

    await rig.publish([])
    await untilThereAre(1)
    expect(await rig.adapter.underWay(['old', 'other'], 1_000)).toBe(1)
    pending?.end('finished')

    expect((await slow).text).toContain('finished')
    expect(await rig.adapter.underWay(['old'], 1_000)).toBe(0)
    await untilThereAre(0)
  })

  it('D1 ends what is left when it is cut: streams honestly, waiting requests with a page', async () => {
    const rig = await ownRig()
    const { port } = await rig.upstream((req, res) => {
      if (req.url === '/stream') res.write('part')
    })
    await rig.publish([routeTo([instanceAt(port, 'old')])])
    const stream = sendRaw(rig.port, GET.replace('/', '/stream'), 3_000)
    const waiting = sendRaw(rig.port, GET, 3_000)
    await until(() => rig.worker.plane.swept.size === 2)
    await sleep(50)

    rig.adapter.cut(['old'])

    const streamed = await stream
    expect(streamed.closed).toBe(true)
    expect(streamed.text).not.toMatch(/0\r\n\r\n$/)
    expect(statusesOf((await waiting).text)).toEqual([503])
    expect(await rig.adapter.underWay(['old'], 1_000)).toBe(0)
  })
})

describe.concurrent('D5 a held route', () => {
  it('keeps requests, bodies unread, until the next snapshot releases them', async () => {
    const rig = await ownRig()
    const bodies: string[] = []
    const { port } = await rig.upstream((req, res) => {
      let body = ''
      req.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      req.on('end', () => {
        bodies.push(body)
        res.end('done')
      })
    })
    await rig.publish([routeTo([], { state: 'held' })])
    const post = `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 4\r\n\r\nbody`
    const answers = [sendRaw(rig.port, GET, 2_000), sendRaw(rig.port, post, 2_000)]
    await until(() => rig.worker.plane.hold.size === 2)
    await rig.publish([routeTo([], { state: 'held' })])
    expect(rig.worker.plane.hold.size).toBe(2)

    await rig.publish([routeTo([instanceAt(port)])])

    for (const answer of await Promise.all(answers)) expect(statusesOf(answer.text)).toEqual([200])
    expect(new Set(bodies)).toEqual(new Set(['', 'body']))
    expect(rig.worker.plane.hold.size).toBe(0)
  })

  it('answers 503 when it takes too long, and to those for whom there is no place', async () => {
    const rig = await ownRig({ limits: { holdMs: 300, holdRequests: 2, sweepMs: 50 } })
    await rig.publish([routeTo([], { state: 'held' })])

    const startedAt = performance.now()
    const answers = await Promise.all([1, 2, 3].map(() => sendRaw(rig.port, GET, 400)))
    const tookMs = performance.now() - startedAt

    for (const { text } of answers) {
      expect(statusesOf(text)).toEqual([503])
      expect(text).toContain('Retry-After: 5')
    }
    expect(tookMs).toBeGreaterThan(300)
  })

  it('forgets a client that goes away', async () => {
    const rig = await ownRig()
    await rig.publish([routeTo([], { state: 'held' })])
    const socket = connect(rig.port, '127.0.0.1')
    socket.write(GET)
    await until(() => rig.worker.plane.hold.size === 1)

    socket.destroy()

    await until(() => rig.worker.plane.hold.size === 0)
    expect(rig.said).toEqual([])
  })
})

describe.concurrent('a worker that stops', () => {
  it('answers what is under way and what still comes on kept connections, each with close', async () => {
    const rig = await ownRig({ limits: { drainIdleMs: 400 } })
    let pending: ServerResponse | undefined
    const { port } = await rig.upstream((req, res) => {
      if (req.url === '/slow') pending = res
      else res.end('quick')
    })
    const second = await rig.start({ worker: 1 })
    await until(() => rig.adapter.workers().length === 2)
    await rig.publish([routeTo([instanceAt(port)])])
    const slow = sendRaw(second.ports.http ?? 0, GET.replace('/', '/slow'), 3_000)
    const kept = connect(second.ports.http ?? 0, '127.0.0.1')
    let text = ''
    let closed = false
    kept.on('data', (chunk) => {
      text += chunk.toString()
    })
    kept.on('close', () => {
      closed = true
    })
    kept.write(GET)
    await until(() => text.includes('quick') && pending !== undefined)

    const stopped = second.stop()
    await sleep(150)
    expect(closed).toBe(false)
    kept.write(GET)
    await until(() => closed)
    pending?.end('finished')

    expect(text.match(/quick/g)).toHaveLength(2)
    expect(text).toMatch(/Connection: close/)
    expect((await slow).text).toContain('finished')
    await stopped
    expect(rig.adapter.workers()).toHaveLength(1)
    await expect(ask(second.ports.http ?? 0, false)).rejects.toThrow('ECONNREFUSED')
  })
})
