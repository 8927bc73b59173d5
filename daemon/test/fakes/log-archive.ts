import { logMatcher } from '#lib/log-match.ts'
import type { LineToKeep, LogArchive, NumberedLine } from '#ports/log-archive.ts'

/** In memory; `breakNext` makes the next append fail. */
export function createFakeLogArchive() {
  const logs = new Map<string, LineToKeep[]>()
  let broken = 0
  const linesOf = (appId: string): NumberedLine[] =>
    (logs.get(appId) ?? []).map(({ line }, index) => ({ number: index + 1, line }))
  const archive: LogArchive = {
    append: async (appId, lines) => {
      if (broken > 0) {
        broken -= 1
        throw new Error('no space left on device')
      }
      const kept = logs.get(appId) ?? []
      logs.set(appId, [...kept, ...lines])
      return kept.length + 1
    },
    tail: async (appId, limit) => (limit === 0 ? [] : linesOf(appId).slice(-limit)),
    after: async (appId, number, limit) => linesOf(appId).slice(number, number + limit),
    lastNumber: async (appId) => linesOf(appId).length,
    lastTimes: async (appId) =>
      new Map(
        (logs.get(appId) ?? []).flatMap(({ instance, line }) =>
          instance === null ? [] : [[instance, line.at]],
        ),
      ),
    search: async (appId, { filter, from, limit }) => {
      const matcher = logMatcher(filter)
      const isNewest = 'before' in from
      const before = isNewest ? (from.before ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
      const after = isNewest ? 0 : from.after
      const all = linesOf(appId).filter(
        ({ number, line }) => number < before && number > after && matcher.matches(line),
      )
      const lines = (isNewest ? all.toReversed() : all).slice(0, limit)
      const next = all.length > limit ? (lines.at(-1)?.number ?? null) : null
      return { lines, next, scannedBytes: 0 }
    },
    use: async (appId) => {
      const lines = linesOf(appId)
      const lineBytes = lines.reduce((sum, { line }) => sum + line.text.length, 0)
      return { usedBytes: lineBytes, lineBytes, oldestAt: lines[0]?.line.at ?? null }
    },
    keepWithinLimits: async () => {},
    remove: async (appId) => {
      logs.delete(appId)
    },
  }
  return {
    archive,
    texts: (appId: string): string[] => (logs.get(appId) ?? []).map(({ line }) => line.text),
    breakNext: (times: number): void => {
      broken = times
    },
  }
}
