import { join } from 'node:path'
import type { RunningContainers } from '#agent/containers/running-containers.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { createContainerSampler } from '#agent/metrics/sample-containers.ts'
import { createFenceSampler } from '#agent/metrics/sample-fence.ts'
import { createNodeSampler } from '#agent/metrics/sample-node.ts'
import { createPlatformSampler } from '#agent/metrics/sample-platform.ts'
import { openSampleRing } from '#agent/metrics/sample-ring.ts'
import { createSampler } from '#agent/metrics/sampler.ts'
import type { DiskFloor } from '#agent/node/disk-floor.ts'

interface Deps {
  engine: Engine
  running: RunningContainers
  diskFloor: Pick<DiskFloor, 'readPlaces'>
  dataDir: string
  /** `<data>/agent` */
  directory: string
  everyMs: number
}

/** What measures the node, and where it is kept until somebody reads it. */
export async function openMetrics({
  engine,
  running,
  diskFloor,
  dataDir,
  directory,
  everyMs,
}: Deps) {
  const ring = await openSampleRing({ directory: join(directory, 'samples') })
  const sampler = createSampler({
    ring,
    everyMs,
    sampleNode: createNodeSampler({ readDisks: () => diskFloor.readPlaces() }),
    sampleContainers: createContainerSampler({ engine, running }),
    sampleFence: createFenceSampler(),
    samplePlatform: createPlatformSampler({ dataDir }),
  })
  return { ring, sampler }
}
