/**
 * At most so many at the same time; the others wait in the order they came. `take` gives how to end
 * the turn, once; it rejects with the signal's reason while it waits.
 */
export function createTurns(max: number) {
  const waiting: (() => void)[] = []
  let busy = 0

  function end(): void {
    const next = waiting.shift()
    // Whoever ends hands its turn over.
    if (next) next()
    else busy -= 1
  }

  return {
    async take(signal: AbortSignal): Promise<() => void> {
      signal.throwIfAborted()
      if (busy < max) busy += 1
      else await until(signal)
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        end()
      }
    },
  }

  function until(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    waiting.push(resolve)
    const onAbort = (): void => {
      const at = waiting.indexOf(resolve)
      if (at === -1) return
      waiting.splice(at, 1)
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', onAbort))
  }
}
