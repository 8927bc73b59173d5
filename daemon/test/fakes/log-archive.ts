import type { LineToKeep, LogArchive } from '#ports/log-archive.ts'

/** In memory; `breakNext` makes the next append fail. */
export function createFakeLogArchive() {
  const logs = new Map<string, LineToKeep[]>()
  let broken = 0
  const archive: LogArchive = {
    append: async (appId, lines) => {
      if (broken > 0) {
        broken -= 1
        throw new Error('no space left on device')
      }
      logs.set(appId, [...(logs.get(appId) ?? []), ...lines])
    },
    tail: async (appId, limit) => (logs.get(appId) ?? []).slice(-limit).map(({ line }) => line),
    lastTimes: async (appId) =>
      new Map(
        (logs.get(appId) ?? []).flatMap(({ instance, line }) =>
          instance === null ? [] : [[instance, line.at]],
        ),
      ),
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
