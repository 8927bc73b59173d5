import type { AlertSubject } from '@vastrox/shared/alert.ts'

/** As much of an alert as tells what it follows from. */
export interface Cause {
  id: string
  rule: string
  subject: AlertSubject
  appId: string | null
}

const OF_APPS = ['crash-loop', 'out-of-memory', 'errors', 'latency', 'app-down', 'memory-limit']
const OF_WORK = [
  'deployment-failed',
  'deployment-reverted',
  'backup-failed',
  'backup-overdue',
  'drill-failed',
]

/**
 * What follows from what happens to the whole node. What is on the left is the root; the earlier of two
 * roots comes first.
 */
const OF_NODE: readonly (readonly [root: string, follows: ReadonlySet<string>])[] = [
  ['node-silent', new Set([...OF_APPS, ...OF_WORK, 'node-care', 'proxy-workers'])],
  ['memory-low', new Set([...OF_APPS, ...OF_WORK, 'swap-thrash', 'cpu-pressure', 'proxy-workers'])],
  ['disk-full', new Set([...OF_APPS, ...OF_WORK, 'disk-low', 'disk-forecast', 'lines-dropped'])],
  ['disk-low', new Set(['disk-forecast'])],
  ['swap-thrash', new Set(['latency', 'cpu-pressure'])],
  ['cpu-steal', new Set(['latency', 'cpu-pressure'])],
  ['cpu-pressure', new Set(['latency'])],
]

/** The same within one app. */
const OF_APP: readonly (readonly [root: string, follows: ReadonlySet<string>])[] = [
  ['crash-loop', new Set(['errors', 'latency', 'app-down', 'out-of-memory', 'memory-limit'])],
  ['app-down', new Set(['errors', 'latency'])],
  ['errors', new Set(['latency'])],
  ['out-of-memory', new Set(['memory-limit'])],
]

/** The alert among those that fire from which this one follows; undefined where it stands by itself. */
export function rootOf(alert: Cause, firing: readonly Cause[]): Cause | undefined {
  const others = firing.filter(({ id }) => id !== alert.id)
  for (const [root, follows] of OF_NODE) {
    if (!follows.has(alert.rule)) continue
    const found = others.find(({ rule }) => rule === root)
    if (found) return found
  }
  if (alert.appId === null) return undefined
  for (const [root, follows] of OF_APP) {
    if (!follows.has(alert.rule)) continue
    const found = others.find(({ rule, appId }) => rule === root && appId === alert.appId)
    if (found) return found
  }
  return undefined
}
