import { CodedError } from '@vastrox/shared/errors.ts'
import { EDGE_SLOT_MS } from '#ports/edge-slots.ts'
import type { Proxy } from '#ports/proxy.ts'
import type {
  EdgeReport,
  InstanceCounts,
  Refusal,
  RoutingSnapshot,
} from '#ports/routing-snapshot.ts'

/** Workers that take every snapshot at once, unless a test says that they do not. */
export function createFakeProxy() {
  const published: RoutingSnapshot[] = []
  const cuts: string[][] = []
  const listeners = new Set<(counts: InstanceCounts[]) => void>()
  const refusalListeners = new Set<(refusals: Refusal[]) => void>()
  const wakeListeners = new Set<(apps: readonly string[]) => void>()
  const visitListeners = new Set<(apps: readonly string[]) => void>()
  const edgeListeners = new Set<Parameters<Proxy['onEdge']>[0]>()
  let edgeReports = 0
  const busy = new Map<string, number>()

  const proxy: Proxy = {
    async publish(snapshot) {
      if (fake.isStuck) throw new CodedError('ROUTE_SWITCH_FAILED')
      published.push(snapshot)
    },
    underWay: async (names) => names.reduce((sum, name) => sum + (busy.get(name) ?? 0), 0),
    cut(names) {
      cuts.push([...names])
      for (const name of names) busy.delete(name)
    },
    onCounts(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onEdge(listener) {
      edgeListeners.add(listener)
      return () => edgeListeners.delete(listener)
    },
    onRefusals(listener) {
      refusalListeners.add(listener)
      return () => refusalListeners.delete(listener)
    },
    onWake(listener) {
      wakeListeners.add(listener)
      return () => wakeListeners.delete(listener)
    },
    onVisits(listener) {
      visitListeners.add(listener)
      return () => visitListeners.delete(listener)
    },
    workers: () => (fake.isAway ? [] : [{ worker: 0, pid: 1, generation: 0 }]),
  }

  const fake = {
    ...proxy,
    published,
    cuts,
    /** Requests under way, by instance. */
    busy,
    isStuck: false,
    /** No worker has dialled (yet): what is published is only what they will be given. */
    isAway: false,
    /** Names of the instances that visitors of the app's host get now. */
    serves(app: string): string[] {
      const route = published.at(-1)?.routes.find((one) => one.app === app)
      return route?.state === 'serving' ? route.instances.map(({ name }) => name).toSorted() : []
    },
    stateOf: (app: string): string | undefined =>
      published.at(-1)?.routes.find((one) => one.app === app)?.state,
    /** A worker says that requests wait for these. */
    wake(...names: string[]): void {
      for (const listener of wakeListeners) listener(names)
    },
    visit(...names: string[]): void {
      for (const listener of visitListeners) listener(names)
    },
    /** What a worker counts the times of its slots by. */
    nowMs: Date.now,
    /** Of the slot that ends now, unless the test says another. */
    edge(
      report: Pick<EdgeReport, 'counts' | 'webSockets'> & Partial<EdgeReport>,
      worker = 0,
    ): void {
      edgeReports += 1
      const toMs = report.toMs ?? fake.nowMs()
      const whole = {
        source: `worker-${worker}`,
        number: edgeReports,
        fromMs: toMs - EDGE_SLOT_MS,
        toMs,
        ...report,
      }
      for (const listener of edgeListeners) void listener(whole, worker)
    },
    refuse(address: string, count: number, strays = 0): void {
      for (const listener of refusalListeners) listener([{ address, count, strays }])
    },
    report(counts: Partial<InstanceCounts> & { instance: string }): void {
      const whole = {
        release: 1,
        app: 'hello',
        requests: 0,
        serverErrors: 0,
        connectFailures: 0,
        latency: [],
        ...counts,
      }
      for (const listener of listeners) listener([whole])
    },
  }
  return fake
}
export type FakeProxy = ReturnType<typeof createFakeProxy>
