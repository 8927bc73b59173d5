import { stat, statfs } from 'node:fs/promises'
import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { floorOf, inodeFloorOf } from '@vastrox/shared/disk-floor.ts'

/** The disk of the data directory, and that of the engine's images where it is another. */
export async function readDisks(
  dataDir: string,
  imagesDir: string | undefined,
): Promise<NodeDisk[]> {
  const data = await readDisk(dataDir)
  const images =
    imagesDir === undefined ? undefined : await readDisk(imagesDir).catch(() => undefined)
  const disks: NodeDisk[] = [{ holds: 'data', ...data.sizes }]
  if (images && images.device !== data.device) disks.push({ holds: 'images', ...images.sizes })
  return disks
}

/** What is looked at for what apps write: where their volumes lie may be a disk of its own. */
export interface WrittenDisks {
  volumes: NodeDisk
  /** Of what containers write into their own files. */
  images: NodeDisk
  /** Each once. */
  all: readonly NodeDisk[]
}

export async function readWrittenDisks(
  dataDir: string,
  imagesDir: string | undefined,
  volumesDir: string,
): Promise<WrittenDisks> {
  const [data, images, volumes] = await Promise.all([
    readDisk(dataDir),
    imagesDir === undefined ? undefined : readDisk(imagesDir).catch(() => undefined),
    readDisk(volumesDir).catch(() => undefined),
  ])
  const onData: NodeDisk = { holds: 'data', ...data.sizes }
  const onImages: NodeDisk =
    images && images.device !== data.device ? { holds: 'images', ...images.sizes } : onData
  const known = [data.device, images?.device]
  const onVolumes: NodeDisk =
    volumes && !known.includes(volumes.device) ? { holds: 'data', ...volumes.sizes } : onData
  return {
    volumes: volumes && volumes.device === images?.device ? onImages : onVolumes,
    images: onImages,
    all: [...new Set([onData, onImages, onVolumes])],
  }
}

async function readDisk(path: string) {
  const [{ dev }, { blocks, bfree, bavail, bsize, files, ffree }] = await Promise.all([
    stat(path),
    statfs(path),
  ])
  // As df counts: what the file system keeps for root is neither taken nor free (decision 0199).
  const bytes = (blocks - bfree + bavail) * bsize
  return {
    device: dev,
    sizes: {
      bytes,
      availableBytes: bavail * bsize,
      floorBytes: floorOf(bytes),
      inodes: files,
      availableInodes: ffree,
      floorInodes: inodeFloorOf(files),
    },
  }
}
