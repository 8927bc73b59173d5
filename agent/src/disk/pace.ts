import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'

const SLOWEST_MS = 10_000
const FASTEST_MS = 250
/** What a fast disk takes: assumed of somebody who has not written anything yet. */
const BYTES_PER_MS = 2 ** 30 / 1_000
const FILES_PER_MS = 20
/** So many looks fit into the time in which the room could be gone. */
const LOOKS = 4

/** What can still be written before the floor is reached. */
export const roomOf = (disk: NodeDisk): number => disk.availableBytes - disk.floorBytes

/** When to look next: the less room there is, the sooner, since nothing but a look stops a writer. */
export function paceOf(disks: readonly NodeDisk[]): number {
  const waits = disks.map((disk) => {
    const bytes = roomOf(disk) / BYTES_PER_MS
    if (disk.inodes === 0) return bytes
    return Math.min(bytes, (disk.availableInodes - disk.floorInodes) / FILES_PER_MS)
  })
  const wait = Math.min(SLOWEST_MS, ...waits.map((ms) => ms / LOOKS))
  return Math.max(FASTEST_MS, Math.round(wait))
}

const STEP_MOST = 2 ** 29
const STEP_LEAST = 2 ** 24
const STEP_FILES = 50_000

/** So much less free than at the last measurement is worth the next one. */
export const stepOf = (disk: NodeDisk): number =>
  Math.max(STEP_LEAST, Math.min(STEP_MOST, Math.floor(roomOf(disk) / 8)))

/** The same in files. */
export const fileStepOf = ({ availableInodes, floorInodes }: NodeDisk): number =>
  Math.max(1_000, Math.min(STEP_FILES, Math.floor((availableInodes - floorInodes) / 8)))

/** Whether the floor is reached before a measurement would be over, or was already and it goes on. */
export function isUrgent(disk: NodeDisk, bytesPerMs: number): boolean {
  if (bytesPerMs <= 0) return false
  return roomOf(disk) < bytesPerMs * URGENT_MS
}
const URGENT_MS = 5_000
