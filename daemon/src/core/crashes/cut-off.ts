import type { Clock } from '#ports/clock.ts'
import type { Proxy } from '#ports/proxy.ts'

interface Deps {
  proxy: Pick<Proxy, 'onCounts'>
  clock: Clock
}

interface Broken {
  count: number
  atMs: number
}

/** The proxy tells once a second: what broke off with an instance is told of a little before or after. */
const NEAR_MS = 4_000

/** Requests that broke off since the instance under them was gone: what was in flight at its end. */
export function createCutOff({ proxy, clock }: Deps) {
  const broken = new Map<string, Broken>()
  const waiting = new Map<string, { untilMs: number; onMore: (count: number) => void }>()
  let stop: (() => void) | undefined

  function note(instance: string, count: number): void {
    const nowMs = clock.elapsedMs()
    for (const [name, { atMs }] of broken) if (nowMs - atMs > NEAR_MS) broken.delete(name)
    for (const [name, { untilMs }] of waiting) if (nowMs > untilMs) waiting.delete(name)
    const listener = waiting.get(instance)
    if (listener) {
      listener.onMore(count)
      return
    }
    broken.set(instance, { count: (broken.get(instance)?.count ?? 0) + count, atMs: nowMs })
  }

  return {
    start(): void {
      stop ??= proxy.onCounts((counts) => {
        for (const { instance, cutOff = 0 } of counts) if (cutOff > 0) note(instance, cutOff)
      })
    },
    stop(): void {
      stop?.()
      stop = undefined
    },
    /** It has ended, perhaps again: what is told from now on is not of the end before. */
    noteEnd: (instance: string): void => {
      waiting.delete(instance)
    },
    /** How many were told of until now; `onMore` hears of those that follow. */
    take(instance: string, onMore: (count: number) => void): number {
      const known = broken.get(instance)
      broken.delete(instance)
      waiting.set(instance, { untilMs: clock.elapsedMs() + NEAR_MS, onMore })
      return known && clock.elapsedMs() - known.atMs <= NEAR_MS ? known.count : 0
    },
  }
}
export type CutOff = ReturnType<typeof createCutOff>
