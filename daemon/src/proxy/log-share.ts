/** Of what went well, so many lines of an app are written in a second by each worker before their share is made smaller. */
const LINES_A_SECOND = 250
const WINDOW_MS = 1_000
/** In a hundred, as whole numbers: a line says the share that it stands for. */
const SHARES = [100, 50, 20, 10, 5, 2, 1] as const
/** So many apps are told apart: beyond, all begin anew, which writes some lines more. */
const MOST_APPS = 20_000

interface Busy {
  since: number
  /** What came in this window, and was written of it since the share was made smaller. */
  came: number
  written: number
  step: number
}

/**
 * The share of an app's ordinary requests that is written down. All of them up to 250 a second; of a
 * crowd as many as come to that, from half of them down to one in a hundred: a file of 64 MB would
 * else be full within half a minute, and what failed an hour ago be gone for it.
 */
export function createLogShare() {
  const apps = new Map<string, Busy>()

  function busyOf(app: string, now: number): Busy {
    const known = apps.get(app)
    if (known) return known
    if (apps.size >= MOST_APPS) apps.clear()
    const begun = { since: now, came: 0, written: 0, step: 0 }
    apps.set(app, begun)
    return begun
  }

  return {
    /** In a hundred. `now` in milliseconds of a clock that does not go back. */
    next(app: string, now: number): number {
      const busy = busyOf(app, now)
      const age = now - busy.since
      if (age >= WINDOW_MS) {
        busy.step = age < 2 * WINDOW_MS ? stepFor(busy.came) : 0
        busy.since = now
        busy.came = 0
        busy.written = 0
      } else if (busy.written >= LINES_A_SECOND && busy.step < SHARES.length - 1) {
        busy.step += 1
        busy.written = 0
      }
      busy.came += 1
      return SHARES[busy.step] ?? 1
    },
    wrote(app: string): void {
      const busy = apps.get(app)
      if (busy) busy.written += 1
    },
  }
}

function stepFor(came: number): number {
  const step = SHARES.findIndex((share) => (came * share) / 100 <= LINES_A_SECOND)
  return step === -1 ? SHARES.length - 1 : step
}
