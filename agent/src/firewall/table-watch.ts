import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** Ends with us, however we end: nobody is left who listens for nobody. */
const MONITOR = [
  '/usr/bin/setpriv',
  ['--pdeathsig', 'KILL', '/usr/sbin/nft', 'monitor', 'destroy', 'tables'],
] as const
const AGAIN_MS = 5_000
/** A program that throws our table away whenever it sees it would keep both of us busy for ever. */
const TOLD_EVERY_MS = 1_000

/**
 * Calls `onGone` when the kernel tells that the table was removed, until the signal; our own exchange of
 * it tells the same. A help only: where it cannot be listened to, whoever looks from time to time finds
 * out later.
 */
export async function watchTable(
  table: string,
  onGone: () => void,
  signal: AbortSignal,
): Promise<void> {
  const tell = paced(onGone, TOLD_EVERY_MS)
  while (!signal.aborted) {
    await listen(table, tell, signal).catch(() => {
      // Not installed, or not ours to listen to.
    })
    await sleep(AGAIN_MS, undefined, { signal, ref: false }).catch(() => {
      // Stopping.
    })
  }
}

/** Does it at once, and not again before so long has passed: what is asked for meanwhile is done then. */
export function paced(act: () => void, everyMs: number): () => void {
  let isAsked = false
  let resting: NodeJS.Timeout | undefined
  const go = (): void => {
    isAsked = false
    act()
    resting = setTimeout(() => {
      resting = undefined
      if (isAsked) go()
    }, everyMs).unref()
  }
  return () => {
    if (resting) isAsked = true
    else go()
  }
}

async function listen(table: string, onGone: () => void, signal: AbortSignal): Promise<void> {
  const [program, args] = MONITOR
  const child = spawn(program, args, {
    shell: false,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {},
    signal,
    killSignal: 'SIGKILL',
  })
  child.unref()
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.trim() === `delete table inet ${table}`) onGone()
  })
  await once(child, 'close')
}
