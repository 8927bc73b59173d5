import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { isLow, sayLow } from '@vastrox/shared/disk-floor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { CacheCap } from '#agent/builds/cache-cap.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { readEngineInfo } from '#agent/node/describe-node.ts'
import { readDisks } from '#agent/node/disks.ts'

interface Deps {
  engine: Engine
  dataDir: string
  cacheCap: Pick<CacheCap, 'shrink'>
}

/** Keeps what runs from a full disk: what is new is refused before it comes to that. */
export function createDiskFloor({ engine, dataDir, cacheCap }: Deps) {
  const read = async (): Promise<NodeDisk[]> =>
    readDisks(dataDir, (await readEngineInfo(engine)).DockerRootDir)

  return {
    read,

    /** For many looks in a row: where the images lie is asked only once. */
    async reader(): Promise<() => Promise<NodeDisk[]>> {
      const { DockerRootDir } = await readEngineInfo(engine)
      return () => readDisks(dataDir, DockerRootDir)
    },

    /** Throws DISK_LOW, after the engine's build cache has been given up. */
    async mustBeKept(what: string): Promise<void> {
      if (!(await read()).some(isLow)) return
      await cacheCap.shrink()
      const low = (await read()).find(isLow)
      if (low) throw new CodedError('DISK_LOW', { reason: sayLow(low, what), holds: low.holds })
    },
  }
}
export type DiskFloor = ReturnType<typeof createDiskFloor>
