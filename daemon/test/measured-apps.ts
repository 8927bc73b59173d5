import { createAppFinder } from '#core/apps/app-finder.ts'
import { addTime, takeTimes, timeCounts } from '#ports/edge-histogram.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { createRouteStore } from '#store/route-store.ts'
import { addonRecord } from '#test/addon-record.ts'
import { createFakeNodeMetrics } from '#test/fakes/node-metrics.ts'
import { createHarness } from '#test/harness.ts'
import { containerOf, createTestMetrics, sampleOf } from '#test/test-metrics.ts'

const STEP_MS = 15_000
const USEC_A_SECOND = 1e6

/** Two apps, one of which visitors ask 20 times in 10 to 50 ms, and a database, with everything measured once. */
export async function createMeasuredApps() {
  const harness = createHarness()
  const shop = harness.addApp('shop')
  const blog = harness.addApp('blog')
  const { teamId } = harness.actor
  createAddonStore(harness.db).insertForPlatform(addonRecord({ teamId }))
  createRouteStore(harness.db).saveForPlatform({
    id: 'r1',
    teamId,
    appId: shop.id,
    host: 'shop.localhost',
    pathPrefix: '/',
    process: 'web',
    state: 'serving',
  })
  const node = createFakeNodeMetrics()
  const metrics = createTestMetrics({
    ...harness,
    finder: createAppFinder(harness.apps),
    node: node.agent(async () => {}),
  })
  metrics.start()
  await harness.clock.pass(STEP_MS)
  const at = harness.clock.now()
  const times = timeCounts()
  for (const ms of [10, 20, 30, 50]) addTime(times, ms, 5)
  harness.proxy.edge({
    fromMs: at.getTime() - STEP_MS,
    toMs: at.getTime(),
    counts: [
      {
        app: 'shop',
        route: 'r1',
        release: 1,
        requests: 20,
        statuses: [15, 0, 4, 1, 0],
        bytesIn: 200,
        bytesOut: 4_000,
        times: takeTimes(times),
      },
    ],
    webSockets: { shop: 3 },
    sockets: [{ app: 'shop', route: 'r1', release: 1, open: 3 }],
  })
  node.take(
    sampleOf(
      at,
      [
        containerOf({ owner: shop.id, cpuUsec: 12.5 * USEC_A_SECOND }),
        // While it is replaced by one of its release.
        containerOf({ owner: shop.id, id: 'c2', cpuUsec: 0.5 * USEC_A_SECOND }),
        containerOf({ owner: blog.id, id: 'c3', process: 'worker' }),
        containerOf({
          kind: 'addon',
          owner: 'server1',
          id: 'c4',
          addon: { connections: 7, sizeBytes: 64_000_000 },
        }),
      ],
      {
        node: {
          pressure: {
            cpu: { someUsec: USEC_A_SECOND, fullUsec: 0 },
            memory: { someUsec: 0, fullUsec: 0 },
            io: { someUsec: 0, fullUsec: 0 },
          },
          disks: [
            {
              holds: 'data',
              bytes: 1e11,
              availableBytes: 4e10,
              inodes: 1e6,
              availableInodes: 9e5,
              readBytes: 5,
              writtenBytes: 6,
              ioMs: 7,
            },
          ],
          networks: [
            {
              name: 'eth0',
              receivedBytes: 1,
              sentBytes: 2,
              receivedPackets: 3,
              sentPackets: 4,
              errors: 0,
              drops: 0,
            },
          ],
        },
        platform: [
          { name: 'daemon', pid: 10, cpuUsec: USEC_A_SECOND, residentBytes: 1e8, descriptors: 40 },
        ],
      },
    ),
  )
  await harness.clock.pass(4_000)
  return { harness, shop, blog, metrics, stop: () => metrics.stop() }
}
