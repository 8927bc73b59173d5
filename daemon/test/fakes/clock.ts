import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '#ports/clock.ts'

export const NOON = new Date('2026-11-22T12:00:00.000Z')

interface Sleeper {
  at: number
  wake: () => void
}

/**
 * Time that passes only when a test says so: who sleeps is woken in the order of time. `until` lets
 * as much of it pass as a promise needs.
 */
export function createFakeClock(start: Date = NOON) {
  let nowMs = start.getTime()
  let jumpedMs = 0
  const sleepers = new Set<Sleeper>()

  const clock: Clock = {
    now: () => new Date(nowMs + jumpedMs),
    elapsedMs: () => nowMs - start.getTime(),
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const sleeper = { at: nowMs + ms, wake: () => finish(resolve) }
      const onAbort = (): void => finish(() => reject(signal?.reason))
      function finish(settle: () => void): void {
        sleepers.delete(sleeper)
        signal?.removeEventListener('abort', onAbort)
        settle()
      }
      if (signal?.aborted) reject(signal.reason)
      else {
        sleepers.add(sleeper)
        signal?.addEventListener('abort', onAbort)
      }
      return promise
    },
  }

  function wakeNext(limitMs: number): boolean {
    const [next] = [...sleepers].toSorted((one, other) => one.at - other.at)
    if (!next || next.at > limitMs) return false
    nowMs = Math.max(nowMs, next.at)
    next.wake()
    return true
  }

  return {
    ...clock,
    /** Lets everything happen that needs no time to pass. */
    settle,
    /** Somebody sets the machine's clock: no time has passed. */
    jump(ms: number): void {
      jumpedMs += ms
    },
    /** Lets this much time pass, and whatever happens in it. */
    async pass(ms: number): Promise<void> {
      const end = nowMs + ms
      await settle()
      while (wakeNext(end)) await settle()
      nowMs = end
    },
    /**
     * Lets time pass until the promise is settled; throws after `limitMs` of it. Where nothing waits for
     * time, something may be loading for the first time, which takes real time.
     */
    async until<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
      const end = nowMs + limitMs
      const progress = { isSettled: false }
      const mark = (): void => {
        progress.isSettled = true
      }
      promise.then(mark, mark)
      await settle()
      const giveUpAt = performance.now() + LOADING_MS
      while (!progress.isSettled) {
        if (!wakeNext(end)) {
          if (performance.now() > giveUpAt)
            throw new Error(`nothing happens any more within ${limitMs} ms`)
          await sleep(1)
        }
        await settle()
      }
      return promise
    },
  }
}
export type FakeClock = ReturnType<typeof createFakeClock>

const TURNS = 12
/** Of modules that are loaded when they are first needed. */
const LOADING_MS = 10_000

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1)
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
}
