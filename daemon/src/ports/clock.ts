/** Time is always passed in (rule R11). */
export interface Clock {
  now(): Date
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
