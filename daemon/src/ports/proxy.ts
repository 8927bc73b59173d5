import type {
  EdgeReport,
  InstanceCounts,
  Refusal,
  RoutingSnapshot,
} from '#ports/routing-snapshot.ts'

/** The data plane, seen from the control plane. */
export interface Proxy {
  /**
   * Sends the whole routing state. Resolves when every live worker has acknowledged the generation.
   * A worker that was lost is waited for as long as it may take to dial again; with no worker alive
   * after that, it resolves once the snapshot is what the next worker will be given.
   * Rejects with ROUTE_SWITCH_FAILED after `timeoutMs`: some worker may have it, and gets it again.
   */
  publish(snapshot: RoutingSnapshot, timeoutMs: number): Promise<void>
  /**
   * Requests and upgraded connections under way to these instances, over all live workers. Rejects
   * with ROUTE_SWITCH_FAILED when one does not answer, or has not dialled again, in `timeoutMs`.
   */
  underWay(instances: readonly string[], timeoutMs: number): Promise<number>
  /** Ends what is still open to these instances (after the drain limit). */
  cut(instances: readonly string[]): void
  /** Called about once a second with what was counted since. Returns the way to stop. */
  onCounts(listener: (counts: InstanceCounts[]) => void): () => void
  /** The same for requests that made no sense, by the address they came from. */
  onRefusals(listener: (refusals: Refusal[]) => void): () => void
  /** Apps whose visitors wait for them to wake; said again every second while they do. */
  onWake(listener: (apps: readonly string[]) => void): () => void
  /** Apps that may sleep and have had visitors since; the way to stop, as above. */
  onVisits(listener: (apps: readonly string[]) => void): () => void
  /**
   * What visitors met, every 15 s from each worker, and what it has kept while nobody took it. A worker
   * forgets a report when every listener has returned (or its promise resolved): it is kept for good
   * then. One that rejects is given it again, as all are after a restart: the same `source` and
   * `number` is the same report. While nobody listens nothing is taken; who begins to listen later than
   * others, or later than the first publish, may miss what was kept.
   */
  onEdge(listener: (report: EdgeReport, worker: number) => void | Promise<void>): () => void
  workers(): { worker: number; pid: number; generation: number }[]
}
