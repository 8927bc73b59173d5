import type { AlertCondition, Severity } from '@vastrox/shared/alert.ts'
import { BuiltInRule } from '@vastrox/shared/alert-rule.ts'

/** Besides its condition; nobody changes it. Where it is not measured it holds. */
export interface AlsoCondition {
  metric: string
  is: 'above' | 'below'
  limit: number
}

export interface BuiltIn {
  name: string
  severity: Severity
  /** What it watches, for people; the numbers of its condition are said by themselves. */
  words: string
  /** null: about events. */
  condition: AlertCondition | null
  also?: AlsoCondition
  /** It has to stay well for so long before it is over; a minute where nothing is said. */
  holdMs?: number
}

const MINUTE = 60_000
const HOUR = 3_600_000
const each = { aggregate: 'each' } as const

/**
 * Right from the first day, and silent on a machine that is well: each limit is one at which somebody
 * has to do something, each for-duration longer than what passes by itself.
 */
export const BUILT_IN_RULES: Readonly<Record<BuiltInRule, BuiltIn>> = {
  'disk-forecast': {
    name: 'Disk will be full',
    severity: 'warning',
    words: 'By the growth of the last days the disk is full within a week.',
    condition: {
      ...each,
      of: 'disk',
      metric: 'daysToFull',
      is: 'below',
      limit: 7,
      clearLimit: 10,
      forMs: HOUR,
    },
  },
  'disk-low': {
    name: 'Disk nearly full',
    severity: 'warning',
    words: 'A little less, and deployments are refused.',
    condition: {
      ...each,
      of: 'disk',
      metric: 'floorPercent',
      is: 'below',
      limit: 130,
      clearLimit: 140,
      forMs: 2 * MINUTE,
    },
  },
  'disk-full': {
    name: 'Disk full',
    severity: 'critical',
    words: 'Less is free than a deployment needs: deployments are refused.',
    condition: {
      ...each,
      of: 'disk',
      metric: 'floorPercent',
      is: 'below',
      limit: 100,
      clearLimit: 105,
      forMs: MINUTE,
    },
  },
  inodes: {
    name: 'Inodes nearly used up',
    severity: 'warning',
    words: 'The disk has room for few files more, however small they are.',
    condition: {
      ...each,
      of: 'disk',
      metric: 'inodesUsed',
      is: 'above',
      limit: 90,
      clearLimit: 87,
      forMs: 2 * MINUTE,
    },
  },
  'memory-low': {
    name: 'Memory short',
    severity: 'critical',
    words: 'Little memory is to be had, and programs wait for it.',
    condition: {
      ...each,
      of: 'node',
      metric: 'memoryAvailablePercent',
      is: 'below',
      limit: 8,
      clearLimit: 12,
      forMs: MINUTE,
    },
    also: { metric: 'memoryPressure', is: 'above', limit: 5 },
  },
  'swap-thrash': {
    name: 'Memory goes in and out of swap',
    severity: 'warning',
    words: 'What was put into swap is needed again at once: everything is slow.',
    condition: {
      ...each,
      of: 'node',
      metric: 'swapBothWays',
      is: 'above',
      limit: 4 * 2 ** 20,
      clearLimit: 2 ** 20,
      forMs: 3 * MINUTE,
    },
  },
  'cpu-steal': {
    name: 'Processor taken by the host',
    severity: 'warning',
    words: 'The host of this virtual machine gives its processor to others.',
    condition: {
      ...each,
      of: 'node',
      metric: 'cpuSteal',
      is: 'above',
      limit: 20,
      clearLimit: 12,
      forMs: 15 * MINUTE,
    },
  },
  'cpu-pressure': {
    name: 'Processor overloaded',
    severity: 'warning',
    words: 'Most of the time something waits for the processor.',
    condition: {
      ...each,
      of: 'node',
      metric: 'cpuPressure',
      is: 'above',
      limit: 70,
      clearLimit: 50,
      forMs: 15 * MINUTE,
    },
  },
  errors: {
    name: 'App answers with errors',
    severity: 'critical',
    words: 'Over two minutes, with 5 of them at least.',
    condition: {
      ...each,
      of: 'edge',
      metric: 'errorRate',
      is: 'above',
      limit: 5,
      clearLimit: 2,
      forMs: MINUTE,
      minRequests: 0.2,
    },
  },
  latency: {
    name: 'App slower than usual',
    severity: 'warning',
    words: 'By the middle of its p95 over a week; below 100 ms nothing counts as slow.',
    condition: {
      ...each,
      of: 'edge',
      metric: 'p95OfUsual',
      is: 'above',
      limit: 300,
      clearLimit: 200,
      forMs: 5 * MINUTE,
      minRequests: 0.5,
    },
  },
  'memory-limit': {
    name: 'Instance near its memory limit',
    severity: 'warning',
    words: 'A little more, and the kernel ends it.',
    condition: {
      ...each,
      of: 'instance',
      metric: 'memoryPercent',
      is: 'above',
      limit: 95,
      clearLimit: 90,
      forMs: 10 * MINUTE,
    },
  },
  'node-silent': {
    name: 'Node silent',
    severity: 'critical',
    words: 'The agent of the node has not answered for 2 minutes.',
    condition: null,
  },
  'node-care': {
    name: 'Node wants looking after',
    severity: 'info',
    words: 'The clock is wrong, a restart or an update is due, or the like; looked at every hour.',
    condition: null,
  },
  'crash-loop': {
    name: 'Crash loop',
    severity: 'critical',
    words: 'An instance has ended 5 times in 10 minutes and was stopped for a while.',
    condition: null,
    holdMs: 5 * MINUTE,
  },
  'out-of-memory': {
    name: 'Ended for want of memory',
    severity: 'warning',
    words: 'The kernel has ended an instance that wanted more memory than its limit.',
    condition: null,
  },
  'app-down': {
    name: 'App down',
    severity: 'critical',
    words: 'The uptime check of the app has found it down.',
    condition: null,
  },
  'check-down': {
    name: 'Uptime check down',
    severity: 'critical',
    words: 'What an uptime check of your own looks at is down.',
    condition: null,
  },
  'certificate-days': {
    name: 'Certificate ends soon',
    severity: 'critical',
    words: 'A certificate goes towards its end and has not been renewed.',
    condition: null,
  },
  'certificate-failed': {
    name: 'Certificate not to be had',
    severity: 'warning',
    words: 'A CA gave no certificate; it is asked again by itself.',
    condition: null,
  },
  'backup-failed': {
    name: 'Backup failed',
    severity: 'warning',
    words: 'A backup could not be made; until one is good again.',
    condition: null,
  },
  'backup-overdue': {
    name: 'Backup overdue',
    severity: 'critical',
    words: 'A schedule has brought no good backup for two of its times.',
    condition: null,
  },
  'drill-failed': {
    name: 'Backup cannot be restored',
    severity: 'critical',
    words: 'A drill could not restore a backup; until one can.',
    condition: null,
  },
  'destination-failed': {
    name: 'Destination damaged',
    severity: 'critical',
    words: 'What is at a destination is damaged or could not be checked.',
    condition: null,
  },
  'deployment-failed': {
    name: 'Deployment failed',
    severity: 'warning',
    words: 'A deployment failed; the release before serves on. Until one goes live, or for a day.',
    condition: null,
  },
  'deployment-reverted': {
    name: 'Deployment taken back',
    severity: 'warning',
    words:
      'A release did worse than the one before and was taken back. Until one goes live, or for a day.',
    condition: null,
  },
  'daemon-restarted': {
    name: 'Vastrox restarted after a crash',
    severity: 'warning',
    words: 'The daemon ended without having been stopped and was started again.',
    condition: null,
  },
  'proxy-workers': {
    name: 'Proxy worker missing',
    severity: 'critical',
    words: 'Fewer proxy workers run than there should be, for a minute.',
    condition: null,
  },
  'database-damaged': {
    name: 'Database damaged',
    severity: 'critical',
    words: 'SQLite has found damage in a database of the platform.',
    condition: null,
  },
  'lines-dropped': {
    name: 'Log lines left out',
    severity: 'warning',
    words: 'An app prints more than is kept; what is more is left out.',
    condition: null,
  },
  'channel-failing': {
    name: 'Channel takes nothing',
    severity: 'warning',
    words: 'A channel has refused a notification for good, or taken none at the third try.',
    condition: null,
  },
}

export const builtInOf = (id: string): BuiltIn | undefined => {
  const known = BuiltInRule.safeParse(id)
  return known.success ? BUILT_IN_RULES[known.data] : undefined
}
