import { availableParallelism } from 'node:os'
import type { NodeSample } from '@vastrox/shared/agent-api-metrics.ts'
import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { deviceOf, readDiskCounters } from '#agent/metrics/block-devices.ts'
import { numberAfter, readKernelFile } from '#agent/metrics/kernel-file.ts'
import { ownInterfaces } from '#agent/metrics/own-interfaces.ts'
import { readNetworks, USEC_A_TICK } from '#agent/metrics/process-files.ts'
import { readMachineMemory } from '#agent/node/memory.ts'

/** Cables and disks seldom change: looked for anew after so many samples. */
const LOOK_EVERY = 20

interface Deps {
  /** What lies where: sizes, and a path on each. */
  readDisks: () => Promise<readonly { disk: NodeDisk; path: string }[]>
  proc?: string
  sys?: string
  root?: string
}

/** Of the machine as a whole, from /proc. Throws where there is no /proc. */
export function createNodeSampler({
  readDisks,
  proc = '/proc',
  sys = '/sys',
  root = '/sys/fs/cgroup',
}: Deps) {
  let looks = 0
  let interfaces = new Set<string>()
  const devices = new Map<string, string | undefined>()

  function deviceBelow(path: string): string | undefined {
    if (!devices.has(path)) devices.set(path, deviceOf(path, proc))
    return devices.get(path)
  }

  return async function sampleNode(): Promise<NodeSample> {
    if (looks % LOOK_EVERY === 0) {
      interfaces = ownInterfaces({ sys, proc })
      devices.clear()
    }
    looks += 1
    const read = (name: string): string => readKernelFile(`${proc}/${name}`) ?? ''
    const memory = await readMachineMemory({ proc, root })
    const meminfo = read('meminfo')
    const kilobytes = (word: string): number => numberAfter(meminfo, word) * 1_024
    const vmstat = read('vmstat')
    const stat = read('stat')
    const [load1 = '0', load5 = '0', load15 = '0', tasks = ''] = read('loadavg').split(' ')
    const disks = await readDisks()
    const counters = readDiskCounters(
      disks.map(({ path }) => deviceBelow(path)),
      proc,
    )
    return {
      cpus: availableParallelism(),
      cpuUsec: cpuTimes(stat),
      load: [Number(load1), Number(load5), Number(load15)],
      pressure: readPressure(read),
      memoryBytes: memory.totalBytes,
      memoryAvailableBytes: memory.availableBytes,
      memoryFreeBytes: kilobytes('MemFree'),
      memoryCacheBytes: kilobytes('Cached') + kilobytes('Buffers') + kilobytes('SReclaimable'),
      swapBytes: memory.swapTotalBytes,
      swapFreeBytes: memory.swapFreeBytes,
      swapInPages: numberAfter(vmstat, 'pswpin '),
      swapOutPages: numberAfter(vmstat, 'pswpout '),
      oomKills: numberAfter(vmstat, 'oom_kill '),
      processes: Number(tasks.split('/')[1] ?? 0),
      uptimeMs: Math.round(Number(read('uptime').split(' ')[0] ?? 0) * 1_000),
      disks: disks.map(({ disk }, at) => ({
        holds: disk.holds,
        bytes: disk.bytes,
        availableBytes: disk.availableBytes,
        inodes: disk.inodes,
        availableInodes: disk.availableInodes,
        ...(counters[at] ?? { readBytes: 0, writtenBytes: 0, ioMs: 0 }),
      })),
      networks: (readNetworks(`${proc}/net/dev`) ?? []).filter(({ name }) => interfaces.has(name)),
    }
  }
}

function cpuTimes(stat: string): NodeSample['cpuUsec'] {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
    stat
      .slice('cpu '.length, stat.indexOf('\n'))
      .trim()
      .split(/\s+/)
      .map((ticks) => Number(ticks) * USEC_A_TICK)
  return { user, nice, system, idle, iowait, irq: irq + softirq, steal }
}

function readPressure(read: (name: string) => string): NodeSample['pressure'] {
  const of = (what: string) => {
    const text = read(`pressure/${what}`)
    const total = (kind: string): number =>
      Number(new RegExp(`^${kind} .*total=(\\d+)`, 'm').exec(text)?.[1] ?? 0)
    return { isThere: text !== '', someUsec: total('some'), fullUsec: total('full') }
  }
  const all = { cpu: of('cpu'), memory: of('memory'), io: of('io') }
  if (!all.cpu.isThere || !all.memory.isThere || !all.io.isThere) return null
  const only = ({ someUsec, fullUsec }: ReturnType<typeof of>) => ({ someUsec, fullUsec })
  return { cpu: only(all.cpu), memory: only(all.memory), io: only(all.io) }
}
