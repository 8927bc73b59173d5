import type { SeriesName } from '@vastrox/shared/metric.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import { createCollector } from '#core/metrics/collector.ts'
import { createEdgeReadings } from '#core/metrics/edge-readings.ts'
import { createMetricBook } from '#core/metrics/metric-book.ts'
import { kindOf } from '#core/metrics/metric-kinds.ts'
import { createEdgeTotals } from '#core/metrics/edge-totals.ts'
import type { OpenMetrics, OpenPrometheus } from '#core/metrics/open-metrics.ts'
import type { Clock } from '#ports/clock.ts'
import { addTimes } from '#ports/edge-histogram.ts'
import type { NodeMetrics } from '#ports/node-metrics.ts'
import type { Proxy } from '#ports/proxy.ts'
import { type AddonRecord, createAddonStore } from '#store/addon-store.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Database } from '#store/database.ts'
import { createMarkStore } from '#store/mark-store.ts'
import { createMetricsStore } from '#store/metrics-store.ts'
import { createUptimeStore } from '#store/uptime-store.ts'
import { createRouteStore } from '#store/route-store.ts'

interface Given {
  db: Database
  /** Of the metrics database; `:memory:` in tests. */
  path: string
  node: NodeMetrics
  nodeName: string
  version: string
  proxy: Pick<Proxy, 'onEdge' | 'workers'>
  apps: Pick<AppStore, 'list' | 'listNamesForPlatform'>
  finder: AppFinder
  /** That the server of an add-on takes at once. */
  maxConnections: (addon: AddonRecord) => number | null
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

/** What is measured: gathered all the time; charts are loaded when somebody looks at one. */
export function composeMetrics(given: Given) {
  const { db, nodeName, proxy, apps, clock, onProblem } = given
  const addons = createAddonStore(db)
  const store = createMetricsStore({
    path: given.path,
    kindOf,
    addTimes,
    onBegunAnew: (aside, error) =>
      onProblem(`the metrics could not be read, are kept at ${aside} and begin anew`, error),
  })
  const book = createMetricBook({ store, clock, onProblem })
  const totals = createEdgeTotals()
  const edge = createEdgeReadings({ proxy, book, totals, clock, apps })
  const collector = createCollector({
    node: given.node,
    nodeName,
    addonOf: (serverId) => {
      const addon = addons.findByServerForPlatform(serverId)
      return addon && { id: addon.id, maxConnections: given.maxConnections(addon) }
    },
    book,
    edge,
    store,
    loadCompactor: async () =>
      (await import('#core/metrics/compactor.ts')).createCompactor({ store, clock }),
    clock,
    onProblem,
  })

  let service: ReturnType<OpenMetrics> | undefined
  const open: OpenMetrics = () =>
    (service ??= import('#core/metrics/metric-service.ts').then(({ createMetricService }) =>
      createMetricService({
        book,
        store,
        apps: given.finder,
        addons,
        routes: createRouteStore(db),
        marks: createMarkStore(db),
        checks: createUptimeStore(db),
        nodeName,
        clock,
      }),
    ))

  let prometheus: ReturnType<OpenPrometheus> | undefined
  const openPrometheus: OpenPrometheus = () =>
    (prometheus ??= import('#core/metrics/prometheus.ts').then(({ createPrometheus }) =>
      createPrometheus({
        apps,
        addons,
        maxConnections: given.maxConnections,
        totals,
        sockets: edge.sockets,
        routes: createRouteStore(db),
        lastSample: () => collector.lastSample(),
        nodeName,
        version: given.version,
      }),
    ))

  return {
    openPrometheus,
    book,
    /** What alerts look at. */
    source: {
      onTick: book.onTick,
      history: async (series: SeriesName, from: Date, to: Date, stepMs: number) =>
        book.read([series], from, to, stepMs)[0] ?? [],
    },
    open,
    start: (): void => collector.start(),
    async stop(): Promise<void> {
      await collector.stop()
      store.close()
    },
  }
}
export type MetricParts = ReturnType<typeof composeMetrics>
