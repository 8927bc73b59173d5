import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { isLow, sayLow } from '@vastrox/shared/disk-floor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { CacheCap } from '#agent/builds/cache-cap.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { readEngineInfo } from '#agent/node/describe-node.ts'
import { readDisks, readWrittenDisks, type WrittenDisks } from '#agent/node/disks.ts'

const KEEP_MS = 300_000

interface Deps {
  engine: Engine
  dataDir: string
  cacheCap: Pick<CacheCap, 'shrink'>
}

/** Keeps what runs from a full disk: what is new is refused before it comes to that. */
export function createDiskFloor({ engine, dataDir, cacheCap }: Deps) {
  let imagesDir: { path: string; at: number } | undefined
  const read = async (): Promise<NodeDisk[]> =>
    readDisks(dataDir, (await readEngineInfo(engine)).DockerRootDir)

  async function knownImagesDir(): Promise<string | undefined> {
    if (!imagesDir || Date.now() - imagesDir.at > KEEP_MS)
      imagesDir = await readEngineInfo(engine).then(
        ({ DockerRootDir: path }) => ({ path, at: Date.now() }),
        () => imagesDir && { ...imagesDir, at: Date.now() },
      )
    return imagesDir?.path
  }

  return {
    read,

    /** For many looks in a row: where the images lie is asked only once. */
    async reader(): Promise<() => Promise<NodeDisk[]>> {
      const { DockerRootDir } = await readEngineInfo(engine)
      return () => readDisks(dataDir, DockerRootDir)
    },

    /** Cheap enough for several looks a second: the engine is asked once in a while only. */
    readWritten: async (volumesDir: string): Promise<WrittenDisks> =>
      readWrittenDisks(dataDir, await knownImagesDir(), volumesDir),

    /** As cheap; each disk with a directory that lies on it. */
    async readPlaces(): Promise<{ disk: NodeDisk; path: string }[]> {
      const path = await knownImagesDir()
      const disks = await readDisks(dataDir, path)
      return disks.map((disk) => ({
        disk,
        path: disk.holds === 'images' && path !== undefined ? path : dataDir,
      }))
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
