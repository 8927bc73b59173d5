import { type FSWatcher, watch } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readText } from '#agent/node/cgroups.ts'
import { HOST_LOCKS, withHostLock } from '#agent/node/host-lock.ts'
import { log } from '#agent/node/log.ts'

/** What all builds of this machine together may use. */
export interface FenceLimits {
  memoryBytes: number
  /** Of 10,000; a container has 100. Builds take what is left over. */
  cpuWeight: number
  pids: number
}

export interface FenceEngine {
  cgroupVersion: string
  cgroupDriver: string
}

export const ROOT = '/sys/fs/cgroup'
/** With the cgroupfs driver BuildKit runs every step in a child of this one. */
export const PARENT = 'docker/buildkit'
/** With the systemd driver every step has a cgroup of its own beside the engine's service. */
export const STEPS_FOLDER = 'system.slice'
export const STEPS_PREFIX = 'system.slice:docker:'

export const BUILD_CPU_WEIGHT = 20
export const BUILD_PIDS = 2_048
const MAX_MEMORY_BYTES = 2 * 2 ** 30

export const defaultBuildMemory = (machineBytes: number): number =>
  Math.min(MAX_MEMORY_BYTES, Math.floor(machineBytes / 2))

/**
 * Puts the limits around every build step of the engine, this installation's or another's: BuildKit
 * itself takes none (facts). Returns how to take down what watches during a build; the limits stay.
 */
export async function raiseFence(
  engine: FenceEngine,
  limits: FenceLimits,
  root = ROOT,
  locks = HOST_LOCKS,
): Promise<() => void> {
  const version = engine.cgroupVersion === '2' ? 2 : 1
  if (engine.cgroupDriver !== 'systemd') {
    const limit = (): Promise<void> => limitGroup(root, version, PARENT, limits)
    await withHostLock('build-fence', limit, { directory: locks })
    return () => {}
  }
  return watchSteps(root, version, limits)
}

/** True when a cgroup path from the kernel's log is one of a build's steps. */
export const isInFence = (path: string): boolean =>
  path.startsWith(`/${PARENT}`) || path.includes(`/${STEPS_PREFIX}`)

/** file → value, for one cgroup. Pure, compared whole in a test. */
export function limitFiles(version: 1 | 2, group: string, limits: FenceLimits): [string, string][] {
  const { memoryBytes, cpuWeight, pids } = limits
  if (version === 2)
    return [
      [`${group}/memory.max`, String(memoryBytes)],
      [`${group}/memory.swap.max`, '0'],
      [`${group}/cpu.weight`, String(cpuWeight)],
      [`${group}/pids.max`, String(pids)],
    ]
  return [
    [`memory/${group}/memory.limit_in_bytes`, String(memoryBytes)],
    [`memory/${group}/memory.memsw.limit_in_bytes`, String(memoryBytes)],
    [`cpu/${group}/cpu.shares`, String(Math.max(2, Math.round(cpuWeight * 10.24)))],
    [`pids/${group}/pids.max`, String(pids)],
  ]
}

async function limitGroup(
  root: string,
  version: 1 | 2,
  group: string,
  limits: FenceLimits,
): Promise<void> {
  if (version === 2) await enableControllers(root, group)
  const files = limitFiles(version, group, limits)
  for (const [file] of files)
    await mkdir(join(root, file, '..'), { recursive: true }).catch(() => {
      // A controller that is not mounted: setLimits says that its limit was refused.
    })
  await setLimits(root, files)
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
    await setLimit(join(above, 'cgroup.subtree_control'), '+memory +cpu +pids')
    above = join(above, name)
  }
}

/**
 * Limits every step's cgroup as it appears. Each gets the whole limit: steps that run side by side
 * may together have more (docs/decisions/0011).
 */
async function watchSteps(root: string, version: 1 | 2, limits: FenceLimits): Promise<() => void> {
  const folder = version === 2 ? join(root, STEPS_FOLDER) : join(root, 'memory', STEPS_FOLDER)
  const limit = (name: string | null): void => {
    if (!name?.startsWith(STEPS_PREFIX)) return
    setLimits(root, limitFiles(version, `${STEPS_FOLDER}/${name}`, limits)).catch(() => {
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
