import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type FenceEngine,
  PARENT,
  ROOT,
  STEPS_FOLDER,
  STEPS_PREFIX,
} from '#agent/builds/fence-places.ts'
import { field, readText } from '#agent/node/cgroups.ts'

const LOOK_EVERY_MS = 400
/** So many looks in a row: about two seconds without air. */
const LOOKS = 5
/** What cannot be dropped fills this much of the limit. */
const FULL = 0.93

/**
 * Calls `onFull` when a build has filled its fence. The kernel would not end it: as long as it can
 * drop and read again pages of the program's own file it makes no progress but does not give up
 * (measured: minutes at 100 % of a core and of the disk). Returns how to stop looking.
 */
export function watchPressure(
  engine: FenceEngine,
  limitBytes: number,
  onFull: () => void,
  root = ROOT,
): () => void {
  let full = 0
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    readPressure(engine, root)
      .then((bytes) => {
        full = bytes >= limitBytes * FULL ? full + 1 : 0
        if (full === LOOKS) onFull()
      })
      .catch(() => {
        // The step ended while its files were read.
      })
      .finally(() => {
        looking = false
      })
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

/** Memory that the kernel cannot take back, of the step that has most, or of all where they share a group. */
export async function readPressure(engine: FenceEngine, root = ROOT): Promise<number> {
  const controller = engine.cgroupVersion === '2' ? '' : 'memory'
  const folder = join(root, controller, STEPS_FOLDER)
  const groups =
    engine.cgroupDriver === 'systemd'
      ? (await readdir(folder))
          .filter((name) => name.startsWith(STEPS_PREFIX))
          .map((name) => join(folder, name))
      : [join(root, controller, PARENT)]
  const key = engine.cgroupVersion === '2' ? 'anon' : 'total_rss'
  const sizes = await Promise.all(
    groups.map(async (group) => field(await readText(join(group, 'memory.stat')), key)),
  )
  return Math.max(0, ...sizes)
}
