import type { ObservedInstance } from '@vastrox/shared/agent-api.ts'

/** Rule K8: the crash-loop budget. */
const BUDGET = 5
const WINDOW_MS = 10 * 60_000

/** Counts how often instances have ended by themselves, by what the engine or we have started again. */
export function createCrashLoops(elapsedMs: () => number) {
  const seen = new Map<string, { restarts: number; at: number[] }>()

  function noteAt(name: string, times: number): number {
    const nowMs = elapsedMs()
    const entry = seen.get(name) ?? { restarts: 0, at: [] }
    for (let count = 0; count < Math.min(times, BUDGET); count += 1) entry.at.push(nowMs)
    entry.at = entry.at.filter((at) => nowMs - at < WINDOW_MS).slice(-BUDGET)
    seen.set(name, entry)
    return entry.at.length
  }

  return {
    /**
     * How often it has ended since we looked last, and whether that is its budget. What happened
     * before we looked first does not count.
     */
    look({ name, restarts }: ObservedInstance): { ended: number; isLooping: boolean } {
      const entry = seen.get(name)
      const ended = entry === undefined ? 0 : Math.max(0, restarts - entry.restarts)
      const inWindow = noteAt(name, ended)
      const kept = seen.get(name)
      if (kept) kept.restarts = restarts
      return { ended, isLooping: ended > 0 && inWindow >= BUDGET }
    },
    /** True when it must not be started once more. */
    isUsedUp: (name: string): boolean => noteAt(name, 0) >= BUDGET,
    /** We have started it again ourselves. */
    countOwn(name: string): void {
      noteAt(name, 1)
    },
    /** Its container is a new one: the engine counts from 0 again. */
    isNew(name: string): void {
      const entry = seen.get(name)
      if (entry) entry.restarts = 0
    },
    keepOnly(names: ReadonlySet<string>): void {
      for (const name of seen.keys()) if (!names.has(name)) seen.delete(name)
    },
  }
}
export type CrashLoops = ReturnType<typeof createCrashLoops>
