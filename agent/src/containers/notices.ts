import type { WatchEvent } from '@vastrox/shared/agent-api.ts'

/** What the agent has to tell those who watch, beside what the engine tells. */
export function createNotices() {
  const listeners = new Set<(event: WatchEvent) => void>()
  return {
    tell(event: WatchEvent): void {
      for (const listener of listeners) listener(event)
    },
    /** Returns the way to stop. */
    on(listener: (event: WatchEvent) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
export type Notices = ReturnType<typeof createNotices>
