import {
  ADDON_METRICS,
  CONTAINER_METRICS,
  DISK_METRICS,
  EDGE_METRICS,
  type MetricMark,
  type MetricReply,
  type MetricUnit,
  NETWORK_METRICS,
  NODE_METRICS,
  PLATFORM_METRICS,
  UPTIME_METRICS,
} from '@vastrox/shared/metric.ts'

interface Asked {
  params: string[]
  query: URLSearchParams
}

const GB = 2 ** 30
const MB = 2 ** 20

/** The middle of each metric's course; what is not named rises and falls around ten. */
const MIDDLE: Record<string, number> = {
  cpu: 0.4,
  memory: 180 * MB,
  memoryLimit: 512 * MB,
  memoryCache: 40 * MB,
  resident: 46 * MB,
  swap: 0,
  oomKills: 0,
  cpuThrottled: 2,
  received: 80_000,
  sent: 420_000,
  read: 20_000,
  written: 90_000,
  requests: 42,
  ok: 36,
  redirected: 3,
  clientErrors: 2,
  serverErrors: 0.4,
  gone: 0.2,
  errorRate: 0.9,
  p50: 12,
  p95: 85,
  p99: 240,
  bytesIn: 30_000,
  bytesOut: 900_000,
  webSockets: 14,
  cpuUser: 24,
  cpuSystem: 7,
  cpuIowait: 3,
  cpuSteal: 0.5,
  load1: 0.8,
  load5: 0.7,
  load15: 0.6,
  memoryTotal: 8 * GB,
  swapTotal: 2 * GB,
  swapIn: 0,
  swapOut: 0,
  used: 40 * GB,
  total: 80 * GB,
  errors: 0,
  drops: 0,
  connections: 9,
  maxConnections: 51,
  size: 640 * MB,
  up: 100,
  took: 95,
  certificateDays: 54,
}
const STEADY = new Set([
  'maxConnections',
  'memoryLimit',
  'memoryTotal',
  'swapTotal',
  'total',
  'certificateDays',
])

function valuesOf(metric: string, of: string, times: readonly number[]): (number | null)[] {
  const middle = (MIDDLE[metric] ?? 10) * (metric === 'memory' && of === '' ? 14 : 1)
  let seed =
    metric.length * 977 +
    metric.charCodeAt(0) * 31 +
    of.length * 7 +
    (of.at(-1)?.charCodeAt(0) ?? 0)
  return times.map((time, at) => {
    if (STEADY.has(metric)) return middle
    // Some minutes that nobody could measure.
    if (at > times.length * 0.3 && at < times.length * 0.32) return null
    seed = (seed * 1_103 + 12_345) % 65_536
    const noise = 0.85 + (seed / 65_536) * 0.3
    const wave = 1 + 0.35 * Math.sin(time / 700) + 0.12 * Math.sin(time / 130)
    const peak = metric === 'serverErrors' && at > times.length * 0.72 && at < times.length * 0.75
    return Math.round(middle * wave * noise * (peak ? 12 : 1) * 1_000) / 1_000
  })
}

type Meanings = Readonly<Record<string, { unit: MetricUnit }>>

function reply(
  { query }: Asked,
  groups: readonly [of: string, meanings: Meanings][],
  marks: (from: number, to: number) => MetricMark[],
): MetricReply {
  const to = Date.parse(query.get('to') ?? new Date().toISOString())
  const from = Date.parse(query.get('from') ?? new Date(to - 3_600_000).toISOString())
  const points = Number(query.get('points') ?? '400')
  const stepMs = Math.max(15_000, Math.ceil((to - from) / points / 15_000) * 15_000)
  const first = Math.ceil(from / stepMs) * stepMs
  const times = Array.from({ length: Math.max(1, Math.floor((to - first) / stepMs)) }, (_, at) =>
    Math.round((first + at * stepMs) / 1_000),
  )
  const wanted = query.get('metrics')?.split(',')
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    stepMs,
    times,
    series: groups.flatMap(([of, meanings]) =>
      Object.entries(meanings).flatMap(([metric, { unit }]) =>
        wanted && !wanted.includes(metric)
          ? []
          : [{ metric, of, unit, values: valuesOf(metric, of, times) }],
      ),
    ),
    marks: marks(from, to),
  }
}

const marksOf =
  (app: string) =>
  (from: number, to: number): MetricMark[] => {
    const at = (share: number): string => new Date(from + (to - from) * share).toISOString()
    return [
      { at: at(0.22), kind: 'env', title: 'REDIS_URL changed by anna', link: `/apps/${app}/env` },
      {
        at: at(0.55),
        kind: 'deployment',
        title: '#12 Cart: keep it over sign-in',
        link: `/apps/${app}/deployments/12`,
      },
      {
        at: at(0.73),
        kind: 'crash',
        title: 'web.2 ended with code 137',
        link: `/apps/${app}/crashes/3`,
      },
      { at: at(0.74), kind: 'alert', title: 'shop answers with errors', link: '/alerts/al1' },
    ]
  }
const NONE = (): MetricMark[] => []

const BY: Record<string, readonly [string, Meanings][]> = {
  app: [['', { ...EDGE_METRICS, ...CONTAINER_METRICS }]],
  instance: [
    ['web.1', CONTAINER_METRICS],
    ['web.2', CONTAINER_METRICS],
    ['worker.1', CONTAINER_METRICS],
  ],
  release: [
    ['release 11', EDGE_METRICS],
    ['release 12', EDGE_METRICS],
  ],
  route: [
    ['shop.203-0-113-7.sslip.io/', EDGE_METRICS],
    ['example.com/api', EDGE_METRICS],
  ],
}

export const mockMetrics: Record<string, (asked: Asked) => unknown> = {
  'GET /apps/:/metrics': (asked) => {
    const [app = ''] = asked.params
    if (app === 'new-idea') return reply(asked, [], NONE)
    return reply(asked, BY[asked.query.get('by') ?? 'app'] ?? [], marksOf(app))
  },
  'GET /nodes/:/metrics': (asked) =>
    reply(
      asked,
      [
        ['', NODE_METRICS],
        ['data', DISK_METRICS],
        ['images', DISK_METRICS],
        ['eth0', NETWORK_METRICS],
      ],
      NONE,
    ),
  'GET /addons/:/metrics': (asked) => reply(asked, [['', ADDON_METRICS]], NONE),
  'GET /platform/metrics': (asked) =>
    reply(
      asked,
      ['supervisor', 'agent', 'daemon', 'proxy-0', 'engine'].map((of) => [of, PLATFORM_METRICS]),
      NONE,
    ),
  'GET /uptime-checks/:/metrics': (asked) => reply(asked, [['', UPTIME_METRICS]], NONE),
}
