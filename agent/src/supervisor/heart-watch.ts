import type { RunningProcess } from '#agent/supervisor/launch.ts'

interface Options {
  name: string
  report: (line: string) => void
  /** Milliseconds of a clock that never goes back. */
  now?: () => number
}

const LOOK_EVERY_MS = 1_000
/** Beats come every second. */
const SILENCE_MS = 10_000
/** A look that comes this long after the one before: the machine is busy, and so is who should beat. */
const LATE_LOOK_MS = 2 * LOOK_EVERY_MS

/**
 * The run, killed when it was ready and has given no sign of life for ten seconds, in all of which
 * this process came to its own turn in time: what is slow with everybody is no reason to kill it.
 */
export function killWhenSilent(
  run: RunningProcess,
  { name, report, now = () => performance.now() }: Options,
): RunningProcess {
  let heard = 0
  let lookedAt = now()
  let silentSince = lookedAt
  let wasKilled = false

  const timer = setInterval(() => {
    const at = now()
    const isLate = at - lookedAt > LATE_LOOK_MS
    const isReady = heard > 0
    lookedAt = at
    if (isLate || !isReady || run.beats() > heard) {
      heard = run.beats()
      silentSince = at
      return
    }
    if (at - silentSince < SILENCE_MS) return
    clearInterval(timer)
    wasKilled = true
    report(`${name} (pid ${run.pid}) gave no sign of life for ${SILENCE_MS} ms; killed`)
    run.kill()
  }, LOOK_EVERY_MS)

  const ended = run.ended.then((end) => {
    clearInterval(timer)
    return wasKilled ? { ...end, words: `no sign of life, ${end.words}` } : end
  })
  return { ...run, ended }
}
