import type { Sample } from '@vastrox/shared/agent-api-metrics.ts'

export const NOON = Date.parse('2026-11-27T12:00:00.000Z')

/** A sample of a machine on which nothing runs. */
export const sampleAt = (at: number, seq: number): Sample => ({
  seq,
  epoch: 'boot',
  at: new Date(at).toISOString(),
  node: {
    cpus: 2,
    cpuUsec: { user: seq, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, steal: 0 },
    load: [0, 0, 0],
    pressure: null,
    memoryBytes: 1,
    memoryAvailableBytes: 1,
    memoryFreeBytes: 1,
    memoryCacheBytes: 0,
    swapBytes: 0,
    swapFreeBytes: 0,
    swapInPages: 0,
    swapOutPages: 0,
    oomKills: 0,
    processes: 1,
    uptimeMs: 1,
    disks: [],
    networks: [],
  },
  containers: [],
  platform: [],
})
