import { join } from 'node:path'
import { numberAfter, readKernelFile, readKernelNumber } from '#agent/metrics/kernel-file.ts'

/** What the kernel has counted of one control group, as it has it: rising for the life of the group. */
export interface GroupCounters {
  cpuUsec: number
  cpuUserUsec: number
  cpuSystemUsec: number
  throttledUsec: number
  memoryBytes: number
  memoryCacheBytes: number
  swapBytes: number
  oomKills: number
  readBytes: number
  writtenBytes: number
  pids: number
}

/** 0: no limit. */
export interface GroupLimits {
  cpuLimitMillis: number
  memoryLimitBytes: number
}

export interface Group {
  /** undefined once it is gone. */
  read(): GroupCounters | undefined
  limits(): GroupLimits
  /** Of its processes the one with the lowest number, which is the first as a rule; 0 where there is none. */
  firstPid(): number
}

/** Beyond any machine: the kernel's way of saying that there is no limit. */
const NO_LIMIT = 2 ** 60

/** The first of these places that is a group of either version; undefined where none is. */
export function findGroup(root: string, places: readonly string[]): Group | undefined {
  for (const place of places) {
    if (readKernelNumber(join(root, place, 'memory.current')) !== undefined)
      return version2(join(root, place))
    if (readKernelNumber(join(root, 'memory', place, 'memory.usage_in_bytes')) !== undefined)
      return version1(root, place)
  }
  return undefined
}

function version2(folder: string): Group {
  const [current, memoryStat, cpuStat, swap, events, io, pids, cpuMax, memoryMax] = [
    'memory.current',
    'memory.stat',
    'cpu.stat',
    'memory.swap.current',
    'memory.events',
    'io.stat',
    'pids.current',
    'cpu.max',
    'memory.max',
  ].map((name) => join(folder, name))
  return {
    read() {
      const used = readKernelNumber(current ?? '')
      const cpu = readKernelFile(cpuStat ?? '')
      if (used === undefined || cpu === undefined) return undefined
      const memory = readKernelFile(memoryStat ?? '') ?? ''
      return {
        cpuUsec: numberAfter(cpu, 'usage_usec'),
        cpuUserUsec: numberAfter(cpu, 'user_usec'),
        cpuSystemUsec: numberAfter(cpu, 'system_usec'),
        throttledUsec: numberAfter(cpu, 'throttled_usec'),
        memoryBytes: Math.max(0, used - numberAfter(memory, 'inactive_file')),
        memoryCacheBytes: numberAfter(memory, 'file '),
        swapBytes: readKernelNumber(swap ?? '') ?? 0,
        oomKills: numberAfter(readKernelFile(events ?? '') ?? '', 'oom_kill '),
        ...ioOfVersion2(readKernelFile(io ?? '') ?? ''),
        pids: readKernelNumber(pids ?? '') ?? 0,
      }
    },
    limits() {
      const [quota, period] = (readKernelFile(cpuMax ?? '', 64) ?? 'max 100000').split(' ')
      return {
        cpuLimitMillis: millisOf(Number(quota), Number(period)),
        memoryLimitBytes: limitOf(readKernelNumber(memoryMax ?? '')),
      }
    },
    firstPid: () => lowestIn(join(folder, 'cgroup.procs')),
  }
}

function version1(root: string, place: string): Group {
  const at = (controller: string, name: string): string => join(root, controller, place, name)
  /** Some distributions mount both as one, without names for each. */
  const either = (controller: string, name: string): string => {
    const path = at(controller, name)
    return readKernelFile(path, 64) === undefined ? at('cpu,cpuacct', name) : path
  }
  const cpuStat = either('cpu', 'cpu.stat')
  const usage = either('cpuacct', 'cpuacct.usage')
  const user = either('cpuacct', 'cpuacct.usage_user')
  const system = either('cpuacct', 'cpuacct.usage_sys')
  const quota = either('cpu', 'cpu.cfs_quota_us')
  const period = either('cpu', 'cpu.cfs_period_us')
  const current = at('memory', 'memory.usage_in_bytes')
  const memoryStat = at('memory', 'memory.stat')
  const limit = at('memory', 'memory.limit_in_bytes')
  const oom = at('memory', 'memory.oom_control')
  const io = at('blkio', 'blkio.throttle.io_service_bytes_recursive')
  const pids = at('pids', 'pids.current')
  return {
    read() {
      const used = readKernelNumber(current)
      const nanos = readKernelNumber(usage)
      if (used === undefined || nanos === undefined) return undefined
      const memory = readKernelFile(memoryStat) ?? ''
      return {
        cpuUsec: Math.floor(nanos / 1_000),
        cpuUserUsec: Math.floor((readKernelNumber(user) ?? 0) / 1_000),
        cpuSystemUsec: Math.floor((readKernelNumber(system) ?? 0) / 1_000),
        throttledUsec: Math.floor(
          numberAfter(readKernelFile(cpuStat) ?? '', 'throttled_time') / 1_000,
        ),
        memoryBytes: Math.max(0, used - numberAfter(memory, 'total_inactive_file')),
        memoryCacheBytes: numberAfter(memory, 'total_cache'),
        swapBytes: numberAfter(memory, 'total_swap'),
        oomKills: numberAfter(readKernelFile(oom) ?? '', 'oom_kill '),
        ...ioOfVersion1(readKernelFile(io) ?? ''),
        pids: readKernelNumber(pids) ?? 0,
      }
    },
    limits: () => ({
      cpuLimitMillis: millisOf(readKernelNumber(quota) ?? -1, readKernelNumber(period) ?? 0),
      memoryLimitBytes: limitOf(readKernelNumber(limit)),
    }),
    firstPid: () => lowestIn(at('memory', 'cgroup.procs')),
  }
}

const millisOf = (quota: number, period: number): number =>
  quota > 0 && period > 0 ? Math.round((quota / period) * 1_000) : 0

const limitOf = (bytes: number | undefined): number =>
  bytes === undefined || bytes >= NO_LIMIT ? 0 : bytes

function lowestIn(path: string): number {
  const pids = (readKernelFile(path, 4_096) ?? '').split('\n').slice(0, -1).map(Number)
  return pids.length === 0 ? 0 : Math.min(...pids)
}

type Io = Pick<GroupCounters, 'readBytes' | 'writtenBytes'>

/** `254:0 rbytes=1 wbytes=2 rios=3 …`, a line a device. */
function ioOfVersion2(text: string): Io {
  const sum: Io = { readBytes: 0, writtenBytes: 0 }
  for (const [, read, written] of text.matchAll(/ rbytes=(\d+) wbytes=(\d+)/g)) {
    sum.readBytes += Number(read)
    sum.writtenBytes += Number(written)
  }
  return sum
}

/** `254:0 Read 1`, a line a device and kind. */
function ioOfVersion1(text: string): Io {
  const sum: Io = { readBytes: 0, writtenBytes: 0 }
  for (const [, kind, bytes] of text.matchAll(/ (Read|Write) (\d+)/g)) {
    if (kind === 'Read') sum.readBytes += Number(bytes)
    else sum.writtenBytes += Number(bytes)
  }
  return sum
}
