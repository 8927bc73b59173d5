import { run } from '@vastrox/shared/node/run.ts'

const AFTER_MS = 1_000
const TIMEOUT_MS = 60_000

/**
 * Puts what was written to a file system on its disk, once for all that was wished in a second: of
 * thousands of small files each alone would be a wait for the disk of its own.
 */
export function createLateSync(folder: string) {
  let timer: NodeJS.Timeout | undefined
  let isRunning = false

  function begin(): void {
    timer = undefined
    // What was wished since the last one began is not in it.
    if (isRunning) wish()
    else void sync()
  }

  function wish(): void {
    if (timer) return
    timer = setTimeout(begin, AFTER_MS)
    timer.unref()
  }

  async function sync(): Promise<void> {
    isRunning = true
    try {
      await run('/usr/bin/sync', ['-f', folder], { timeoutMs: TIMEOUT_MS })
    } catch {
      // The kernel writes it within half a minute anyway; what is published has been synced by itself.
    } finally {
      isRunning = false
    }
  }

  return { wish }
}
export type LateSync = ReturnType<typeof createLateSync>
