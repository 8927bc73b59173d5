import { setTimeout as sleep } from 'node:timers/promises'

/** 50,000 lines of an ordinary length are 5 MB. */
const BYTES_PER_SECOND = 10 * 2 ** 20
/** What comes at once is taken at once. */
const BURST_BYTES = 32 * 2 ** 20

interface Options {
  bytesPerSecond?: number
  burstBytes?: number
  now?: () => number
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * Holds up whoever reads the log of an app that prints without end: what it prints would else cost the
 * platform two cores (1 GB took agent and daemon 3.4 s of processor time in 5 s). The engine keeps the
 * last 30 MB; what is older by then is lost, for that app.
 */
export function createLogRate({
  bytesPerSecond = BYTES_PER_SECOND,
  burstBytes = BURST_BYTES,
  now = () => performance.now(),
  wait = (ms, signal) => sleep(ms, undefined, { signal }),
}: Options = {}) {
  let left = burstBytes
  let at = now()

  /** Whether it was held up. */
  return async function take(bytes: number, signal: AbortSignal): Promise<boolean> {
    const since = now()
    left = Math.min(burstBytes, left + ((since - at) / 1_000) * bytesPerSecond) - bytes
    at = since
    if (left >= 0) return false
    await wait((-left / bytesPerSecond) * 1_000, signal)
    return true
  }
}
