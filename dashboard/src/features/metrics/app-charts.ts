import type { ChartSpec } from '#features/metrics/chart-lines.ts'

/** What visitors met. */
export const VISITOR_CHARTS: readonly ChartSpec[] = [
  {
    title: 'Requests',
    lead: 'A second, by the status of the answer.',
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
    title: 'Time until the answer',
    lead: 'Half, 95 and 99 of a hundred were faster.',
    lines: [
      { metric: 'p50', name: 'p50', tone: 'good', how: 'avg' },
      { metric: 'p95', name: 'p95', tone: 'warn', how: 'avg' },
      { metric: 'p99', name: 'p99', tone: 'bad', how: 'avg' },
    ],
    each: ['p95'],
  },
  {
    title: 'Went wrong',
    lead: 'Share of answers that were 5xx.',
    lines: [{ metric: 'errorRate', name: '5xx', tone: 'bad', how: 'avg' }],
    atLeast: 1,
  },
  {
    title: 'Bytes',
    lead: 'To and from visitors.',
    lines: [
      { metric: 'bytesOut', name: 'Out', tone: 'accent' },
      { metric: 'bytesIn', name: 'In', tone: 'busy' },
    ],
  },
  {
    title: 'Open WebSockets',
    lines: [{ metric: 'webSockets', name: 'Open', tone: 'busy' }],
    onlyIfAny: true,
  },
]

/** What its containers take. */
export const CONTAINER_CHARTS: readonly ChartSpec[] = [
  {
    title: 'CPU',
    lead: 'Cores in use.',
    lines: [{ metric: 'cpu', name: 'CPU', tone: 'accent' }],
  },
  {
    title: 'Memory',
    lead: 'What it cannot do without, and what it may take at most.',
    lines: [
      { metric: 'memory', name: 'Memory', tone: 'accent' },
      { metric: 'memoryLimit', name: 'Limit', tone: 'idle', dashed: true },
    ],
  },
  {
    title: 'Network',
    lines: [
      { metric: 'received', name: 'In', tone: 'busy' },
      { metric: 'sent', name: 'Out', tone: 'accent' },
    ],
    each: ['received', 'sent'],
  },
  {
    title: 'Disk',
    lines: [
      { metric: 'read', name: 'Read', tone: 'busy' },
      { metric: 'written', name: 'Written', tone: 'accent' },
    ],
    each: ['read', 'written'],
  },
  {
    title: 'Held back',
    lead: 'Time in which its CPU limit stopped it.',
    lines: [{ metric: 'cpuThrottled', name: 'Held back', tone: 'warn', how: 'avg' }],
    onlyIfAny: true,
  },
  {
    title: 'Swap',
    lead: 'Memory put aside on disk.',
    lines: [{ metric: 'swap', name: 'Swap', tone: 'warn' }],
    onlyIfAny: true,
  },
  {
    title: 'Ended for want of memory',
    lines: [{ metric: 'oomKills', name: 'Times', tone: 'bad' }],
    onlyIfAny: true,
  },
]

export const INSTANCES_CHART: ChartSpec = {
  title: 'Instances',
  lead: 'How many ran.',
  unit: 'count',
  lines: [{ metric: 'memory', name: 'Running', tone: 'good', how: 'count' }],
}
