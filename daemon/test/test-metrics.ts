import type { ContainerSample, NodeSample, Sample } from '@vastrox/shared/agent-api-metrics.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeMetrics } from '#ports/node-metrics.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Database } from '#store/database.ts'
import { createFakeNodeMetrics } from '#test/fakes/node-metrics.ts'
import { composeMetrics } from '../src/compose-metrics.ts'

interface Given {
  db: Database
  apps: AppStore
  finder: AppFinder
  proxy: Proxy
  clock: Clock
  path?: string
  node?: NodeMetrics
}

/** Metrics in memory unless there is a path, and what went wrong. */
export function createTestMetrics({ path = ':memory:', node, ...given }: Given) {
  const problems: string[] = []
  const parts = composeMetrics({
    maxConnections: () => 50,
    ...given,
    path,
    node: node ?? createFakeNodeMetrics().agent(async () => {}),
    nodeName: 'local',
    version: '1.2.3',
    onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
  })
  return { ...parts, problems }
}

const NODE: NodeSample = {
  cpus: 2,
  cpuUsec: { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, steal: 0 },
  load: [0.5, 0.4, 0.3],
  pressure: null,
  memoryBytes: 4e9,
  memoryAvailableBytes: 3e9,
  memoryFreeBytes: 1e9,
  memoryCacheBytes: 2e9,
  swapBytes: 0,
  swapFreeBytes: 0,
  swapInPages: 0,
  swapOutPages: 0,
  oomKills: 0,
  processes: 100,
  uptimeMs: 1_000_000,
  disks: [],
  networks: [],
}

export const containerOf = (changes: Partial<ContainerSample> = {}): ContainerSample => ({
  kind: 'instance',
  id: 'c1',
  name: 'web-1',
  owner: 'app-1',
  process: 'web',
  ordinal: 1,
  release: 1,
  cpuUsec: 0,
  cpuUserUsec: 0,
  cpuSystemUsec: 0,
  throttledUsec: 0,
  cpuLimitMillis: 0,
  memoryBytes: 200e6,
  memoryCacheBytes: 1e6,
  memoryLimitBytes: 512e6,
  swapBytes: 0,
  oomKills: 0,
  receivedBytes: 0,
  sentBytes: 0,
  readBytes: 0,
  writtenBytes: 0,
  pids: 3,
  restarts: 0,
  ...changes,
})

export const sampleOf = (
  at: Date,
  containers: ContainerSample[],
  { node = {}, ...changes }: Partial<Omit<Sample, 'node'>> & { node?: Partial<NodeSample> } = {},
): Sample => ({
  seq: Math.floor(at.getTime() / 15_000),
  epoch: 'boot-1',
  at: at.toISOString(),
  node: { ...NODE, ...node },
  containers,
  platform: [],
  ...changes,
})
