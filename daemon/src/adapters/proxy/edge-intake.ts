import { EDGE_SLOT_MS, fromOctaves } from '#ports/edge-slots.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { EarlierEdgeReport, EdgeReport } from '#ports/routing-snapshot.ts'

/** Until somebody listens; workers send what is left out again. */
const MOST_HELD = 256

type Listener = Parameters<Proxy['onEdge']>[0]

/** Worker → whoever listens → "taken": a report is said to be taken when all of them have kept it. */
export function createEdgeIntake(say: (line: string) => void) {
  const listeners = new Set<Listener>()
  /** Sent again by a worker whose patience ended: once is enough. */
  const underWay = new Set<string>()
  let held: (() => void)[] = []
  let earlier = 0

  async function give(report: EdgeReport, worker: number): Promise<boolean> {
    const all = [...listeners].map(async (listener) => listener(report, worker))
    const failed = (await Promise.allSettled(all)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') say(`counts of visitors were not kept: ${failed.reason}`)
    return failed === undefined
  }

  function take(report: EdgeReport, worker: number, onTaken: () => void): void {
    const key = `${report.source} ${report.number}`
    if (underWay.has(key)) return
    underWay.add(key)
    void give(report, worker).then((isKept) => {
      underWay.delete(key)
      if (isKept) onTaken()
    })
  }

  /** While nobody listens nobody keeps it. */
  function add(report: EdgeReport, worker: number, onTaken: () => void): void {
    if (listeners.size > 0) take(report, worker, onTaken)
    else if (held.length < MOST_HELD) held.push(() => take(report, worker, onTaken))
  }

  function giveHeld(): void {
    if (listeners.size === 0) return
    const all = held
    held = []
    for (const each of all) each()
  }

  return {
    listen(listener: Listener): () => void {
      listeners.add(listener)
      // Whoever else begins to listen now is given them too.
      setImmediate(giveHeld)
      return () => listeners.delete(listener)
    },

    add,

    /** Of a worker of a version before, which sends it once and forgets it. */
    addEarlier(
      { counts, webSockets }: EarlierEdgeReport,
      from: { worker: number; pid: number },
    ): void {
      earlier += 1
      const toMs = Date.now()
      const report: EdgeReport = {
        source: `earlier-${from.worker}-${from.pid}-${toMs}`,
        number: earlier,
        fromMs: toMs - EDGE_SLOT_MS,
        toMs,
        counts: counts.map((one) => ({ ...one, times: [...fromOctaves(one.times)] })),
        webSockets,
      }
      add(report, from.worker, () => undefined)
    },
  }
}
