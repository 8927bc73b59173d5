/** What goes first: a restore before a backup, that before proof, and a check last of all. */
export type TurnKind = 'restore' | 'backup' | 'drill' | 'check'

interface Waiting {
  kind: TurnKind
  begin: () => void
}

const RANK: Record<TurnKind, number> = { restore: 0, backup: 1, drill: 2, check: 3 }

/**
 * One at a time on each node: backups, restores, drills and checks read and write a lot. Of those that
 * wait the most urgent goes first, and of equals the one that came first.
 */
export function createNodeTurns() {
  const busy = new Set<string>()
  const waiting = new Map<string, Waiting[]>()

  const queueOf = (node: string): Waiting[] => {
    const known = waiting.get(node)
    if (known) return known
    const queue: Waiting[] = []
    waiting.set(node, queue)
    return queue
  }

  function end(node: string): void {
    const queue = queueOf(node)
    const [next] = queue.toSorted((one, other) => RANK[one.kind] - RANK[other.kind])
    if (!next) {
      busy.delete(node)
      return
    }
    queue.splice(queue.indexOf(next), 1)
    next.begin()
  }

  function until(node: string, kind: TurnKind, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const queue = queueOf(node)
    const mine: Waiting = { kind, begin: resolve }
    queue.push(mine)
    const onAbort = (): void => {
      const at = queue.indexOf(mine)
      if (at === -1) return
      queue.splice(at, 1)
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  return {
    /** Resolves to how the turn is ended, once; rejects with the signal's reason while it waits. */
    async take(node: string, kind: TurnKind, signal: AbortSignal): Promise<() => void> {
      signal.throwIfAborted()
      if (busy.has(node)) await until(node, kind, signal)
      else busy.add(node)
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        end(node)
      }
    },

    /** True where something more urgent than a drill waits: a drill that can stop then does. */
    hasUrgent: (node: string): boolean => queueOf(node).some(({ kind }) => RANK[kind] < RANK.drill),
  }
}
export type NodeTurns = ReturnType<typeof createNodeTurns>
