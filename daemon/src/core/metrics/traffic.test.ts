import { describe, expect, it } from 'vitest'
import { addTime, takeTimes, timeCounts } from '#ports/edge-histogram.ts'
import type { EdgeCounts } from '#ports/routing-snapshot.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createHarness } from '#test/harness.ts'
import { createTestTraffic } from '#test/test-traffic.ts'

const counts = (changes: Partial<EdgeCounts> = {}): EdgeCounts => {
  const times = timeCounts()
  addTime(times, 10)
  return {
    app: 'hello',
    route: 'r',
    release: 1,
    requests: 1,
    statuses: [1, 0, 0, 0, 0],
    bytesIn: 0,
    bytesOut: 100,
    times: takeTimes(times),
    ...changes,
  }
}

describe('the traffic of an app', () => {
  async function start() {
    const harness = createHarness()
    harness.addApp()
    harness.addApp('other')
    await harness.start()
    await harness.deploy('a1')
    const finder = createAppFinder(harness.apps)
    const { traffic } = createTestTraffic({ ...harness, finder })
    const route = harness.routing.snapshot().routes[0]?.id ?? ''
    return { harness, traffic, route }
  }

  it('adds up what workers report, by minute, release and route', async () => {
    const { harness, traffic, route } = await start()
    harness.proxy.edge({ counts: [counts({ route })], webSockets: { hello: 2 } }, 0)
    harness.proxy.edge(
      {
        counts: [
          counts({ route, release: 2, statuses: [0, 0, 0, 1, 0] }),
          counts({ route, release: 0, statuses: [0, 0, 1, 0, 0] }),
          counts({ app: 'other' }),
        ],
        webSockets: { hello: 1 },
      },
      1,
    )
    await harness.clock.pass(61_000)
    harness.proxy.edge({ counts: [counts({ route, release: 2 })], webSockets: {} }, 0)

    const read = traffic.read(harness.actor, 'hello', 60)

    expect(read.sums).toMatchObject({
      requests: 4,
      ok: 2,
      clientErrors: 1,
      serverErrors: 1,
      bytesOut: 400,
    })
    expect(read.sums.p95Ms).toBeCloseTo(10, -0.5)
    expect(read.points.map(({ requests }) => requests)).toEqual([3, 1])
    expect(read.byRelease.map(({ release, requests }) => [release, requests])).toEqual([
      [2, 2],
      [1, 1],
      [null, 1],
    ])
    expect(read.byRoute).toMatchObject([{ host: 'hello.localhost', pathPrefix: '/', requests: 4 }])
    expect(read.webSocketsOpen).toBe(0)
    expect(traffic.read(harness.actor, 'hello', 1).sums.requests).toBe(1)
  })

  it('has open WebSockets by route and release, also of what nobody has asked of late', async () => {
    const { harness, traffic, route } = await start()
    const sockets = (release: number, open: number) => ({ app: 'hello', route, release, open })
    harness.proxy.edge(
      {
        counts: [counts({ route, release: 2 })],
        webSockets: { hello: 5 },
        sockets: [sockets(1, 3), sockets(2, 2)],
      },
      0,
    )
    // A worker of a version before says only of which app they are.
    harness.proxy.edge({ counts: [], webSockets: { hello: 1 } }, 1)
    const read = traffic.read(harness.actor, 'hello', 60)

    expect(read.webSocketsOpen).toBe(6)
    expect(read.byRelease).toMatchObject([
      { release: 2, requests: 1, webSocketsOpen: 2 },
      { release: 1, requests: 0, p95Ms: null, webSocketsOpen: 3 },
    ])
    expect(read.byRoute).toMatchObject([
      { host: 'hello.localhost', requests: 1, webSocketsOpen: 5 },
    ])
    await harness.clock.pass(61_000)
    expect(traffic.read(harness.actor, 'hello', 60).byRoute).toMatchObject([{ webSocketsOpen: 0 }])
  })

  it('puts what workers have kept into the minutes it was counted in, once', async () => {
    const { harness, traffic, route } = await start()
    await harness.clock.pass(10 * 60_000)
    const toMs = harness.clock.now().getTime() - 5 * 60_000
    const kept = { source: 'w', number: 7, toMs, counts: [counts({ route })], webSockets: {} }
    harness.proxy.edge(kept)
    harness.proxy.edge(kept)
    harness.proxy.edge({ ...kept, number: 8, toMs: toMs - 3_600_000 })
    harness.proxy.edge({ counts: [counts({ route })], webSockets: { hello: 1 } })

    const read = traffic.read(harness.actor, 'hello', 60)
    expect(read.points.map(({ requests }) => requests)).toEqual([1, 1])
    expect(read.webSocketsOpen).toBe(1)
  })

  it('forgets what is more than an hour old', async () => {
    const { harness, traffic, route } = await start()
    harness.proxy.edge({ counts: [counts({ route })], webSockets: {} })
    await harness.clock.pass(61 * 60_000)
    harness.proxy.edge({ counts: [counts({ app: 'other' })], webSockets: {} })

    expect(traffic.read(harness.actor, 'hello', 60)).toMatchObject({
      sums: { requests: 0, p95Ms: null },
      points: [],
    })
  })

  it('is not that of an app before, of the same name', async () => {
    const { harness, traffic } = await start()
    harness.proxy.edge({ counts: [counts({ app: 'later' })], webSockets: {} })
    await harness.clock.pass(2 * 60_000)
    harness.addApp('later')
    harness.proxy.edge({ counts: [counts({ app: 'later' })], webSockets: {} })

    expect(traffic.read(harness.actor, 'later', 60).sums.requests).toBe(1)
  })

  it('is bounded, however many routes and releases there are', async () => {
    const { harness, traffic } = await start()
    const many = Array.from({ length: 500 }, (_, at) => counts({ route: `r${at}` }))
    harness.proxy.edge({ counts: many, webSockets: {} })

    const read = traffic.read(harness.actor, 'hello', 60)
    expect(read.sums.requests).toBe(500)
  })
})
