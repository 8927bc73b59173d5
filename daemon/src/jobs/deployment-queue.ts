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
  /** Told once about one that has to wait. */
  onWaiting: (id: string, reason: 'app' | 'builder') => void
  sleep: (ms: number) => Promise<void>
  onProblem: (what: string, error: unknown) => void
}

/** One that broke off without an end (a full disk) is taken up again, but not at once. */
const TAKE_UP_AGAIN_MS = 10_000

/**
 * One deployment under way per app, builds one at a time over all apps. The rows are the queue: a
 * daemon that starts again finds in them what it had to do.
 */
export function createDeploymentQueue(deps: Deps) {
  const { open, run, maxBuilds, onProblem } = deps
  const running = new Map<
    string,
    { deployment: QueuedDeployment; abort: AbortController; done: Promise<void> }
  >()
  const told = new Set<string>()
  const held = new Set<string>()
  let stopped = false
  let started = false

  /** Afterwards, so that the caller's transaction is over when the first step is taken. */
  const wake = (): void => queueMicrotask(beginWhatMay)

  function beginWhatMay(): void {
    if (!started || stopped) return
    try {
      for (const deployment of open()) {
        const reason = whyNot(deployment)
        if (reason === undefined) begin(deployment)
        else if (reason !== 'running') tell(deployment.id, reason)
      }
    } catch (error) {
      onProblem('the queue of deployments cannot be read', error)
    }
  }

  function whyNot({
    id,
    appId,
    builds,
  }: QueuedDeployment): 'running' | 'app' | 'builder' | undefined {
    if (running.has(id) || held.has(id)) return 'running'
    const others = [...running.values()].map(({ deployment }) => deployment)
    if (others.some((other) => other.appId === appId)) return 'app'
    const isBuilderFree = others.filter((other) => other.builds).length < maxBuilds
    return builds && !isBuilderFree ? 'builder' : undefined
  }

  function tell(id: string, reason: 'app' | 'builder'): void {
    if (told.has(id)) return
    told.add(id)
    deps.onWaiting(id, reason)
  }

  function begin(deployment: QueuedDeployment): void {
    const { id } = deployment
    told.delete(id)
    const abort = new AbortController()
    const done = run(id, abort.signal)
      .catch((error: unknown) => onProblem('a deployment broke off', error))
      .finally(() => {
        running.delete(id)
        if (!stopped) holdUnended(id)
        wake()
      })
    running.set(id, { deployment, abort, done })
  }

  function holdUnended(id: string): void {
    if (!isOpen(id)) return
    held.add(id)
    void deps.sleep(TAKE_UP_AGAIN_MS).then(() => {
      held.delete(id)
      wake()
    })
  }

  /** Where the rows cannot be read, they cannot have been brought to an end either. */
  function isOpen(id: string): boolean {
    try {
      return open().some((one) => one.id === id)
    } catch {
      return true
    }
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
