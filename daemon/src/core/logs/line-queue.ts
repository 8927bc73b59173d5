/**
 * Between a source that does not wait and a reader that may be slow: holds at most `max` items, then
 * drops the newest and tells how many when the reader comes back to them.
 */
export function createLineQueue<T>(max: number, dropped: (count: number) => T) {
  const items: T[] = []
  let missed = 0
  let wake = (): void => {}

  return {
    push(item: T): void {
      if (items.length >= max) missed += 1
      else {
        if (missed > 0) items.push(dropped(missed))
        missed = 0
        items.push(item)
      }
      wake()
    },

    /** Until the signal aborts. */
    async *read(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
      signal.addEventListener('abort', () => wake(), { once: true })
      while (!signal.aborted) {
        const item = items.shift()
        if (item !== undefined) yield item
        else if (missed > 0) {
          items.push(dropped(missed))
          missed = 0
        } else {
          const { promise, resolve } = Promise.withResolvers<void>()
          wake = resolve
          await promise
        }
      }
    },
  }
}
