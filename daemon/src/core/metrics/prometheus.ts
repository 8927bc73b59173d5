import { type Actor, mayDo } from '@vastrox/shared/actor.ts'
import type { ContainerSample, Sample } from '@vastrox/shared/agent-api-metrics.ts'
import type { EdgeReadings } from '#core/metrics/edge-readings.ts'
import type { EdgeTotal, EdgeTotals } from '#core/metrics/edge-totals.ts'
import {
  type Exposition,
  expose,
  type Family,
  type FamilySample,
  type HistogramValue,
} from '#core/metrics/exposition.ts'
import { nodeFamilies } from '#core/metrics/prometheus-node.ts'
import { timeOf } from '#ports/edge-histogram.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'
import type { RouteStore } from '#store/route-store.ts'
import type { AppStore } from '#store/app-store.ts'

export interface PrometheusDeps {
  apps: Pick<AppStore, 'list'>
  addons: Pick<AddonStore, 'list'>
  /** That the server of an add-on takes at once; null: no number that would say something. */
  maxConnections: (addon: AddonRecord) => number | null
  totals: Pick<EdgeTotals, 'of'>
  sockets: Pick<EdgeReadings['sockets'], 'ofApp' | 'byPart'>
  routes: Pick<RouteStore, 'listForAppForPlatform'>
  /** The newest, as long as it says how it is now. */
  lastSample: () => Sample | undefined
  nodeName: string
  version: string
}

/** Upper bounds in seconds, as people set them for times of answers. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const STATUSES = ['2xx', '3xx', '4xx', '5xx', '499'] as const
const USEC = 1e6

/** Everything that is measured now, for a Prometheus that comes by; as much of it as the actor may see. */
export function createPrometheus(deps: PrometheusDeps) {
  return {
    expose(actor: Actor, how: Exposition): string {
      const sample = deps.lastSample()
      const apps = new Map(deps.apps.list(actor).map(({ id, name }) => [id, name]))
      const addons = mayDo(actor, 'addon.read')
        ? new Map(deps.addons.list(actor).map((one) => [one.serverId, one]))
        : new Map<string, AddonRecord>()
      const containers = (sample?.containers ?? []).flatMap((container) => {
        const labels = labelsOf(container, apps, addons)
        return labels ? [{ container, labels }] : []
      })
      const seesNode = mayDo(actor, 'node.read')
      return expose(
        [
          {
            name: 'vastrox_build_info',
            help: 'The version that runs.',
            type: 'gauge',
            samples: [{ labels: { version: deps.version }, value: 1 }],
          },
          ...containerFamilies(containers),
          ...addonFamilies(containers, ({ owner }) => {
            const addon = addons.get(owner)
            return addon ? deps.maxConnections(addon) : null
          }),
          ...edgeFamilies(
            [...apps].map(([id, name]) => ({
              labels: { app: name },
              total: deps.totals.of(id),
              open: deps.sockets.ofApp(name),
            })),
          ),
          openFamily(deps, new Map([...apps].map(([id, name]) => [name, id]))),
          ...(seesNode && sample ? nodeFamilies(sample, deps.nodeName) : []),
        ],
        how,
      )
    },
  }
}
export type Prometheus = ReturnType<typeof createPrometheus>

interface Labelled {
  container: ContainerSample
  labels: Record<string, string>
}

/** undefined: it is nothing that the actor sees. */
function labelsOf(
  { kind, owner, process, ordinal, release }: ContainerSample,
  apps: ReadonlyMap<string, string>,
  addons: ReadonlyMap<string, Pick<AddonRecord, 'name' | 'kind'>>,
): Record<string, string> | undefined {
  if (kind === 'addon') {
    const addon = addons.get(owner)
    return addon && { addon: addon.name, kind: addon.kind }
  }
  const app = apps.get(owner)
  if (app === undefined || kind === 'build') return undefined
  if (kind === 'run') return { app, process: 'run', instance: '0', release: '0' }
  return { app, process, instance: String(ordinal), release: String(release) }
}

interface ContainerMetric {
  name: string
  help: string
  type: 'counter' | 'gauge'
  of: (container: ContainerSample) => number
}

const CONTAINER_METRICS: readonly ContainerMetric[] = [
  {
    name: 'cpu_seconds',
    help: 'Processor time used.',
    type: 'counter',
    of: ({ cpuUsec }) => cpuUsec / USEC,
  },
  {
    name: 'cpu_throttled_seconds',
    help: 'Time for which it was held back by its CPU limit.',
    type: 'counter',
    of: ({ throttledUsec }) => throttledUsec / USEC,
  },
  {
    name: 'memory_working_set_bytes',
    help: 'Memory that it cannot do without.',
    type: 'gauge',
    of: ({ memoryBytes }) => memoryBytes,
  },
  {
    name: 'memory_limit_bytes',
    help: 'Memory that it may take at most; 0 where there is no limit.',
    type: 'gauge',
    of: ({ memoryLimitBytes }) => memoryLimitBytes,
  },
  {
    name: 'memory_cache_bytes',
    help: 'File pages that the kernel keeps for it.',
    type: 'gauge',
    of: ({ memoryCacheBytes }) => memoryCacheBytes,
  },
  {
    name: 'swap_bytes',
    help: 'Memory put aside on disk.',
    type: 'gauge',
    of: ({ swapBytes }) => swapBytes,
  },
  {
    name: 'oom_kills',
    help: 'Times the kernel ended something in it for want of memory.',
    type: 'counter',
    of: ({ oomKills }) => oomKills,
  },
  {
    name: 'network_received_bytes',
    help: 'Bytes received over the network.',
    type: 'counter',
    of: ({ receivedBytes }) => receivedBytes,
  },
  {
    name: 'network_sent_bytes',
    help: 'Bytes sent over the network.',
    type: 'counter',
    of: ({ sentBytes }) => sentBytes,
  },
  {
    name: 'disk_read_bytes',
    help: 'Bytes read from disks.',
    type: 'counter',
    of: ({ readBytes }) => readBytes,
  },
  {
    name: 'disk_written_bytes',
    help: 'Bytes written to disks.',
    type: 'counter',
    of: ({ writtenBytes }) => writtenBytes,
  },
  {
    name: 'processes',
    help: 'Processes and threads in it.',
    type: 'gauge',
    of: ({ pids }) => pids,
  },
  {
    name: 'restarts',
    help: 'Restarts by the engine.',
    type: 'counter',
    of: ({ restarts }) => restarts,
  },
]

function containerFamilies(all: readonly Labelled[]): Family[] {
  const addons = all.filter(({ container }) => container.kind === 'addon')
  const instances = all.filter(({ container }) => container.kind !== 'addon')
  const familiesOf = (prefix: string, some: readonly Labelled[]): Family[] =>
    CONTAINER_METRICS.map(({ name, help, type, of }) => ({
      name: `${prefix}_${name}`,
      help,
      type,
      samples: addedUp(some.map(({ container, labels }) => ({ labels, value: of(container) }))),
    }))
  return [...familiesOf('vastrox_app', instances), ...familiesOf('vastrox_addon', addons)]
}

function addonFamilies(
  all: readonly Labelled[],
  mostOf: (container: ContainerSample) => number | null,
): Family[] {
  // While a server is replaced there are two: the last one counts.
  const addons = new Map(
    all.flatMap((one) => (one.container.addon ? [[one.labels['addon'], one] as const] : [])),
  )
  const familyOf = (
    name: string,
    help: string,
    valueOf: (container: ContainerSample) => number | null | undefined,
  ): Family => ({
    name,
    help,
    type: 'gauge',
    samples: [...addons.values()].flatMap(({ container, labels }) => {
      const value = valueOf(container) ?? null
      return value === null ? [] : [{ labels, value }]
    }),
  })
  return [
    familyOf(
      'vastrox_addon_connections',
      'Open connections, without those of the server to itself.',
      ({ addon }) => addon?.connections,
    ),
    familyOf('vastrox_addon_max_connections', 'Connections that it takes at most.', mostOf),
    familyOf(
      'vastrox_addon_size_bytes',
      'What its data takes on the disk.',
      ({ addon }) => addon?.sizeBytes,
    ),
  ]
}

/** No two lines have the same labels: while an instance is replaced by one of its release there are two. */
function addedUp(samples: readonly { labels: Record<string, string>; value: number }[]) {
  const sums = new Map<string, { labels: Record<string, string>; value: number }>()
  for (const { labels, value } of samples) {
    const key = Object.values(labels).join('\0')
    const known = sums.get(key)
    if (known) known.value += value
    else sums.set(key, { labels, value })
  }
  return [...sums.values()]
}

function edgeFamilies(
  apps: readonly { labels: { app: string }; total: EdgeTotal | undefined; open: number }[],
): Family[] {
  const each = (valueOf: (total: EdgeTotal) => FamilySample['value']): FamilySample[] =>
    apps.flatMap(({ labels, total }) => (total ? [{ labels, value: valueOf(total) }] : []))
  return [
    {
      name: 'vastrox_app_http_requests',
      help: 'Requests of visitors, by class of status; 499: they left before they were answered.',
      type: 'counter',
      samples: apps.flatMap(({ labels, total }) =>
        total
          ? STATUSES.map((status, at) => ({
              labels: { ...labels, status },
              value: total.statuses[at] ?? 0,
            }))
          : [],
      ),
    },
    {
      name: 'vastrox_app_http_request_duration_seconds',
      help: 'Time until the answer to a visitor began.',
      type: 'histogram',
      samples: each(histogramOf),
    },
    {
      name: 'vastrox_app_http_received_bytes',
      help: 'Bytes from visitors.',
      type: 'counter',
      samples: each(({ bytesIn }) => bytesIn),
    },
    {
      name: 'vastrox_app_http_sent_bytes',
      help: 'Bytes to visitors.',
      type: 'counter',
      samples: each(({ bytesOut }) => bytesOut),
    },
    {
      name: 'vastrox_app_open_websockets',
      help: 'WebSockets that are open.',
      type: 'gauge',
      samples: apps.map(({ labels, open }) => ({ labels, value: open })),
    },
  ]
}

/** `apps`: ids by name. Routes that are gone have no name any more that somebody would know. */
function openFamily(
  { sockets, routes }: Pick<PrometheusDeps, 'sockets' | 'routes'>,
  apps: ReadonlyMap<string, string>,
): Family {
  const open = Map.groupBy(sockets.byPart(), ({ app }) => app)
  return {
    name: 'vastrox_route_open_websockets',
    help: 'WebSockets that are open, by route and release.',
    type: 'gauge',
    samples: [...open].flatMap(([app, all]) => {
      const appId = apps.get(app)
      if (appId === undefined) return []
      const routeOf = new Map(routes.listForAppForPlatform(appId).map((route) => [route.id, route]))
      return all.flatMap(({ route: id, release, open: value }) => {
        const route = routeOf.get(id)
        if (!route) return []
        const { host, pathPrefix: path } = route
        return [{ labels: { app, host, path, release: String(release) }, value }]
      })
    }),
  }
}

function histogramOf({ times }: EdgeTotal): HistogramValue {
  const counts = BOUNDS.map(() => 0)
  let count = 0
  let sum = 0
  for (let at = 0; at < times.length; at += 2) {
    const seconds = timeOf(times[at] ?? 0) / 1_000
    const some = times[at + 1] ?? 0
    count += some
    sum += some * seconds
    for (const [place, bound] of BOUNDS.entries())
      if (seconds <= bound) counts[place] = (counts[place] ?? 0) + some
  }
  return { bounds: BOUNDS, counts, count, sum }
}
