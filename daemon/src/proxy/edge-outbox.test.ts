import { describe, expect, it } from 'vitest'
import { countOf } from '#ports/edge-histogram.ts'
import type { EdgeCounts, EdgeReport, WorkerToDaemon } from '#ports/routing-snapshot.ts'
import type { EdgeSlot } from './edge-meter.ts'
import { createEdgeOutbox } from './edge-outbox.ts'

const NOON = Date.parse('2026-11-27T12:00:00Z')
const SLOT_MS = 15_000

const countsOf = (requests: number, route = 'r'): EdgeCounts => ({
  app: 'a',
  route,
  release: 1,
  requests,
  statuses: [requests, 0, 0, 0, 0],
  bytesIn: requests,
  bytesOut: requests * 10,
  times: [100 + (requests % 3), requests],
})

const slotAt = (at: number, counts = [countsOf(1)]): EdgeSlot => ({
  fromMs: NOON + at * SLOT_MS,
  toMs: NOON + (at + 1) * SLOT_MS,
  counts,
  webSockets: {},
})

/** A daemon that keeps what it is sent, if it is there, and says so unless told otherwise. */
function setUp(limits: { slots?: number; weight?: number; againMs?: number } = {}) {
  const world = { says: true, connected: false, ms: 0, sent: [] as WorkerToDaemon[] }
  const kept = new Map<string, EdgeReport>()
  let sends = 0
  const outbox = createEdgeOutbox({
    source: 'w1',
    elapsed: () => world.ms,
    limits,
    send(message) {
      if (!world.connected) return
      world.sent.push(message)
      if (message.type !== 'slot') return
      sends += 1
      const { source, number } = message.report
      const key = `${source} ${number}`
      const before = kept.get(key) ?? message.report
      expect(message.report).toEqual(before)
      kept.set(key, structuredClone(message.report))
      if (world.says) queueMicrotask(() => outbox.taken(source, number))
    },
  })
  return {
    world,
    outbox,
    kept,
    sends: () => sends,
    comes: (version: 'slots' | 'earlier' = 'slots'): void => {
      world.connected = true
      outbox.meet(version)
    },
    goes: (): void => {
      world.connected = false
      outbox.lose()
    },
    requests: (): number =>
      [...kept.values()]
        .flatMap(({ counts }) => counts)
        .reduce((sum, { requests }) => sum + requests, 0),
  }
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('what visitors met while the daemon was away', () => {
  it('is sent when it is back, each slot with its time, once', async () => {
    const { outbox, comes, goes, kept, requests, sends } = setUp()
    comes()
    outbox.add(slotAt(0))
    await settle()
    goes()
    for (let at = 1; at <= 20; at += 1) outbox.add(slotAt(at))
    comes()
    await settle()

    expect([...kept.values()].map(({ number, fromMs }) => [number, fromMs])).toEqual(
      Array.from({ length: 21 }, (_, at) => [at + 1, NOON + at * SLOT_MS]),
    )
    expect([requests(), sends()]).toEqual([21, 21])
    expect(outbox.close()).toEqual([])
  })

  it('is sent again, the same by number and content, to whoever died before it said that it has it', async () => {
    const { world, outbox, comes, goes, kept, requests, sends } = setUp()
    comes()
    world.says = false
    outbox.add(slotAt(0))
    outbox.add(slotAt(1))
    goes()
    for (let at = 2; at < 10; at += 1) outbox.add(slotAt(at))
    world.says = true
    comes()
    await settle()

    expect(sends()).toBe(12)
    expect(kept.size).toBe(10)
    expect(requests()).toBe(10)
  })

  it('is put together where it is more than an hour: its counts stay complete, what was sent stays as it was', async () => {
    const { world, outbox, comes, goes, kept, requests } = setUp({ slots: 240 })
    comes()
    world.says = false
    outbox.add(slotAt(0, [countsOf(5)]))
    goes()
    for (let at = 1; at <= 1_000; at += 1)
      outbox.add(slotAt(at, [countsOf(1), countsOf(2, 'other')]))
    world.says = true
    comes()
    await settle()

    const reports = [...kept.values()]
    expect(reports).toHaveLength(241)
    expect(requests()).toBe(5 + 3 * 1_000)
    expect(reports[1]).toMatchObject({
      fromMs: NOON + SLOT_MS,
      toMs: NOON + 762 * SLOT_MS,
      counts: [
        { route: 'r', requests: 761, bytesOut: 7_610, statuses: [761, 0, 0, 0, 0] },
        { route: 'other', requests: 2 * 761 },
      ],
    })
    expect(countOf(reports[1]?.counts[0]?.times ?? [])).toBe(761)
  })

  it('is bounded by its size too', async () => {
    const { outbox, comes, requests, kept } = setUp({ weight: 5_000 })
    for (let at = 0; at < 100; at += 1)
      outbox.add(
        slotAt(
          at,
          Array.from({ length: 20 }, (_, route) => countsOf(1, `r${route}`)),
        ),
      )
    comes()
    await settle()

    expect(requests()).toBe(2_000)
    expect(kept.size).toBeLessThan(15)
  })

  it('is sent in parts where one line would be too long, and a few at a time', async () => {
    const { world, outbox, comes, requests, kept } = setUp()
    world.says = false
    const many = Array.from({ length: 1_000 }, (_, route) => countsOf(1, `r${route}`))
    for (let at = 0; at < 10; at += 1) outbox.add(slotAt(at, many))
    comes()
    await settle()
    expect(kept.size).toBe(16)
    world.says = true
    const first = Array.from(kept.values())
    for (const { source, number } of first) outbox.taken(source, number)
    await settle()

    expect(kept.size).toBe(30)
    expect(Math.max(...[...kept.values()].map(({ counts }) => counts.length))).toBe(400)
    expect(requests()).toBe(10_000)
  })

  it('is sent again where nobody says anything for a minute', async () => {
    const { world, outbox, comes, sends } = setUp()
    world.says = false
    comes()
    outbox.add(slotAt(0))
    outbox.sweep()
    expect(sends()).toBe(1)
    world.ms = 61_000
    world.says = true
    outbox.sweep()
    await settle()

    expect(sends()).toBe(2)
    expect(outbox.isWaitedFor).toBe(false)
  })

  it('is left to a successor by a worker that ends, without what lies on disk already', () => {
    const { outbox } = setUp()
    for (let at = 0; at < 3; at += 1) outbox.add(slotAt(at))
    outbox.addLeft([{ source: 'w0', number: 9, ...slotAt(0) }], () => undefined)

    expect(outbox.close().map(({ source, number }) => [source, number])).toEqual([
      ['w1', 1],
      ['w1', 2],
      ['w1', 3],
    ])
  })

  it('is sent for a predecessor under its name', async () => {
    const { outbox, comes, kept } = setUp()
    let removed = 0
    const left = [1, 2].map((number) => ({ source: 'w0', number, ...slotAt(number) }))
    outbox.addLeft(left, () => {
      removed += 1
    })
    outbox.addLeft([], () => {
      removed += 1
    })
    expect(removed).toBe(1)
    comes()
    await settle()

    expect([...kept.keys()]).toEqual(['w0 1', 'w0 2'])
    expect(removed).toBe(2)
  })

  it('goes to a daemon of a version before as that knew it', () => {
    const { world, outbox, comes } = setUp()
    outbox.add(slotAt(0))
    comes('earlier')

    expect(world.sent).toMatchObject([
      { type: 'edge', report: { counts: [{ requests: 1, times: { length: 52 } }] } },
    ])
    expect(outbox.close()).toEqual([])
  })
})
