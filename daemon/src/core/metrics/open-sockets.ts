import type { Clock } from '#ports/clock.ts'
import type { EdgeReport, OpenSockets } from '#ports/routing-snapshot.ts'

/** Where a worker says nothing for so long, its open WebSockets are nobody's any more. */
export const REPORT_IS_OLD_MS = 60_000

type Said = Pick<EdgeReport, 'webSockets' | 'sockets'>

/** WebSockets that are open now, by what each worker said last. */
export function createOpenSockets(clock: Pick<Clock, 'elapsedMs'>) {
  const workers = new Map<number, Said & { at: number }>()

  const fresh = (): Said[] => {
    const since = clock.elapsedMs() - REPORT_IS_OLD_MS
    return [...workers.values()].filter(({ at }) => at >= since)
  }

  return {
    note(worker: number, { webSockets, sockets }: Said): void {
      const at = clock.elapsedMs()
      workers.set(worker, { at, webSockets, ...(sockets && { sockets }) })
    },

    /** Of one app by its name, all workers together. */
    ofApp: (name: string): number =>
      fresh().reduce((sum, { webSockets }) => sum + (webSockets[name] ?? 0), 0),

    /** By the name of the app; of those that anything is said of. */
    byApp(): Map<string, number> {
      const sums = new Map<string, number>()
      for (const { webSockets } of fresh())
        for (const [name, open] of Object.entries(webSockets))
          sums.set(name, (sums.get(name) ?? 0) + open)
      return sums
    },

    /** By app, route and release; workers of a version before say nothing of it. */
    byPart(): OpenSockets[] {
      const sums = new Map<string, OpenSockets>()
      for (const one of fresh().flatMap(({ sockets = [] }) => sockets)) {
        const key = `${one.app} ${one.route} ${one.release}`
        const known = sums.get(key)
        sums.set(key, known ? { ...known, open: known.open + one.open } : one)
      }
      return [...sums.values()]
    },
  }
}
