import { z } from 'zod'

/**
 * Series are named `<subject>/<metric>`. Subjects:
 * `node:<node>`, `disk:<node>/<data|images>`, `net:<node>/<interface>`, `platform:<process>`,
 * `app:<appId>/<process>.<ordinal>` (goes on across deployments), `addon:<addonId>`,
 * `edge:<appId>` (all of an app's visitors), `edge:<appId>/release.<n>`, `edge:<appId>/route.<routeId>`,
 * `uptime:<checkId>`.
 */
export type SeriesName = string

export const MetricUnit = z.enum([
  'bytes',
  'bytes/s',
  'cores',
  'percent',
  'count',
  'per second',
  'ms',
  'days',
])
export type MetricUnit = z.infer<typeof MetricUnit>

interface MetricMeaning {
  unit: MetricUnit
  /** One line for people. */
  words: string
}

/** What there is of an instance, a run's container or an add-on's. */
export const CONTAINER_METRICS = {
  cpu: { unit: 'cores', words: 'Processor time used, in cores' },
  cpuThrottled: { unit: 'percent', words: 'Share of the time it was held back by its CPU limit' },
  memory: { unit: 'bytes', words: 'Working set: memory that it cannot do without' },
  memoryLimit: { unit: 'bytes', words: 'What it may take at most' },
  memoryCache: { unit: 'bytes', words: 'File pages that the kernel keeps for it' },
  swap: { unit: 'bytes', words: 'Memory put aside on disk' },
  oomKills: { unit: 'count', words: 'Times the kernel ended something in it for want of memory' },
  received: { unit: 'bytes/s', words: 'Network, received' },
  sent: { unit: 'bytes/s', words: 'Network, sent' },
  read: { unit: 'bytes/s', words: 'Disk, read' },
  written: { unit: 'bytes/s', words: 'Disk, written' },
  pids: { unit: 'count', words: 'Processes and threads' },
  restarts: { unit: 'count', words: 'Restarts by the engine' },
} as const satisfies Record<string, MetricMeaning>

/** Of an add-on besides. */
export const ADDON_METRICS = {
  ...CONTAINER_METRICS,
  connections: { unit: 'count', words: 'Open connections, without those of the server to itself' },
  maxConnections: { unit: 'count', words: 'Connections that it takes at most' },
  size: { unit: 'bytes', words: 'What its data takes on the disk' },
} as const satisfies Record<string, MetricMeaning>

/** What visitors of an app met, as the proxy has counted it. */
export const EDGE_METRICS = {
  requests: { unit: 'per second', words: 'Requests' },
  ok: { unit: 'per second', words: 'Answers 1xx and 2xx' },
  redirected: { unit: 'per second', words: 'Answers 3xx' },
  clientErrors: { unit: 'per second', words: 'Answers 4xx' },
  serverErrors: { unit: 'per second', words: 'Answers 5xx' },
  gone: { unit: 'per second', words: 'Visitors who left before they were answered' },
  errorRate: { unit: 'percent', words: 'Share of answers that were 5xx' },
  p50: { unit: 'ms', words: 'Half of the requests were answered within' },
  p95: { unit: 'ms', words: '95 of 100 requests were answered within' },
  p99: { unit: 'ms', words: '99 of 100 requests were answered within' },
  bytesIn: { unit: 'bytes/s', words: 'Bytes from visitors' },
  bytesOut: { unit: 'bytes/s', words: 'Bytes to visitors' },
  webSockets: { unit: 'count', words: 'Open WebSockets' },
} as const satisfies Record<string, MetricMeaning>

export const NODE_METRICS = {
  cpuUser: { unit: 'percent', words: 'Processor: programs' },
  cpuSystem: { unit: 'percent', words: 'Processor: the kernel' },
  cpuIowait: { unit: 'percent', words: 'Processor: waiting for disks' },
  cpuSteal: { unit: 'percent', words: 'Processor: taken by other machines of the host' },
  cpuBusy: { unit: 'percent', words: 'Processor: all but idle' },
  load1: { unit: 'count', words: 'Load average of a minute' },
  load5: { unit: 'count', words: 'Load average of five minutes' },
  load15: { unit: 'count', words: 'Load average of a quarter of an hour' },
  cpuPressure: { unit: 'percent', words: 'Time in which something waited for the processor' },
  memoryPressure: { unit: 'percent', words: 'Time in which something waited for memory' },
  ioPressure: { unit: 'percent', words: 'Time in which something waited for disks' },
  memory: { unit: 'bytes', words: 'Memory in use' },
  memoryAvailable: { unit: 'bytes', words: 'Memory that programs can still have' },
  memoryTotal: { unit: 'bytes', words: 'Memory of the machine' },
  memoryCache: { unit: 'bytes', words: 'Memory used for file pages' },
  swap: { unit: 'bytes', words: 'Swap in use' },
  swapTotal: { unit: 'bytes', words: 'Swap of the machine' },
  swapIn: { unit: 'bytes/s', words: 'Brought in from swap' },
  swapOut: { unit: 'bytes/s', words: 'Put into swap' },
  oomKills: { unit: 'count', words: 'Times the kernel ended something for want of memory' },
  processes: { unit: 'count', words: 'Processes' },
} as const satisfies Record<string, MetricMeaning>

export const DISK_METRICS = {
  used: { unit: 'bytes', words: 'In use' },
  available: { unit: 'bytes', words: 'Still free' },
  total: { unit: 'bytes', words: 'Size' },
  inodesUsed: { unit: 'percent', words: 'Share of inodes in use' },
  read: { unit: 'bytes/s', words: 'Read' },
  written: { unit: 'bytes/s', words: 'Written' },
  busy: { unit: 'percent', words: 'Time in which the disk was busy' },
} as const satisfies Record<string, MetricMeaning>

export const NETWORK_METRICS = {
  received: { unit: 'bytes/s', words: 'Received' },
  sent: { unit: 'bytes/s', words: 'Sent' },
  errors: { unit: 'per second', words: 'Errors' },
  drops: { unit: 'per second', words: 'Packets dropped' },
} as const satisfies Record<string, MetricMeaning>

export const PLATFORM_METRICS = {
  cpu: { unit: 'cores', words: 'Processor time used, in cores' },
  resident: { unit: 'bytes', words: 'Resident memory' },
  descriptors: { unit: 'count', words: 'Open files and sockets' },
} as const satisfies Record<string, MetricMeaning>

export const UPTIME_METRICS = {
  up: { unit: 'percent', words: 'Share of looks that found it well' },
  took: { unit: 'ms', words: 'How long a look took' },
  certificateDays: { unit: 'days', words: 'Days until its certificate ends' },
} as const satisfies Record<string, MetricMeaning>

/** Something that happened, to be marked on a chart. */
export const MetricMark = z.object({
  at: z.iso.datetime(),
  kind: z.enum(['deployment', 'roll-back', 'crash', 'env', 'scale', 'alert', 'restart']),
  title: z.string().max(200),
  /** Within the dashboard: `/apps/shop/deployments/12`; null where there is no page of its own. */
  link: z.string().max(300).nullable(),
})
export type MetricMark = z.infer<typeof MetricMark>

export const MetricSeries = z.object({
  /** `cpu`, `p95` */
  metric: z.string(),
  /** Whose: `web.1`, `release 12`, `eth0`, `data`; empty for the subject as a whole. */
  of: z.string(),
  unit: MetricUnit,
  /** One for each of `times`; null where nothing was measured: a gap is a gap. */
  values: z.array(z.number().nullable()),
  /** The highest within each step, where a step holds several samples and peaks matter. */
  peaks: z.array(z.number().nullable()).optional(),
})
export type MetricSeries = z.infer<typeof MetricSeries>

/** Columns for a chart: one row of times, and lines of values. */
export const MetricReply = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** 15,000, 60,000 or 900,000, or a multiple where that would be more than 2,000 points. */
  stepMs: z.int(),
  /** Seconds since 1970, the start of each step. */
  times: z.array(z.int()).max(2_000),
  series: z.array(MetricSeries).max(500),
  marks: z.array(MetricMark).max(500),
})
export type MetricReply = z.infer<typeof MetricReply>

/**
 * Query of every chart. The finest step that is kept for that long, and at most `points`, is chosen.
 * Without `from` the last hour; without `metrics` all of the subject.
 */
export const MetricQuery = z.object({
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  points: z.coerce.number().int().min(10).max(2_000).default(400),
  /** `cpu,memory,p95` */
  metrics: z
    .string()
    .max(500)
    .regex(/^[A-Za-z0-9]+(,[A-Za-z0-9]+)*$/, 'Names of metrics with commas between.')
    .optional(),
  /** Of an app: `instance` draws each by itself; `app` adds them up; `release` and `route` split visitors. */
  by: z.enum(['app', 'instance', 'release', 'route']).default('app'),
})
export type MetricQuery = z.infer<typeof MetricQuery>
