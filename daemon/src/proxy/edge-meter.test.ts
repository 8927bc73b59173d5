import { afterEach, describe, expect, it } from 'vitest'
import { addTimes, NO_TIMES, quantileOf, type Times } from '#ports/edge-histogram.ts'
import type { EdgeCounts, EdgeReport } from '#ports/routing-snapshot.ts'
import { createRig, HOST, instanceAt, type Rig, routeTo, sendRaw, until } from '#test/proxy/rig.ts'

let rig: Rig
afterEach(() => rig.end())

describe('what is measured at the edge', () => {
  it('is told per route and release: answers of the app, of the proxy, and who left', async () => {
    rig = await createRig()
    const reports: EdgeReport[] = []
    rig.adapter.onEdge((report) => void reports.push(report))
    const { port } = await rig.upstream((req, res) => {
      if (req.url === '/never') return
      setTimeout(
        () => {
          res.statusCode = req.url === '/broken' ? 500 : 200
          res.end('four')
        },
        req.url === '/slow' ? 200 : 0,
      )
    })
    await rig.publish([
      routeTo([instanceAt(port, 'web-1', 7)]),
      routeTo([], { id: 'route-2', host: 'stopped.test', state: 'stopped' }),
    ])
    const get = (path: string, host = HOST, patienceMs = 10_000): Promise<unknown> =>
      sendRaw(
        rig.port,
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        patienceMs,
      )

    const leaves = get('/never', HOST, 300)
    await Promise.all([get('/'), get('/'), get('/broken'), get('/slow'), leaves])
    await get('/', 'stopped.test')
    await get('/', 'unknown.test')
    await rig.worker.stop()
    await until(() => reports.length > 0)

    const counts = reports.flatMap((report) => report.counts)
    const keys = counts.map(({ app, route, release }) => `${app} ${route} ${release}`)
    expect(new Set(keys)).toEqual(new Set(['app route-1 7', 'app route-2 0']))
    const seven = sumOf(counts.filter(({ release }) => release === 7))
    expect(seven).toMatchObject({ requests: 5, statuses: [3, 0, 0, 1, 1] })
    expect(quantileOf(seven.times, 0.8)).toBeGreaterThan(170)
    const none = sumOf(counts.filter(({ release }) => release === 0))
    expect(none).toMatchObject({ requests: 1, statuses: [0, 0, 0, 1, 0] })
  })
})

/** A slot of the clock may have ended in between: then there are two of each. */
function sumOf(counts: readonly EdgeCounts[]) {
  return counts.reduce<{ requests: number; statuses: number[]; times: Times }>(
    (sum, { requests, statuses, times }) => ({
      requests: sum.requests + requests,
      statuses: sum.statuses.map((count, at) => count + (statuses[at] ?? 0)),
      times: addTimes(sum.times, times),
    }),
    { requests: 0, statuses: [0, 0, 0, 0, 0], times: NO_TIMES },
  )
}
