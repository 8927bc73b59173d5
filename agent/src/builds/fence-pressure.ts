import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FenceLimits } from '#agent/builds/fence.ts'
import {
  type FenceEngine,
  PARENT,
  ROOT,
  STEPS_FOLDER,
  STEPS_PREFIX,
} from '#agent/builds/fence-places.ts'
import { field, readNumber, readText } from '#agent/node/cgroups.ts'

const LOOK_EVERY_MS = 400
/** So many looks in a row: about two seconds without air. */
const LOOKS = 5
/** What cannot be dropped fills this much of the limit. */
const FULL = 0.93
/** Builds go before apps (300) when the machine itself runs out of memory; BuildKit does not say so. */
const OOM_SCORE_ADJ = '600'

export interface PressureWatch {
  stop(): void
  /** The most that could not be dropped so far. */
  peakBytes(): number
}

/**
 * Calls `onFull` when a build has filled its fence. The kernel would not end it: as long as it can
 * drop and read again pages of the program's own file it makes no progress but does not give up
 * (measured: minutes at 100 % of a core and of the disk).
 */
export function watchPressure(
  engine: FenceEngine,
  { memoryBytes, swapBytes }: Pick<FenceLimits, 'memoryBytes' | 'swapBytes'>,
  onFull: () => void,
  root = ROOT,
): PressureWatch {
  let full = 0
  let peak = 0
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    Promise.all([readPressure(engine, root), goFirst(engine, root)])
      .then(([bytes]) => {
        peak = Math.max(peak, bytes)
        full = bytes >= (memoryBytes + swapBytes) * FULL ? full + 1 : 0
        if (full === LOOKS) onFull()
      })
      .catch(() => {
        // The step ended while its files were read.
      })
      .finally(() => {
        looking = false
      })
  }, LOOK_EVERY_MS)
  return { stop: () => clearInterval(timer), peakBytes: () => peak }
}

/**
 * Memory that the kernel cannot take back, put aside or not: of the step that has most, or of all where
 * they share a group.
 */
export async function readPressure(engine: FenceEngine, root = ROOT): Promise<number> {
  const sizes = await Promise.all(
    (await stepGroups(engine, root)).map(async (group) => {
      const stat = await readText(join(group, 'memory.stat'))
      return isUnified(engine)
        ? field(stat, 'anon') + ((await readNumber(join(group, 'memory.swap.current'))) ?? 0)
        : field(stat, 'total_rss') + field(stat, 'total_swap')
    }),
  )
  return Math.max(0, ...sizes)
}

/** Every process of a build is the first to go. Children have it from their parents. */
export async function goFirst(engine: FenceEngine, root = ROOT, proc = '/proc'): Promise<void> {
  const groups = await stepGroups(engine, root)
  const steps = await Promise.all(
    groups.map(async (group) =>
      engine.cgroupDriver === 'systemd'
        ? [group]
        : (await readdir(group, { withFileTypes: true }).catch(() => []))
            .filter((entry) => entry.isDirectory())
            .map((entry) => join(group, entry.name)),
    ),
  )
  for (const step of steps.flat())
    for (const pid of (await readText(join(step, 'cgroup.procs'))).split('\n').filter(Boolean)) {
      const file = join(proc, pid, 'oom_score_adj')
      const now = await readNumber(file)
      if (now === undefined || now >= Number(OOM_SCORE_ADJ)) continue
      await writeFile(file, OOM_SCORE_ADJ).catch(() => {
        // It has ended.
      })
    }
}

const isUnified = ({ cgroupVersion }: FenceEngine): boolean => cgroupVersion === '2'

/** With the systemd driver one for each step, else one for all. */
async function stepGroups(engine: FenceEngine, root: string): Promise<string[]> {
  const controller = isUnified(engine) ? '' : 'memory'
  if (engine.cgroupDriver !== 'systemd') return [join(root, controller, PARENT)]
  const folder = join(root, controller, STEPS_FOLDER)
  return (await readdir(folder))
    .filter((name) => name.startsWith(STEPS_PREFIX))
    .map((name) => join(folder, name))
}
