import { stat, statfs } from 'node:fs/promises'
import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { floorOf } from '@vastrox/shared/disk-floor.ts'

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

async function readDisk(path: string) {
  const [{ dev }, { blocks, bavail, bsize }] = await Promise.all([stat(path), statfs(path)])
  const bytes = blocks * bsize
  return {
    device: dev,
    sizes: { bytes, availableBytes: bavail * bsize, floorBytes: floorOf(bytes) },
  }
}
