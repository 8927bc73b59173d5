/**
 * Lets so many run at once and the others wait in the order they came. Waiting ends by the signal.
 * `onWait` is told how many are before it.
 */
export function createQueue(atOnce: number) {
  let running = 0
  const waiting: (() => void)[] = []

  const acquire = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    if (running < atOnce) {
      running += 1
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const giveUp = (): void => {
      const place = waiting.indexOf(resolve)
      // It has been given its turn in this very moment: nobody else's place is to be lost.
      if (place === -1) return
      waiting.splice(place, 1)
      reject(signal.reason)
    }
    waiting.push(resolve)
    signal.addEventListener('abort', giveUp, { once: true })
    await promise
    signal.removeEventListener('abort', giveUp)
  }

  /** A place is handed on, not given back, so that nobody overtakes. */
  const release = (): void => {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  return async function run<Result>(
    signal: AbortSignal,
    onWait: (ahead: number) => void,
    work: () => Promise<Result>,
  ): Promise<Result> {
    if (running >= atOnce) onWait(waiting.length + 1)
    await acquire(signal)
    try {
      return await work()
    } finally {
      release()
    }
  }
}
export type Queue = ReturnType<typeof createQueue>
