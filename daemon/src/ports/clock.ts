/** Time is always passed in (rule R11). */
export interface Clock {
  now(): Date
  /** Whole milliseconds since some moment; nobody can set it. Durations are measured with it, never with `now`. */
  elapsedMs(): number
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
