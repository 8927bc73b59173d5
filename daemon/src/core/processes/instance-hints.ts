import type { WatchEvent } from '@vastrox/shared/agent-api.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

export type InstanceHint = Extract<WatchEvent, { type: 'instance' | 'engine-restarted' }>

interface Deps {
  agent: NodeAgent
  clock: Clock
}

const REDIAL_MS = 1_000

/** One connection to the agent's watch for the whole daemon. Hints only: nobody relies on them (rule K6). */
export function createInstanceHints({ agent, clock }: Deps) {
  const listeners = new Set<(hint: InstanceHint) => void>()
  const engineListeners = new Set<() => void>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  function tell(hint: InstanceHint): void {
    for (const listener of listeners) listener(hint)
  }

  async function listen(): Promise<void> {
    try {
      for await (const event of agent.watch(stopping.signal)) {
        if (event.type === 'engine-restarted') for (const listener of engineListeners) listener()
        if (event.type === 'instance' || event.type === 'engine-restarted') tell(event)
      }
    } catch {
      // The agent is away, which everybody who asks it something learns for himself.
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await listen()
      await clock.sleep(REDIAL_MS, stopping.signal).catch(() => {
        // Stopping.
      })
      // What happened in between was not heard.
      if (!stopping.signal.aborted) tell({ type: 'engine-restarted' })
    }
  }

  return {
    start(): void {
      running ??= run()
    },
    async stop(): Promise<void> {
      stopping.abort()
      await running
    },
    /**
     * That the agent has seen the engine come back: `on` tells the same of every time that the watch
     * was dialled again. Returns the way to stop.
     */
    onEngineStart(listener: () => void): () => void {
      engineListeners.add(listener)
      return () => engineListeners.delete(listener)
    },
    /** Returns the way to stop. */
    on(listener: (hint: InstanceHint) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
export type InstanceHints = ReturnType<typeof createInstanceHints>
