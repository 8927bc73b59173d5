import type { Clock } from '#ports/clock.ts'

/** A row that waits for its turn, whatever is delivered by it. */
interface Waiting {
  id: string
  state: string
  nextAttemptAt: string | null
}

interface Deps<Delivery extends Waiting> {
  deliveries: {
    listDueForPlatform(now: Date, each: number): Delivery[]
    nextDueForPlatform(now: Date): Date | undefined
    findForPlatform(id: string): Delivery | undefined
    saveForPlatform(delivery: Delivery): void
  }
  /** One try, with everything that comes of it. */
  work: (delivery: Delivery, signal: AbortSignal) => Promise<void>
  /** What is delivered, for whoever reads of trouble. */
  what?: string
  /** Tries under way together of those that have one receiver. */
  togetherEach?: number
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

/** Tries under way together, of them to one webhook: one that hangs holds up nobody else. */
const TOGETHER = 8
const TOGETHER_EACH = 2
/** Rows are looked at again at least so often, whatever the machine's clock does (rule R11). */
const MOST_SLEEP_MS = 600_000
const AFTER_TROUBLE_MS = 60_000

/**
 * Gives every delivery that waits its turn. There is a timer only while one waits: with nothing to
 * deliver, nothing is looked at.
 */
export function createDeliveryRunner<Delivery extends Waiting>({
  deliveries,
  work,
  what = 'a webhook',
  togetherEach = TOGETHER_EACH,
  clock,
  onProblem,
}: Deps<Delivery>) {
  const stopping = new AbortController()
  const underWay = new Set<string>()
  let waking = new AbortController()
  let isRunning = false

  function startDue(now: Date): void {
    for (const delivery of deliveries.listDueForPlatform(now, togetherEach)) {
      if (underWay.size >= TOGETHER) return
      if (underWay.has(delivery.id)) continue
      underWay.add(delivery.id)
      void work(delivery, stopping.signal)
        .catch((error: unknown) => {
          if (!stopping.signal.aborted) putOff(delivery, error)
        })
        .finally(() => {
          underWay.delete(delivery.id)
          waking.abort()
        })
    }
  }

  /** Something of ours went wrong: not again at once. */
  function putOff(delivery: Delivery, error: unknown): void {
    onProblem(`${what} was not delivered`, error)
    const nextAttemptAt = new Date(clock.now().getTime() + AFTER_TROUBLE_MS).toISOString()
    // As it stands now: it may have been given up, or be gone.
    const found = deliveries.findForPlatform(delivery.id)
    if (found?.state === 'waiting') deliveries.saveForPlatform({ ...found, nextAttemptAt })
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController()
      let restMs = AFTER_TROUBLE_MS
      try {
        // One moment for both: a turn between them would be seen by neither.
        const now = clock.now()
        startDue(now)
        const next = deliveries.nextDueForPlatform(now)
        if (next === undefined && underWay.size === 0) break
        restMs = Math.min(MOST_SLEEP_MS, next ? next.getTime() - now.getTime() : MOST_SLEEP_MS)
      } catch (error) {
        if (stopping.signal.aborted) break
        onProblem(`what waits for ${what} cannot be read`, error)
      }
      await clock
        .sleep(Math.max(1, restMs), AbortSignal.any([stopping.signal, waking.signal]))
        .catch(() => undefined)
    }
    isRunning = false
  }

  return {
    /** There may be something new in the rows. */
    kick(): void {
      if (stopping.signal.aborted) return
      if (isRunning) {
        waking.abort()
        return
      }
      isRunning = true
      void run()
    },
    /** What is under way is sent once more by the next daemon, from its row. */
    stop: (): void => stopping.abort(new Error('the daemon stops')),
  }
}
export type DeliveryRunner = ReturnType<typeof createDeliveryRunner>
