interface Deps {
  /** What is done each time; one that fails does not keep the others from being done. */
  tasks: readonly { name: string; run: () => Promise<unknown> }[]
  everyMs: number
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  onProblem: (what: string, error: unknown) => void
}

/** Runs its tasks one after the other, again and again, the first time after one interval. */
export function createHousekeeping({ tasks, everyMs, sleep, onProblem }: Deps) {
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  async function runAll(): Promise<void> {
    for (const { name, run } of tasks)
      if (!stopping.signal.aborted)
        await run().catch((error: unknown) => onProblem(`${name} failed`, error))
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(everyMs, stopping.signal).catch(() => {
        // Stopping.
      })
      await runAll()
    }
  }

  return {
    start(): void {
      running ??= loop()
    },
    async stop(): Promise<void> {
      stopping.abort()
      await running
    },
  }
}
