import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quantileOf } from '#ports/edge-histogram.ts'
import { DaemonToWorker, type EdgeReport, type WorkerToDaemon } from '#ports/routing-snapshot.ts'
import { instanceAt, routeTo, snapshotOf, until } from '#test/proxy/rig.ts'
import { createProxyAdapter, type ProxyAdapter } from './proxy-adapter.ts'

describe("the daemon's end of proxy.sock", () => {
  let directory: string
  let adapter: ProxyAdapter
  const said: string[] = []
  const sockets: Socket[] = []
  beforeEach(async () => {
    said.length = 0
    directory = await mkdtemp(join(tmpdir(), 'vastrox-adapter-'))
    adapter = await open()
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await adapter.close()
    await rm(directory, { recursive: true, force: true })
  })

  const open = (patience: { expectedWorkers?: number; patienceMs?: number } = {}) =>
    createProxyAdapter({
      socketPath: join(directory, 'proxy.sock'),
      gid: 12_345,
      say: (line) => said.push(line),
      ...patience,
    })

  /** A worker that says what the test wants. */
  async function dial(
    worker: number,
    acknowledges = true,
    underWay?: Record<string, number>,
    wire?: number,
  ) {
    const before = adapter.workers().length
    const socket = connect(join(directory, 'proxy.sock'))
    sockets.push(socket)
    const received: DaemonToWorker[] = []
    const say = (message: WorkerToDaemon): void => {
      socket.write(`${JSON.stringify(message)}\n`)
    }
    say({ type: 'hello', worker, pid: 100 + worker, generation: 0, wire })
    void (async () => {
      for await (const line of readNdjson(socket)) {
        const message = DaemonToWorker.parse(line)
        received.push(message)
        if (message.type === 'snapshot' && acknowledges)
          say({ type: 'acknowledge', generation: message.snapshot.generation })
        if (message.type === 'drain' && underWay)
          say({ type: 'draining', question: message.question, underWay })
      }
    })().catch(() => undefined)
    await until(() => adapter.workers().length === before + 1)
    return { socket, received, say }
  }

  const snapshot = () => snapshotOf([routeTo([instanceAt(1)])])

  it('is reached by the group of the workers only', async () => {
    const { mode, gid } = await stat(join(directory, 'proxy.sock'))

    expect(mode & 0o777).toBe(0o660)
    expect(gid).toBe(12_345)
  })

  it('resolves a publish when every live worker has acknowledged, and not before', async () => {
    const first = await dial(0)
    const second = await dial(1, false)
    const published = snapshot()
    let done = false

    const publishing = adapter.publish(published, 2_000).then(() => {
      done = true
    })
    await until(() => first.received.length === 1 && second.received.length === 1)
    await sleep(30)
    expect(done).toBe(false)
    second.say({ type: 'acknowledge', generation: published.generation - 1 })
    await sleep(30)
    expect(done).toBe(false)
    second.say({ type: 'acknowledge', generation: published.generation })
    await publishing

    expect(adapter.workers()).toEqual([
      { worker: 0, pid: 100, generation: published.generation },
      { worker: 1, pid: 101, generation: published.generation },
    ])
  })

  it('is not held up by a worker that dies before it has acknowledged', async () => {
    await dial(0)
    const dying = await dial(1, false)

    const publishing = adapter.publish(snapshot(), 2_000)
    await until(() => dying.received.length === 1)
    dying.socket.destroy()

    await expect(publishing).resolves.toBeUndefined()
    expect(adapter.workers()).toHaveLength(1)
  })

  it('rejects when a worker does not acknowledge in time', async () => {
    await dial(0)
    await dial(1, false)

    await expect(adapter.publish(snapshot(), 100)).rejects.toMatchObject({
      code: 'ROUTE_SWITCH_FAILED',
      details: { workers: [1] },
    })
  })

  it('resolves with no worker alive, and gives the newest to the one that comes', async () => {
    await adapter.publish(snapshot(), 100)
    const newest = snapshot()
    await adapter.publish(newest, 100)

    const late = await dial(0)

    await until(() => late.received.length > 0)
    expect(late.received).toEqual([{ type: 'snapshot', snapshot: newest }])
  })

  it('sends a route and a certificate once for as long as they do not change', async () => {
    const worker = await dial(0, true, undefined, 2)
    const certificate = { id: 'c', hosts: ['a'], certificatePem: 'x', keyPem: 'y' }
    const routes = [routeTo([instanceAt(1)]), routeTo([instanceAt(2)], { id: 'route-2' })]
    const renewed = { ...certificate, certificatePem: 'z' }

    await adapter.publish(snapshotOf(routes, { certificates: [certificate] }), 1_000)
    await adapter.publish(snapshotOf([...routes], { certificates: [certificate] }), 1_000)
    await adapter.publish(snapshotOf(routes.slice(1), { certificates: [renewed] }), 1_000)
    await adapter.publish(snapshotOf(routes, { certificates: [renewed] }), 1_000)

    const sent = worker.received.flatMap((message) =>
      message.type === 'parts'
        ? [
            ...message.parts.routes.map(({ route }) => route.id),
            ...message.parts.certificates.map((part) => part.certificate.certificatePem),
          ]
        : [message.type],
    )
    expect(sent).toEqual(
      [
        ['route-1', 'route-2', 'x', 'snapshot'],
        ['snapshot'],
        ['z', 'snapshot'],
        ['route-1', 'snapshot'],
      ].flat(),
    )
  })

  it('waits for a worker that connects while a publish is under way', async () => {
    const slow = await dial(0, false)
    const published = snapshot()
    const publishing = adapter.publish(published, 2_000)
    const late = await dial(1, false)
    await until(() => late.received.length === 1)
    slow.say({ type: 'acknowledge', generation: published.generation })
    await sleep(30)
    expect(adapter.workers()[0]?.generation).toBe(published.generation)
    late.say({ type: 'acknowledge', generation: published.generation })

    await expect(publishing).resolves.toBeUndefined()
  })

  it('D7 gives nothing before the first publish: a worker keeps its last-good', async () => {
    const { received } = await dial(0)
    await sleep(50)

    expect(received).toEqual([])
  })

  it('adds up what is under way over all workers, and counts a dead one as none', async () => {
    const first = await dial(0, true, { a: 2, b: 1 })
    await dial(1, true, { a: 4 })
    expect(await adapter.underWay(['a', 'b'], 2_000)).toBe(7)
    expect(first.received).toEqual([
      { type: 'drain', question: expect.any(Number), instances: ['a', 'b'] },
    ])

    const dying = await dial(2)
    const asked = adapter.underWay(['a', 'b'], 2_000)
    await until(() => dying.received.length === 1)
    dying.socket.destroy()

    expect(await asked).toBe(7)
  })

  it('does not know what is under way while a worker does not answer', async () => {
    await dial(0)

    await expect(adapter.underWay([], 50)).rejects.toMatchObject({ code: 'ROUTE_SWITCH_FAILED' })
  })

  it('passes counts on, and cuts to every worker', async () => {
    const first = await dial(0)
    const second = await dial(1)
    const counts: unknown[] = []
    const stop = adapter.onCounts((each) => counts.push(...each))
    const entry = {
      instance: 'a',
      release: 1,
      app: 'app',
      requests: 1,
      serverErrors: 0,
      connectFailures: 0,
      latency: [1],
    }

    first.say({ type: 'counts', counts: [entry] })
    await until(() => counts.length === 1)
    stop()
    second.say({ type: 'counts', counts: [entry] })
    adapter.cut(['a'])
    await until(() => first.received.length + second.received.length === 2)

    expect(counts).toEqual([entry])
    expect(first.received).toEqual([{ type: 'cut', instances: ['a'] }])
  })

  it('takes counts of a worker of the version before, in buckets of that', async () => {
    const worker = await dial(0, true, undefined, 2)
    const reports: EdgeReport[] = []
    adapter.onEdge((report) => void reports.push(report))
    const counts = {
      app: 'app',
      route: 'r',
      release: 1,
      requests: 4,
      statuses: [4, 0, 0, 0, 0],
      bytesIn: 1,
      bytesOut: 2,
      times: Array.from({ length: 52 }, (_, at) => (at === 20 ? 4 : 0)),
    }

    await adapter.publish(snapshot(), 2_000)
    worker.say({ type: 'edge', report: { counts: [counts], webSockets: { app: 1 } } })
    await until(() => reports.length === 1)

    expect(reports).toMatchObject([
      { counts: [{ requests: 4, bytesOut: 2 }], webSockets: { app: 1 } },
    ])
    // 0.5 ms and 20 thirds of an octave: 45 ms in the middle.
    expect(quantileOf(reports[0]?.counts[0]?.times ?? [], 0.5)).toBeCloseTo(45.3, -0.5)
    expect(worker.received.map(({ type }) => type)).not.toContain('slots')
  })

  it('says that a report was taken when all who listen have kept it, and asks for none before it serves', async () => {
    const worker = await dial(0, true, undefined, 3)
    const { promise, resolve } = Promise.withResolvers<void>()
    let given = 0
    adapter.onEdge(() => {
      given += 1
      return promise
    })
    adapter.onEdge(() => undefined)
    const report = { source: 'w', fromMs: 0, toMs: 15_000, counts: [], webSockets: {} }

    expect(worker.received).toEqual([])
    await adapter.publish(snapshot(), 2_000)
    expect(worker.received[0]).toEqual({ type: 'slots' })
    worker.say({ type: 'slot', report: { ...report, number: 1 } })
    worker.say({ type: 'slot', report: { ...report, number: 1 } })
    worker.say({ type: 'slot', report: { ...report, number: 2 } })
    await until(() => given === 2)
    expect(worker.received.map(({ type }) => type)).not.toContain('taken')
    resolve()
    await until(() => worker.received.filter(({ type }) => type === 'taken').length === 2)

    expect(worker.received.slice(-2)).toEqual([
      { type: 'taken', source: 'w', number: 1 },
      { type: 'taken', source: 'w', number: 2 },
    ])
  })

  it('holds what workers hand over until somebody listens: it is taken by all of them or by none', async () => {
    const worker = await dial(0, true, undefined, 3)
    const heard: string[] = []
    const report = { source: 'w', fromMs: 0, toMs: 15_000, counts: [], webSockets: {} }
    await adapter.publish(snapshot(), 2_000)
    worker.say({ type: 'slot', report: { ...report, number: 1 } })
    worker.say({ type: 'slot', report: { ...report, number: 2 } })
    worker.say({ type: 'slot', report: { ...report, number: 2 } })
    await sleep(50)
    expect(worker.received.map(({ type }) => type)).not.toContain('taken')

    adapter.onEdge(({ number }) => void heard.push(`first ${number}`))
    adapter.onEdge(({ number }) => void heard.push(`second ${number}`))
    await until(() => worker.received.filter(({ type }) => type === 'taken').length === 2)

    expect(heard).toEqual(['first 1', 'second 1', 'first 2', 'second 2'])
  })

  it('gives a report again that somebody could not keep', async () => {
    const worker = await dial(0, true, undefined, 3)
    let given = 0
    adapter.onEdge(async () => {
      given += 1
      if (given === 1) throw new Error('the disk is full')
    })
    await adapter.publish(snapshot(), 2_000)
    const report = { source: 'w', number: 1, fromMs: 0, toMs: 1, counts: [], webSockets: {} }
    worker.say({ type: 'slot', report })
    await until(() => said.length === 1)
    worker.say({ type: 'slot', report })
    await until(() => worker.received.some(({ type }) => type === 'taken'))

    expect(given).toBe(2)
    expect(said[0]).toContain('the disk is full')
  })

  describe('where a number of workers is expected', () => {
    const PATIENCE_MS = 800
    beforeEach(async () => {
      await adapter.close()
      adapter = await open({ expectedWorkers: 2, patienceMs: PATIENCE_MS })
    })

    const timed = async <T>(work: Promise<T>): Promise<{ result: T; tookMs: number }> => {
      const since = performance.now()
      return { result: await work, tookMs: performance.now() - since }
    }

    it('D1 a publish waits for a worker between two dials, and for its acknowledgement', async () => {
      await dial(0)
      const broken = await dial(1)
      broken.socket.destroy()
      await until(() => adapter.workers().length === 1)
      let done = false
      const published = snapshot()

      const publishing = adapter.publish(published, 2_000).then(() => {
        done = true
      })
      await sleep(100)
      expect(done).toBe(false)
      const again = await dial(1, false)
      await until(() => again.received.length === 1)
      await sleep(PATIENCE_MS + 50)
      expect(done).toBe(false)
      again.say({ type: 'acknowledge', generation: published.generation })

      await expect(publishing).resolves.toBeUndefined()
    })

    it('D1 counts what is under way in a worker that has only lost its connection', async () => {
      await dial(0, true, { a: 1 })
      const breaking = await dial(1)

      const asked = adapter.underWay(['a'], 2_000)
      await until(() => breaking.received.length === 1)
      breaking.socket.destroy()
      await until(() => adapter.workers().length === 1)
      await dial(1, true, { a: 2 })

      expect(await asked).toBe(3)
    })

    it('goes on with those that are there when one does not come back', async () => {
      await dial(0, true, { a: 1 })
      const dead = await dial(1)
      await sleep(PATIENCE_MS)
      dead.socket.destroy()
      await until(() => adapter.workers().length === 1)

      const asked = await timed(adapter.underWay(['a'], 2_000))
      const published = await timed(adapter.publish(snapshot(), 2_000))

      expect(asked.result).toBe(1)
      expect(asked.tookMs).toBeGreaterThan(PATIENCE_MS / 2)
      expect(asked.tookMs).toBeLessThan(PATIENCE_MS * 3)
      expect(published.tookMs).toBeLessThan(PATIENCE_MS / 2)
    })

    it('waits once, not longer, where no worker runs at all', async () => {
      const first = await timed(adapter.publish(snapshot(), 2_000))
      const second = await timed(adapter.publish(snapshot(), 2_000))
      const asked = await timed(adapter.underWay(['a'], 2_000))

      expect(first.tookMs).toBeGreaterThan(PATIENCE_MS / 2)
      expect(first.tookMs).toBeLessThan(PATIENCE_MS * 3)
      expect(second.tookMs + asked.tookMs).toBeLessThan(PATIENCE_MS / 2)
      expect(asked.result).toBe(0)
    })

    it('waits for nobody while the successor of a worker that ends is there', async () => {
      await dial(0)
      const old = await dial(1)
      await dial(1)
      await sleep(PATIENCE_MS)
      old.socket.destroy()
      await until(() => adapter.workers().length === 2)

      const { tookMs } = await timed(adapter.publish(snapshot(), 2_000))

      expect(tookMs).toBeLessThan(PATIENCE_MS / 2)
    })

    it('names those that are not there when the time is up before patience is', async () => {
      await dial(0)

      await expect(adapter.publish(snapshot(), 50)).rejects.toMatchObject({
        code: 'ROUTE_SWITCH_FAILED',
        details: { workers: [1] },
      })
      await expect(adapter.underWay(['a'], 50)).rejects.toMatchObject({
        code: 'ROUTE_SWITCH_FAILED',
        details: { reason: expect.stringContaining('worker 1 ') },
      })
    })
  })

  it('lets go of a worker that speaks nonsense, and says so', async () => {
    const { socket } = await dial(0)

    socket.write('{"type":"nonsense"}\n')

    await until(() => adapter.workers().length === 0)
    expect(said).toHaveLength(1)
  })
})
