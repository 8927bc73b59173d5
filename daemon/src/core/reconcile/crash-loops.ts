import type { ObservedInstance } from '@vastrox/shared/agent-api.ts'

/** Rule K8: the crash-loop budget. */
const BUDGET = 5
const WINDOW_MS = 10 * 60_000

/** Counts how often instances have been started again, by the engine or by us. */
export function createCrashLoops(elapsedMs: () => number) {
  const seen = new Map<string, { restarts: number; at: number[] }>()

  function noteAt(name: string, times: number): number {
    const nowMs = elapsedMs()
    const entry = seen.get(name) ?? { restarts: 0, at: [] }
    for (let count = 0; count < Math.min(times, BUDGET + 1); count += 1) entry.at.push(nowMs)
    entry.at = entry.at.filter((at) => nowMs - at < WINDOW_MS)
    seen.set(name, entry)
    return entry.at.length
  }

  return {
    /** True when the budget is used up. What happened before we looked first does not count. */
    isLooping({ name, restarts }: ObservedInstance): boolean {
      const entry = seen.get(name)
      const added = entry === undefined ? 0 : Math.max(0, restarts - entry.restarts)
      const inWindow = noteAt(name, added)
      const kept = seen.get(name)
      if (kept) kept.restarts = restarts
      return inWindow > BUDGET
    },
    /** True when it must not be started once more. */
    isUsedUp: (name: string): boolean => noteAt(name, 0) >= BUDGET,
    /** We have started it again ourselves. */
    countOwn(name: string): void {
      noteAt(name, 1)
    },
    forget(name: string): void {
      seen.delete(name)
    },
    keepOnly(names: ReadonlySet<string>): void {
      for (const name of seen.keys()) if (!names.has(name)) seen.delete(name)
    },
  }
}
export type CrashLoops = ReturnType<typeof createCrashLoops>
