import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FenceLimits } from '#agent/builds/fence.ts'
import { type FenceEngine, ROOT } from '#agent/builds/fence-places.ts'
import { type OurSteps, stepGroups } from '#agent/builds/whose-step.ts'
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
  /** The most that could not be dropped so far, of our own steps. */
  peakBytes(): number
}

/** Memory that the kernel cannot take back. */
export interface Pressure {
  ourBytes: number
  /** Of what counts against one limit with ours. */
  allBytes: number
}

/**
 * Calls `onFull` when a build of ours has filled the fence. The kernel would not end it: as long as it
 * can drop and read again pages of the program's own file it makes no progress but does not give up
 * (measured: minutes at 100 % of a core and of the disk). Of two installations that fill it together
 * the one that has more of it gives way.
 */
export function watchPressure(
  engine: FenceEngine,
  { memoryBytes, swapBytes }: Pick<FenceLimits, 'memoryBytes' | 'swapBytes'>,
  ours: OurSteps,
  onFull: () => void,
  root = ROOT,
): PressureWatch {
  let full = 0
  let peak = 0
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    Promise.all([readPressure(engine, ours, root), goFirst(engine, root)])
      .then(([pressure]) => {
        peak = Math.max(peak, pressure.ourBytes)
        full = isFull(pressure, memoryBytes + swapBytes) ? full + 1 : 0
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

/** Whether the fence is full by our doing. */
export const isFull = ({ ourBytes, allBytes }: Pressure, limitBytes: number): boolean =>
  allBytes >= limitBytes * FULL && ourBytes * 2 >= allBytes

/** With the systemd driver every step has a limit of its own, and only the largest of ours counts. */
export async function readPressure(
  engine: FenceEngine,
  ours: OurSteps,
  root = ROOT,
): Promise<Pressure> {
  const sizesOf = (groups: readonly string[]): Promise<number[]> =>
    Promise.all(groups.map((group) => keptBytes(engine, group)))
  const our = await sizesOf(await ours.groups())
  if (engine.cgroupDriver === 'systemd') {
    const largest = Math.max(0, ...our)
    return { ourBytes: largest, allBytes: largest }
  }
  const all = await sizesOf(await stepGroups(engine, root))
  return { ourBytes: sum(our), allBytes: sum(all) }
}

async function keptBytes(engine: FenceEngine, group: string): Promise<number> {
  const stat = await readText(join(group, 'memory.stat'))
  return engine.cgroupVersion === '2'
    ? field(stat, 'anon') + ((await readNumber(join(group, 'memory.swap.current'))) ?? 0)
    : field(stat, 'total_rss') + field(stat, 'total_swap')
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, one) => total + one, 0)

/** Every process of a build is the first to go. Children have it from their parents. */
export async function goFirst(engine: FenceEngine, root = ROOT, proc = '/proc'): Promise<void> {
  for (const group of await stepGroups(engine, root))
    for (const pid of (await readText(join(group, 'cgroup.procs'))).split('\n').filter(Boolean)) {
      const file = join(proc, pid, 'oom_score_adj')
      const now = await readNumber(file)
      if (now === undefined || now >= Number(OOM_SCORE_ADJ)) continue
      await writeFile(file, OOM_SCORE_ADJ).catch(() => {
        // It has ended.
      })
    }
}
