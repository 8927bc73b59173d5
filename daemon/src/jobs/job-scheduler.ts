interface Deps {
  /** Starts what is due, and gives the next time at which something is. */
  runDue: () => Date | undefined
  now: () => Date
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  onProblem: (what: string, error: unknown) => void
}

/** However far the next time is: somebody may set the clock meanwhile. */
const LOOK_EVERY_MS = 30_000
const LEAST_MS = 20

/** Wakes at the times of scheduled jobs. The rows say what is due; nothing is remembered here. */
export function createJobScheduler({ runDue, now, sleep, onProblem }: Deps) {
  const stopping = new AbortController()
  let sooner = new AbortController()
  let running: Promise<void> | undefined

  function look(): number {
    try {
      const next = runDue()
      const waitMs = next ? next.getTime() - now().getTime() : LOOK_EVERY_MS
      return Math.min(LOOK_EVERY_MS, Math.max(LEAST_MS, waitMs))
    } catch (error) {
      onProblem('scheduled jobs could not be looked at', error)
      return LOOK_EVERY_MS
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      sooner = new AbortController()
      await sleep(look(), AbortSignal.any([sooner.signal, stopping.signal])).catch(() => {
        // Another time is the next one by now, or we are stopping.
      })
    }
  }

  return {
    start(): void {
      running ??= loop()
    },
    /** A job has come, gone or changed. */
    wake: (): void => sooner.abort(),
    /** Begins nothing more; what is under way is ended by whoever runs it. */
    async stop(): Promise<void> {
      stopping.abort()
      await running
    },
  }
}
