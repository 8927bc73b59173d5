import { Interrupted } from '#core/deployments/interrupted.ts'

/** What the queue must know of a deployment. */
export interface QueuedDeployment {
  id: string
  appId: string
  /** It needs the one place at the builder. */
  builds: boolean
  /** Taken up already, perhaps by a daemon that is no more. */
  underWay: boolean
}

interface Deps {
  /** Those that wait or are under way, oldest first. */
  open: () => QueuedDeployment[]
  /** Walks one to its end. */
  run: (id: string, signal: AbortSignal) => Promise<void>
  maxBuilds: number
  onProblem: (what: string, error: unknown) => void
}

/**
 * One deployment under way per app, builds one at a time over all apps. The rows are the queue: a
 * daemon that starts again finds in them what it had to do.
 */
export function createDeploymentQueue({ open, run, maxBuilds, onProblem }: Deps) {
  const running = new Map<
    string,
    { deployment: QueuedDeployment; abort: AbortController; done: Promise<void> }
  >()
  let stopped = false
  let started = false

  /** Afterwards, so that the caller's transaction is over when the first step is taken. */
  const wake = (): void => queueMicrotask(beginWhatMay)

  function beginWhatMay(): void {
    if (!started || stopped) return
    try {
      for (const deployment of open()) if (mayBegin(deployment)) begin(deployment)
    } catch (error) {
      onProblem('the queue of deployments cannot be read', error)
    }
  }

  function mayBegin({ id, appId, builds }: QueuedDeployment): boolean {
    const others = [...running.values()].map(({ deployment }) => deployment)
    if (running.has(id) || others.some((other) => other.appId === appId)) return false
    return !builds || others.filter((other) => other.builds).length < maxBuilds
  }

  function begin(deployment: QueuedDeployment): void {
    const abort = new AbortController()
    const done = run(deployment.id, abort.signal)
      .catch((error: unknown) => onProblem('a deployment broke off', error))
      .finally(() => {
        running.delete(deployment.id)
        wake()
      })
    running.set(deployment.id, { deployment, abort, done })
  }

  return {
    /** Takes up what the rows say, first of all what was under way. */
    start(): void {
      started = true
      wake()
    },
    wake,
    cancel(id: string): boolean {
      const current = running.get(id)
      current?.abort.abort(new Interrupted('cancelled'))
      return current !== undefined
    },
    isRunning: (id: string): boolean => running.has(id),
    /** The build is done: its place is free for the next. */
    releaseBuilder(id: string): void {
      const current = running.get(id)
      if (!current?.deployment.builds) return
      current.deployment = { ...current.deployment, builds: false }
      wake()
    },
    /** Lets go of everything; the rows keep where each stands. */
    async stop(): Promise<void> {
      stopped = true
      for (const { abort } of running.values()) abort.abort(new Interrupted('stopping'))
      await Promise.all([...running.values()].map(({ done }) => done))
    },
    /** Resolves when nothing is being run. */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}
export type DeploymentQueueJob = ReturnType<typeof createDeploymentQueue>
