import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface CgroupUsage {
  /** Without file pages that the kernel can drop at any moment. */
  memoryBytes: number
  cpuUsec: number
}

/**
 * Where the engine puts a container, by cgroup version and driver. `root` is /sys/fs/cgroup, or a
 * recorded tree in tests.
 */
const placesOf = (id: string): string[] => [`docker/${id}`, `system.slice/docker-${id}.scope`]

/** undefined when the container does not run. */
export async function readContainerUsage(
  id: string,
  root = '/sys/fs/cgroup',
): Promise<CgroupUsage | undefined> {
  for (const place of placesOf(id)) {
    const usage = (await readVersion2(root, place)) ?? (await readVersion1(root, place))
    if (usage) return usage
  }
  return undefined
}

async function readVersion2(root: string, place: string): Promise<CgroupUsage | undefined> {
  const memory = await readNumber(join(root, place, 'memory.current'))
  if (memory === undefined) return undefined
  const [stat, cpu] = await Promise.all([
    readText(join(root, place, 'memory.stat')),
    readText(join(root, place, 'cpu.stat')),
  ])
  return {
    memoryBytes: Math.max(0, memory - field(stat, 'inactive_file')),
    cpuUsec: field(cpu, 'usage_usec'),
  }
}

async function readVersion1(root: string, place: string): Promise<CgroupUsage | undefined> {
  const memory = await readNumber(join(root, 'memory', place, 'memory.usage_in_bytes'))
  if (memory === undefined) return undefined
  const [stat, nanos] = await Promise.all([
    readText(join(root, 'memory', place, 'memory.stat')),
    readNumber(join(root, 'cpuacct', place, 'cpuacct.usage')),
  ])
  return {
    memoryBytes: Math.max(0, memory - field(stat, 'total_inactive_file')),
    cpuUsec: Math.floor((nanos ?? 0) / 1000),
  }
}

export const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

export async function readNumber(path: string): Promise<number | undefined> {
  const text = (await readText(path)).trim()
  return text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text)
}

/** The value behind a key in a `key value` file; 0 where it is missing. */
export const field = (text: string, key: string): number =>
  Number(new RegExp(`^${key} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
