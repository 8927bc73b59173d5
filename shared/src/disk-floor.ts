import type { NodeDisk } from './agent-api-node.ts'

const FLOOR_PART = 0.05
const FLOOR_BYTES = 2 * 2 ** 30
/** Of a small disk it would be all. */
const FLOOR_MOST_PART = 0.2

/** What must stay free of a disk for what runs: 5 % and 2 GiB, of a small one a fifth. */
export const floorOf = (bytes: number): number =>
  Math.floor(Math.min(bytes * FLOOR_PART + FLOOR_BYTES, bytes * FLOOR_MOST_PART))

export const isLow = ({ availableBytes, floorBytes }: NodeDisk): boolean =>
  availableBytes < floorBytes

/** Why `what` ("builds are") is refused. */
export function sayLow({ holds, availableBytes, floorBytes }: NodeDisk, what: string): string {
  const disk = holds === 'data' ? 'the disk' : 'the disk of the images'
  return `${gigabytes(availableBytes)} are free on ${disk} of the server, and ${gigabytes(floorBytes)} must stay free for what runs: ${what} refused until there is more.`
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
