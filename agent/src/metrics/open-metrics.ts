import { join } from 'node:path'
import type { RunningContainers } from '#agent/containers/running-containers.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { createContainerSampler } from '#agent/metrics/sample-containers.ts'
import { createFenceSampler } from '#agent/metrics/sample-fence.ts'
import { createNodeSampler } from '#agent/metrics/sample-node.ts'
import { createPlatformSampler } from '#agent/metrics/sample-platform.ts'
import { openSampleRing } from '#agent/metrics/sample-ring.ts'
import { createSampler } from '#agent/metrics/sampler.ts'
import { createVolumeSizes } from '#agent/metrics/volume-sizes.ts'
import type { DiskFloor } from '#agent/node/disk-floor.ts'
import { measureVolumes } from '#agent/volumes/measure-volumes.ts'
import { volumeName } from '#agent/volumes/volume-folders.ts'

/** In samples: a minute. */
const SIZE_EVERY = 4

interface Deps {
  engine: Engine
  instance: string
  running: RunningContainers
  diskFloor: Pick<DiskFloor, 'readPlaces'>
  dataDir: string
  volumesDir: string
  /** `<data>/agent` */
  directory: string
  everyMs: number
}

/** What measures the node, and where it is kept until somebody reads it. */
export async function openMetrics({
  engine,
  instance,
  running,
  diskFloor,
  dataDir,
  volumesDir,
  directory,
  everyMs,
}: Deps) {
  const ring = await openSampleRing({ directory: join(directory, 'samples') })
  const prefix = volumeName(instance, '')
  const sizes = createVolumeSizes({
    leastMs: everyMs * SIZE_EVERY,
    measure: async (name) => {
      if (!name.startsWith(prefix)) return undefined
      const volumeIds = [name.slice(prefix.length)]
      return (await measureVolumes({ volumesDir }, { volumeIds })).volumes[0]?.sizeBytes
    },
  })
  const sampler = createSampler({
    ring,
    everyMs,
    sampleNode: createNodeSampler({ readDisks: () => diskFloor.readPlaces() }),
    sampleContainers: createContainerSampler({ engine, running, sizes }),
    sampleFence: createFenceSampler(),
    samplePlatform: createPlatformSampler({ dataDir }),
  })
  return { ring, sampler }
}
