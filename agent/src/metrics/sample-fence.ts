import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerSample } from '@vastrox/shared/agent-api-metrics.ts'
import { PARENT, STEPS_FOLDER, STEPS_PREFIX } from '#agent/builds/fence-places.ts'
import { findGroup, type Group, type GroupCounters } from '#agent/metrics/group-counters.ts'

const RISING = [
  'cpuUsec',
  'cpuUserUsec',
  'cpuSystemUsec',
  'throttledUsec',
  'oomKills',
  'readBytes',
  'writtenBytes',
] as const

/**
 * All builds of the machine as one line, while any runs. Steps have a group in common with the cgroupfs
 * driver; with systemd's each has its own, and what one has used stays counted when it is over.
 */
export function createFenceSampler(root = '/sys/fs/cgroup') {
  let steps = new Map<string, { group: Group; last: GroupCounters }>()
  let sum = zero()
  let lastCpuUsec = -1

  /** undefined where the engine has no such group. */
  function inCommon(): { counters: GroupCounters; isBusy: boolean; group: Group } | undefined {
    const group = findGroup(root, [PARENT])
    const counters = group?.read()
    if (!group || !counters) return undefined
    const folders = ['', 'memory', 'cpu'].map((controller) => join(root, controller, PARENT))
    const isBusy = folders.some(hasFolders) || counters.cpuUsec !== lastCpuUsec
    lastCpuUsec = counters.cpuUsec
    return { counters, isBusy, group }
  }

  function ofSteps(): GroupCounters | undefined {
    const seen = new Map<string, { group: Group; last: GroupCounters }>()
    const now = zero()
    for (const place of placesOfSteps(root)) {
      const before = steps.get(place)
      const group = before?.group ?? findGroup(root, [place])
      const counters = group?.read()
      if (!group || !counters) continue
      for (const key of RISING) sum[key] += Math.max(0, counters[key] - (before?.last[key] ?? 0))
      now.memoryBytes += counters.memoryBytes
      now.memoryCacheBytes += counters.memoryCacheBytes
      now.swapBytes += counters.swapBytes
      now.pids += counters.pids
      seen.set(place, { group, last: counters })
    }
    const wasBusy = steps.size > 0
    steps = seen
    return seen.size > 0 || wasBusy ? { ...now, ...onlyRising(sum) } : undefined
  }

  return function sampleFence(): ContainerSample[] {
    const common = inCommon()
    if (common) return common.isBusy ? [lineOf(common.counters, common.group)] : []
    const counters = ofSteps()
    return counters ? [lineOf(counters)] : []
  }
}

function lineOf(counters: GroupCounters, group?: Group): ContainerSample {
  return {
    kind: 'build',
    id: 'builds',
    name: 'builds',
    owner: '',
    process: '',
    ordinal: 0,
    release: 0,
    ...counters,
    ...(group?.limits() ?? { cpuLimitMillis: 0, memoryLimitBytes: 0 }),
    receivedBytes: 0,
    sentBytes: 0,
    restarts: 0,
  }
}

function placesOfSteps(root: string): string[] {
  for (const folder of [join(root, STEPS_FOLDER), join(root, 'memory', STEPS_FOLDER)]) {
    const steps = namesIn(folder).filter((name) => name.startsWith(STEPS_PREFIX))
    if (steps.length > 0) return steps.map((name) => join(STEPS_FOLDER, name))
  }
  return []
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function hasFolders(folder: string): boolean {
  try {
    return readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isDirectory())
  } catch {
    return false
  }
}

const zero = (): GroupCounters => ({
  cpuUsec: 0,
  cpuUserUsec: 0,
  cpuSystemUsec: 0,
  throttledUsec: 0,
  memoryBytes: 0,
  memoryCacheBytes: 0,
  swapBytes: 0,
  oomKills: 0,
  readBytes: 0,
  writtenBytes: 0,
  pids: 0,
})

const onlyRising = ({
  cpuUsec,
  cpuUserUsec,
  cpuSystemUsec,
  throttledUsec,
  ...rest
}: GroupCounters) => ({
  cpuUsec,
  cpuUserUsec,
  cpuSystemUsec,
  throttledUsec,
  oomKills: rest.oomKills,
  readBytes: rest.readBytes,
  writtenBytes: rest.writtenBytes,
})
