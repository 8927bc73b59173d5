import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_EVERY_MS = 20_000
/** Less processor time than this between two looks is idle. */
const IDLE_US = 100_000
/** More than this since the last collection was work that may have left garbage. */
const WORKED_US = 400_000

/**
 * Gives back the memory that work has left, once it is over: V8 collects when it allocates, so that a
 * process which has become idle would keep its largest heap for ever (promise 10). A collection takes
 * some tens of milliseconds, and only happens while next to nothing is going on.
 */
export function trimMemoryWhenIdle(collect = openCollector()): void {
  let before = cpuMicros()
  let workedMicros = WORKED_US
  setInterval(() => {
    const now = cpuMicros()
    const spent = now - before
    before = now
    workedMicros += spent
    if (spent > IDLE_US || workedMicros < WORKED_US) return
    collect()
    before = cpuMicros()
    workedMicros = 0
  }, LOOK_EVERY_MS).unref()
}

/** V8's own full collection, which Node shows only when asked to. */
function openCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  return () => {
    if (typeof gc === 'function') gc({ type: 'major', flavor: 'last-resort' })
  }
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
