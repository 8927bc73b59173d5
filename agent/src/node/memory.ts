import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { field, readNumber, readText } from '#agent/node/cgroups.ts'

/** What this machine has, or the control group that it really is (a container, a limited service). */
export interface MachineMemory {
  totalBytes: number
  /** What programs can still get without anything being taken from others. */
  availableBytes: number
  swapTotalBytes: number
  swapFreeBytes: number
  /** Of the last 10 s, the part in which nothing at all went on for want of memory; 0 where the kernel does not say. */
  stalledPercent: number
}

interface Places {
  proc?: string
  root?: string
}

export async function readMachineMemory({
  proc = '/proc',
  root = '/sys/fs/cgroup',
}: Places = {}): Promise<MachineMemory> {
  const [meminfo, groups, pressure] = await Promise.all([
    readFile(join(proc, 'meminfo'), 'utf8'),
    readText(join(proc, 'self/cgroup')),
    readText(join(proc, 'pressure/memory')),
  ])
  const bytes = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1_024
  const machine: MachineMemory = {
    totalBytes: bytes('MemTotal'),
    availableBytes: bytes('MemAvailable'),
    swapTotalBytes: bytes('SwapTotal'),
    swapFreeBytes: bytes('SwapFree'),
    stalledPercent: Number(/^full avg10=(\d+(?:\.\d+)?)/m.exec(pressure)?.[1] ?? 0),
  }
  for (const group of groupsAbove(groups)) {
    const limit = await readLimit(join(root, group.path), group.version)
    if (limit === undefined || limit.bytes >= machine.totalBytes) continue
    machine.totalBytes = limit.bytes
    machine.availableBytes = Math.min(machine.availableBytes, limit.freeBytes)
  }
  return machine
}

/** Free memory with what can be put aside: what something new may count on. */
export const roomOf = ({ availableBytes, swapFreeBytes }: MachineMemory): number =>
  availableBytes + swapFreeBytes

interface Group {
  version: 1 | 2
  path: string
}

/**
 * Our own memory group and those above, the innermost first. The last is the root as we see it: in a
 * container with a namespace of its own that is the container.
 */
export function groupsAbove(text: string): Group[] {
  const found = /^\d+:(?:[\w,]+,)?memory(?:,[\w,]+)?:(\/.*)$/m.exec(text)?.[1]
  const unified = /^0::(\/.*)$/m.exec(text)?.[1]
  const version = found === undefined ? 2 : 1
  const parts = (found ?? unified ?? '/').split('/').filter((part) => part !== '')
  const folder = version === 1 ? 'memory' : ''
  return [...parts, ''].map((_, at) => ({
    version,
    path: join(folder, ...parts.slice(0, parts.length - at)),
  }))
}

async function readLimit(
  group: string,
  version: 1 | 2,
): Promise<{ bytes: number; freeBytes: number } | undefined> {
  const [limitFile, usageFile, inactive] =
    version === 2
      ? ['memory.max', 'memory.current', 'inactive_file']
      : ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file']
  const [bytes, usage, stat] = await Promise.all([
    readNumber(join(group, limitFile ?? '')),
    readNumber(join(group, usageFile ?? '')),
    readText(join(group, 'memory.stat')),
  ])
  if (bytes === undefined || usage === undefined) return undefined
  const kept = Math.max(0, usage - field(stat, inactive ?? ''))
  return { bytes, freeBytes: Math.max(0, bytes - kept) }
}
