import type { ChartSpec } from '#features/metrics/chart-lines.ts'
import { t } from '#lib/words.ts'

/** What visitors met. */
export const VISITOR_CHARTS: readonly ChartSpec[] = [
  {
    title: t('Requests'),
    lead: t('A second, by the status of the answer.'),
    look: 'stack',
    lines: [
      { metric: 'ok', name: '2xx', tone: 'good' },
      { metric: 'redirected', name: '3xx', tone: 'idle' },
      { metric: 'clientErrors', name: '4xx', tone: 'warn' },
      { metric: 'serverErrors', name: '5xx', tone: 'bad' },
      { metric: 'gone', name: 'left', tone: 'busy' },
    ],
    each: ['requests'],
  },
  {
    title: t('Time until the answer'),
    lead: t('Half, 95 and 99 of a hundred were faster.'),
    lines: [
      { metric: 'p50', name: 'p50', tone: 'good', how: 'avg' },
      { metric: 'p95', name: 'p95', tone: 'warn', how: 'avg' },
      { metric: 'p99', name: 'p99', tone: 'bad', how: 'avg' },
    ],
    each: ['p95'],
  },
  {
    title: t('Went wrong'),
    lead: t('Share of answers that were 5xx.'),
    lines: [{ metric: 'errorRate', name: '5xx', tone: 'bad', how: 'avg' }],
    atLeast: 1,
  },
  {
    title: t('Bytes'),
    lead: t('To and from visitors.'),
    lines: [
      { metric: 'bytesOut', name: t('Out'), tone: 'accent' },
      { metric: 'bytesIn', name: t('In'), tone: 'busy' },
    ],
  },
  {
    title: t('Open WebSockets'),
    lines: [{ metric: 'webSockets', name: t('Open'), tone: 'busy' }],
    onlyIfAny: true,
  },
]

/** What its containers take. */
export const CONTAINER_CHARTS: readonly ChartSpec[] = [
  {
    title: 'CPU',
    lead: t('Cores in use.'),
    lines: [{ metric: 'cpu', name: 'CPU', tone: 'accent' }],
  },
  {
    title: t('Memory'),
    lead: t('What it cannot do without, and what it may take at most.'),
    lines: [
      { metric: 'memory', name: t('Memory'), tone: 'accent' },
      { metric: 'memoryLimit', name: t('Limit'), tone: 'idle', dashed: true },
    ],
  },
  {
    title: t('Network'),
    lines: [
      { metric: 'received', name: t('In'), tone: 'busy' },
      { metric: 'sent', name: t('Out'), tone: 'accent' },
    ],
    each: ['received', 'sent'],
  },
  {
    title: t('Disk'),
    lines: [
      { metric: 'read', name: t('Read'), tone: 'busy' },
      { metric: 'written', name: t('Written'), tone: 'accent' },
    ],
    each: ['read', 'written'],
  },
  {
    title: t('Held back'),
    lead: t('Time in which its CPU limit stopped it.'),
    lines: [{ metric: 'cpuThrottled', name: t('Held back'), tone: 'warn', how: 'avg' }],
    onlyIfAny: true,
  },
  {
    title: t('Swap'),
    lead: t('Memory put aside on disk.'),
    lines: [{ metric: 'swap', name: t('Swap'), tone: 'warn' }],
    onlyIfAny: true,
  },
  {
    title: t('Ended for want of memory'),
    lines: [{ metric: 'oomKills', name: t('Times'), tone: 'bad' }],
    onlyIfAny: true,
  },
]

/** What a database takes: who is connected and what lies on the disk, and its container. */
export const ADDON_CHARTS: readonly ChartSpec[] = [
  {
    title: t('Connections'),
    lead: t('Open ones, and how many there may be.'),
    lines: [
      { metric: 'connections', name: t('Open'), tone: 'accent' },
      {
        metric: 'maxConnections',
        name: t('At most'),
        tone: 'idle',
        dashed: true,
        sayFar: (limit) => t('Open ones; at most {limit} at once.', { limit }),
      },
    ],
  },
  {
    title: t('Size'),
    lead: t('What its data takes on the disk.'),
    lines: [{ metric: 'size', name: t('Size'), tone: 'accent' }],
  },
  ...CONTAINER_CHARTS,
]

export const INSTANCES_CHART: ChartSpec = {
  title: t('Instances'),
  lead: t('How many ran.'),
  unit: 'count',
  lines: [{ metric: 'memory', name: t('Running'), tone: 'good', how: 'count' }],
}
