import { z } from 'zod'
import {
  ADDON_METRICS,
  CONTAINER_METRICS,
  DISK_METRICS,
  EDGE_METRICS,
  type MetricUnit,
  NODE_METRICS,
  PLATFORM_METRICS,
  UPTIME_METRICS,
} from './metric.ts'

/** Rules that are there from the first day. Those above the empty line are over a metric, those below it about events. */
export const BuiltInRule = z.enum([
  'disk-forecast',
  'disk-low',
  'disk-full',
  'inodes',
  'memory-low',
  'swap-thrash',
  'cpu-steal',
  'cpu-pressure',
  'errors',
  'latency',
  'memory-limit',

  'node-silent',
  'node-care',
  'crash-loop',
  'out-of-memory',
  'app-down',
  'check-down',
  'certificate-days',
  'certificate-failed',
  'backup-failed',
  'backup-overdue',
  'drill-failed',
  'destination-failed',
  'deployment-failed',
  'deployment-reverted',
  'daemon-restarted',
  'proxy-workers',
  'database-damaged',
  'lines-dropped',
  'channel-failing',
])
export type BuiltInRule = z.infer<typeof BuiltInRule>

interface Meaning {
  unit: MetricUnit
  words: string
}

/** What alerts work out of metrics, besides the metrics themselves. */
export const DERIVED_METRICS = {
  disk: {
    availablePercent: { unit: 'percent', words: 'Share that is still free' },
    floorPercent: { unit: 'percent', words: 'What is free, in percent of what deployments need' },
    daysToFull: { unit: 'days', words: 'Days until it is full, if it goes on as of late' },
  },
  node: {
    memoryAvailablePercent: { unit: 'percent', words: 'Share of memory that is still to be had' },
    swapPercent: { unit: 'percent', words: 'Share of swap in use' },
    swapBothWays: { unit: 'bytes/s', words: 'What goes into swap and comes back at once' },
  },
  edge: {
    p95OfUsual: { unit: 'percent', words: 'p95 in percent of what is usual for the app' },
  },
  instance: {
    memoryPercent: { unit: 'percent', words: 'Memory in percent of its limit' },
  },
  addon: {
    memoryPercent: { unit: 'percent', words: 'Memory in percent of its limit' },
    connectionsPercent: {
      unit: 'percent',
      words: 'Connections in percent of what it takes at most',
    },
  },
} as const satisfies Record<string, Record<string, Meaning>>

const OF_APP: Readonly<Record<string, Meaning>> = {
  ...CONTAINER_METRICS,
  ...DERIVED_METRICS.instance,
}

/** What a condition may be over, by what it is of. */
export const CONDITION_METRICS: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  app: OF_APP,
  instance: OF_APP,
  addon: { ...ADDON_METRICS, ...DERIVED_METRICS.addon },
  node: { ...NODE_METRICS, ...DERIVED_METRICS.node },
  disk: { ...DISK_METRICS, ...DERIVED_METRICS.disk },
  edge: { ...EDGE_METRICS, ...DERIVED_METRICS.edge },
  platform: PLATFORM_METRICS,
  uptime: UPTIME_METRICS,
}
