import { existsSync, type FSWatcher, watch } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type FenceEngine,
  PARENT,
  ROOT,
  STEPS_FOLDER,
  STEPS_PREFIX,
} from '#agent/builds/fence-places.ts'
import { readTurns, watchTurns } from '#agent/builds/fence-turn.ts'
import { readText } from '#agent/node/cgroups.ts'
import { HOST_LOCKS, withHostLock } from '#agent/node/host-lock.ts'
import { log } from '#agent/node/log.ts'

/** What all builds of this machine together may use. */
export interface FenceLimits {
  memoryBytes: number
  /** Besides, where the machine has swap and little memory. */
  swapBytes: number
  /** Of 10,000; a container has 100. For kernels that cannot do the next, and for starved builds. */
  cpuWeight: number
  pids: number
}

export const BUILD_CPU_WEIGHT = 20
export const BUILD_PIDS = 2_048
/** Of the disk, where its scheduler weighs: a container has 100. */
const BUILD_IO_WEIGHT = 10
const MAX_MEMORY_BYTES = 2 * 2 ** 30
const SMALL_MACHINE_BYTES = 2.5 * 2 ** 30

export const defaultBuildMemory = (machineBytes: number): number =>
  Math.min(MAX_MEMORY_BYTES, Math.floor(machineBytes / 2))

/** Builds of ordinary apps end well on a small machine when they may put half of their memory aside. */
export const defaultBuildSwap = (machineBytes: number, swapBytes: number): number =>
  machineBytes >= SMALL_MACHINE_BYTES
    ? 0
    : Math.min(Math.floor(swapBytes / 2), defaultBuildMemory(machineBytes))

/**
 * Puts the limits around every build step of the engine, this installation's or another's: BuildKit
 * itself takes none (facts). Builds get the processor time that nobody else wants (`cpu.idle`, Linux
 * 5.15), and their weight once that has been none for ten seconds, or where the kernel lacks it.
 * Returns how to take down what watches during a build; the limits stay.
 */
export async function raiseFence(
  engine: FenceEngine,
  limits: FenceLimits,
  root = ROOT,
  locks = HOST_LOCKS,
): Promise<() => void> {
  let lower = await raise(engine, { ...limits, onlyLeftOver: true }, root, locks)
  const stopWatching = watchTurns(
    () => readTurns(engine, root),
    () => {
      lower()
      lower = () => {}
      log('fence.build-starved', {})
      raise(engine, limits, root, locks)
        .then((again) => {
          if (isLowered) again()
          else lower = again
        })
        .catch((error: unknown) => log('fence.not-raised', { reason: String(error) }))
    },
  )
  let isLowered = false
  return () => {
    isLowered = true
    stopWatching()
    lower()
  }
}

type Limits = FenceLimits & { onlyLeftOver?: boolean }

async function raise(
  engine: FenceEngine,
  limits: Limits,
  root: string,
  locks: string,
): Promise<() => void> {
  const version = engine.cgroupVersion === '2' ? 2 : 1
  if (engine.cgroupDriver !== 'systemd') {
    const limit = (): Promise<void> => limitGroup(root, version, PARENT, limits)
    await withHostLock('build-fence', limit, { directory: locks })
    return () => {}
  }
  return watchSteps(root, version, limits)
}

/**
 * file → value, for one cgroup. `canIdle`: the kernel has `cpu.idle`, and refuses a weight while that
 * is 1. Pure, compared whole in a test.
 */
export function limitFiles(
  version: 1 | 2,
  group: string,
  limits: Limits,
  canIdle = false,
): [string, string][] {
  const { memoryBytes, swapBytes, cpuWeight, pids, onlyLeftOver = false } = limits
  const cpu = version === 2 ? group : `cpu/${group}`
  const idle: [string, string][] = canIdle ? [[`${cpu}/cpu.idle`, onlyLeftOver ? '1' : '0']] : []
  const hasWeight = !canIdle || !onlyLeftOver
  if (version === 2)
    return [
      [`${group}/memory.max`, String(memoryBytes)],
      [`${group}/memory.swap.max`, String(swapBytes)],
      ...idle,
      ...(hasWeight ? [pair(`${cpu}/cpu.weight`, cpuWeight)] : []),
      [`${group}/pids.max`, String(pids)],
    ]
  return [
    [`memory/${group}/memory.limit_in_bytes`, String(memoryBytes)],
    [`memory/${group}/memory.memsw.limit_in_bytes`, String(memoryBytes + swapBytes)],
    ...idle,
    ...(hasWeight ? [pair(`${cpu}/cpu.shares`, Math.max(2, Math.round(cpuWeight * 10.24)))] : []),
    [`pids/${group}/pids.max`, String(pids)],
  ]
}

const pair = (file: string, value: number): [string, string] => [file, String(value)]

const canIdle = (root: string, version: 1 | 2, group: string): boolean =>
  existsSync(join(root, version === 2 ? group : `cpu/${group}`, 'cpu.idle'))

/** What only some kernels and schedulers have: left out where it is not there. */
export const weightFiles = (version: 1 | 2, group: string): [string, string][] =>
  version === 2
    ? [
        [`${group}/io.bfq.weight`, String(BUILD_IO_WEIGHT)],
        [`${group}/io.weight`, `default ${BUILD_IO_WEIGHT}`],
      ]
    : [
        [`blkio/${group}/blkio.bfq.weight`, String(BUILD_IO_WEIGHT)],
        [`blkio/${group}/blkio.weight`, String(BUILD_IO_WEIGHT)],
      ]

async function setWeights(root: string, version: 1 | 2, group: string): Promise<void> {
  for (const [file, value] of weightFiles(version, group))
    if (existsSync(join(root, file))) await setLimit(join(root, file), value)
}

async function limitGroup(
  root: string,
  version: 1 | 2,
  group: string,
  limits: Limits,
): Promise<void> {
  if (version === 2) await enableControllers(root, group)
  for (const [file] of limitFiles(version, group, limits))
    await mkdir(join(root, file, '..'), { recursive: true }).catch(() => {
      // A controller that is not mounted: setLimits says that its limit was refused.
    })
  await setLimits(root, limitFiles(version, group, limits, canIdle(root, version, group)))
  await setWeights(root, version, group)
}

/**
 * Twice where need be: memory may not be more than memory with swap, so growing works in one order
 * and shrinking in the other. A controller that the kernel lacks is no reason to refuse builds.
 */
async function setLimits(root: string, files: readonly [string, string][]): Promise<void> {
  const refused = []
  for (const [file, value] of files)
    if (!(await setLimit(join(root, file), value))) refused.push([file, value] as const)
  for (const [file, value] of refused)
    if (!(await setLimit(join(root, file), value))) log('fence.limit-refused', { file, value })
}

/** False when the kernel does not take it. */
async function setLimit(file: string, value: string): Promise<boolean> {
  if ((await readText(file)).trim() === value) return true
  return writeFile(file, value).then(
    () => true,
    () => false,
  )
}

/** Version 2: a child has a controller only where every group above passes it on. */
async function enableControllers(root: string, group: string): Promise<void> {
  await mkdir(join(root, group), { recursive: true })
  let above = root
  for (const name of group.split('/')) {
    // Apart from the others: one that the kernel lacks would keep all of them away.
    await setLimit(join(above, 'cgroup.subtree_control'), '+io')
    await setLimit(join(above, 'cgroup.subtree_control'), '+memory +cpu +pids')
    above = join(above, name)
  }
}

/**
 * Limits every step's cgroup as it appears. Each gets the whole limit: steps that run side by side
 * may together have more (docs/decisions/0011).
 */
async function watchSteps(root: string, version: 1 | 2, limits: Limits): Promise<() => void> {
  const folder = version === 2 ? join(root, STEPS_FOLDER) : join(root, 'memory', STEPS_FOLDER)
  const limit = (name: string | null): void => {
    if (!name?.startsWith(STEPS_PREFIX)) return
    const group = `${STEPS_FOLDER}/${name}`
    const files = limitFiles(version, group, limits, canIdle(root, version, group))
    setLimits(root, files)
      .then(() => setWeights(root, version, group))
      .catch(() => {
        // The step ended at once.
      })
  }
  let watcher: FSWatcher | undefined
  try {
    watcher = watch(folder, (_event, name) => limit(name))
    for (const name of await readdir(folder)) limit(name)
  } catch (error) {
    log('fence.not-raised', { folder, reason: error instanceof Error ? error.message : '' })
  }
  return () => watcher?.close()
}
