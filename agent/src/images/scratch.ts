import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes what a preparation that was cut off left behind. Nothing of it is touched while something is
 * mounted in it: the mounts of mmdebstrap are in a namespace of its own and end with it, and a
 * removal must never reach into a mount of the host.
 */
export async function clearScratch(scratch: string): Promise<void> {
  const names = await readdir(scratch).catch(() => [])
  if (names.length === 0) return
  const mounts = await readFile('/proc/self/mountinfo', 'utf8')
  if (mounts.includes(` ${scratch}/`)) return
  for (const name of names) await rm(join(scratch, name), { recursive: true, force: true })
}
