/** The work's end, however it ends, or the signal. Never rejects. */
export function endedBy(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  work.then(resolve, () => resolve())
  return promise
}
