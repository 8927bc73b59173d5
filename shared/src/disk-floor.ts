import type { NodeDisk } from './agent-api-node.ts'

const FLOOR_PART = 0.05
const FLOOR_BYTES = 2 * 2 ** 30
/** Of a small disk it would be all. */
const FLOOR_MOST_PART = 0.2
/** Of the files that a disk can hold. */
const FLOOR_INODES_PART = 0.05

/** What must stay free of a disk for what runs: 5 % and 2 GiB, of a small one a fifth. */
export const floorOf = (bytes: number): number =>
  Math.floor(Math.min(bytes * FLOOR_PART + FLOOR_BYTES, bytes * FLOOR_MOST_PART))

/** The same in files: a disk with no inode left is as full as one with no byte. */
export const inodeFloorOf = (inodes: number): number => Math.floor(inodes * FLOOR_INODES_PART)

export const isLow = (disk: NodeDisk): boolean => isBelow(disk, 1)

/** Whether less is free than this many times what must stay free. */
export const isBelow = (disk: NodeDisk, times: number): boolean =>
  disk.availableBytes < disk.floorBytes * times ||
  (disk.inodes > 0 && disk.availableInodes < disk.floorInodes * times)

/** Of a disk, for something new to begin. */
const DEPLOYMENT_PART = 0.1
const DEPLOYMENT_BYTES = 2 * 2 ** 30
/** A disk of a few gigabytes could never have that much free. */
const DEPLOYMENT_MOST_PART = 0.5

/** What must be free for a deployment: 10 % of the disk, and 2 GiB at least. More than what must stay free. */
export const deploymentFloorOf = ({
  bytes,
  floorBytes,
}: Pick<NodeDisk, 'bytes' | 'floorBytes'>): number =>
  Math.max(
    floorBytes,
    Math.floor(bytes * DEPLOYMENT_PART),
    Math.floor(Math.min(DEPLOYMENT_BYTES, bytes * DEPLOYMENT_MOST_PART)),
  )

/** The same disk as deployments see it. */
export const forDeployments = (disk: NodeDisk): NodeDisk => ({
  ...disk,
  floorBytes: deploymentFloorOf(disk),
})

/** Why `what` ("builds are") is refused. */
export function sayLow(low: NodeDisk, what: string): string {
  const disk = low.holds === 'data' ? 'the disk' : 'the disk of the images'
  const refused = `must stay free for what runs: ${what} refused until there is more.`
  if (low.availableBytes >= low.floorBytes && isLow(low))
    return `${low.availableInodes} more files can be made on ${disk} of the server, and room for ${low.floorInodes} ${refused}`
  return `${gigabytes(low.availableBytes)} are free on ${disk} of the server, and ${gigabytes(low.floorBytes)} ${refused}`
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
