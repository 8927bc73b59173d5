import { readFileSync } from 'node:fs'

/** Ended, and only its record is left until its parent asks for it, which some never do. */
const ENDED_STATES = ['Z', 'X', 'x']

/**
 * Whether a process still runs. One that has ended and that nobody has reaped (a zombie) does not:
 * signal 0 and its directory in /proc would call it alive for ever under a PID 1 that reaps nothing.
 */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold blanks and brackets; the state is the first field behind it.
    const state = stat.charAt(stat.lastIndexOf(')') + 2)
    return !ENDED_STATES.includes(state)
  } catch {
    // No such process, or it went away between opening and reading.
    return false
  }
}
