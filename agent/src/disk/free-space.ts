import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { fileStepOf, isUrgent, stepOf } from '#agent/disk/pace.ts'

/** A small allowance is crossed within a small step. */
const STEPS_OF_ALLOWANCE = 4
const STEP_LEAST = 16 * 2 ** 20

/** How free space goes, from look to look: cheap, and what tells when a measurement is worth its price. */
export function createFreeSpace() {
  let last: { atMs: number; disks: readonly NodeDisk[] } | undefined
  /** The most that was free since the last measurement. */
  let high: readonly NodeDisk[] | undefined

  return {
    /** Takes the look in; tells whether a disk is about to be full. */
    note(disks: readonly NodeDisk[], atMs: number): { isUrgent: boolean } {
      const before = last
      last = { atMs, disks }
      const most = high?.length === disks.length ? high : undefined
      high = disks.map((disk, at) => higher(disk, most?.[at]))
      if (!before) return { isUrgent: false }
      const passedMs = Math.max(1, atMs - before.atMs)
      const urgent = disks.some((disk, at) => {
        const gone = (before.disks[at]?.availableBytes ?? 0) - disk.availableBytes
        return isUrgent(disk, gone / passedMs)
      })
      return { isUrgent: urgent }
    },

    /** Whether enough has gone since the last measurement. */
    hasShrunk(disks: readonly NodeDisk[], allowances: readonly number[]): boolean {
      const least = Math.min(...allowances) / STEPS_OF_ALLOWANCE
      return disks.some((disk, at) => {
        const most = high?.[at]
        if (!most) return true
        const step = Math.max(STEP_LEAST, Math.min(stepOf(disk), least))
        if (most.availableBytes - disk.availableBytes >= step) return true
        return disk.inodes > 0 && most.availableInodes - disk.availableInodes >= fileStepOf(disk)
      })
    },

    /** From here on it is counted anew. */
    measured(disks: readonly NodeDisk[]): void {
      high = disks
    },
  }
}

const higher = (disk: NodeDisk, before: NodeDisk | undefined): NodeDisk => ({
  ...disk,
  availableBytes: Math.max(disk.availableBytes, before?.availableBytes ?? 0),
  availableInodes: Math.max(disk.availableInodes, before?.availableInodes ?? 0),
})
