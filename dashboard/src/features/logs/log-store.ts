import type { FoundLine } from '@vastrox/shared/log.ts'

/** As many as a page holds at most; then the oldest are let go of. */
export const MOST_HELD = 1_000_000
/** So many are let go of together: each by itself would move all the others. */
const LET_GO = 50_000

/**
 * The lines that a page holds, oldest first. It is changed in place: a million lines are not copied
 * for each that comes. Whoever draws it is told, and reads `version` to see that it has changed.
 */
export function createLogStore(most = MOST_HELD, letGo = LET_GO) {
  let lines: FoundLine[] = []
  let version = 0
  /** How many lines were put in front of the others, or are no more there (negative), so far. */
  let moved = 0
  const listeners = new Set<() => void>()

  const tell = (): void => {
    version += 1
    for (const listener of listeners) listener()
  }

  return {
    append(fresh: readonly FoundLine[]): void {
      if (fresh.length === 0) return
      for (const line of fresh) lines.push(line)
      if (lines.length > most) {
        const gone = Math.min(lines.length, Math.max(letGo, lines.length - most))
        lines.splice(0, gone)
        moved -= gone
      }
      tell()
    },
    /** Older ones; where there is no room for them they are left out, and false is returned. */
    prepend(older: readonly FoundLine[]): boolean {
      if (lines.length + older.length > most) return false
      if (older.length === 0) return true
      lines = [...older, ...lines]
      moved += older.length
      tell()
      return true
    },
    line: (index: number): FoundLine | undefined => lines[index],
    count: (): number => lines.length,
    moved: (): number => moved,
    newest: (): FoundLine | undefined => lines.at(-1),
    oldest: (): FoundLine | undefined => lines[0],
    indexOf: (id: string): number => lines.findLastIndex((line) => line.id === id),
    /** The text of all of them, for copying. */
    all: (): readonly FoundLine[] => lines,
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: (): number => version,
  }
}
export type LogStore = ReturnType<typeof createLogStore>
