import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type FenceEngine, PARENT, STEPS_FOLDER, STEPS_PREFIX } from '#agent/builds/fence-places.ts'
import { field, readNumber, readText } from '#agent/node/cgroups.ts'

const LOOK_EVERY_MS = 2_000
/** So many looks in a row: ten seconds without a turn. */
const LOOKS = 5
/** Less than this much of one core is no turn. */
const TURN = 0.1
/** Whoever leaves more than this much of the machine unused does not keep a build waiting. */
const LEFT_OVER = 0.03
/** Of /proc/stat, in every kernel that Node runs on. */
const TICKS_PER_SECOND = 100

/** Processor time so far, in microseconds: of all build steps, and what the whole machine left unused. */
export interface Turns {
  buildsUsec: number
  unusedUsec: number
}

/**
 * Calls `onStarved` once when builds that run only on what is left over get nothing for ten seconds,
 * because apps need all of it. Returns how to stop looking.
 */
export function watchTurns(look: () => Promise<Turns>, onStarved: () => void): () => void {
  let before: { at: number; turns: Turns } | undefined
  let without = 0
  const timer = setInterval(() => {
    const at = performance.now()
    look()
      .then((turns) => {
        if (before) without = isTurn(before.turns, turns, at - before.at) ? 0 : without + 1
        before = { at, turns }
        if (without !== LOOKS) return
        clearInterval(timer)
        onStarved()
      })
      .catch(() => {
        // The step ended while its files were read.
      })
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

/** True when builds had a turn between two looks, or could have had one. Pure. */
export function isTurn(
  before: Turns,
  after: Turns,
  elapsedMs: number,
  cores = availableParallelism(),
): boolean {
  const elapsedUsec = elapsedMs * 1_000
  const used = after.buildsUsec - before.buildsUsec
  const unused = after.unusedUsec - before.unusedUsec
  return used >= elapsedUsec * TURN || unused >= elapsedUsec * cores * LEFT_OVER
}

export async function readTurns(
  engine: FenceEngine,
  root: string,
  procStat = '/proc/stat',
): Promise<Turns> {
  const isV2 = engine.cgroupVersion === '2'
  const folder = join(root, isV2 ? '' : 'cpuacct')
  const groups =
    engine.cgroupDriver === 'systemd'
      ? (await readdir(join(folder, STEPS_FOLDER)))
          .filter((name) => name.startsWith(STEPS_PREFIX))
          .map((name) => join(folder, STEPS_FOLDER, name))
      : [join(folder, PARENT)]
  const used = await Promise.all(
    groups.map(async (group) =>
      isV2
        ? field(await readText(join(group, 'cpu.stat')), 'usage_usec')
        : ((await readNumber(join(group, 'cpuacct.usage'))) ?? 0) / 1_000,
    ),
  )
  const [line = ''] = (await readText(procStat)).split('\n', 1)
  const [, , , , idle = 0, iowait = 0] = line.split(/\s+/).map(Number)
  return {
    buildsUsec: used.reduce((sum, one) => sum + one, 0),
    unusedUsec: ((idle + iowait) / TICKS_PER_SECOND) * 1_000_000,
  }
}
