import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { isBelow, sayLow } from '@vastrox/shared/disk-floor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { DiskFloor } from '#agent/node/disk-floor.ts'

const LOOK_EVERY_MS = 250
/** Of what must stay free: so much may go for a build under way, so that none is ended for a few megabytes. */
const PART_FOR_BUILDS = 0.5

/**
 * Calls `onFull` once when a build takes what what runs needs of a disk: engines have no limit for what
 * a step writes. Returns how to stop looking.
 */
export function watchDisks(
  read: () => Promise<readonly NodeDisk[]>,
  onFull: (disk: NodeDisk) => void,
  everyMs = LOOK_EVERY_MS,
): () => void {
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    read()
      .then((disks) => {
        const full = disks.find((disk) => isBelow(disk, PART_FOR_BUILDS))
        if (!full) return
        clearInterval(timer)
        onFull(full)
      })
      .catch(() => {
        // The next look tells more.
      })
      .finally(() => {
        isLooking = false
      })
  }, everyMs)
  return () => clearInterval(timer)
}

/** `what` was ended for it: "the build". */
export const endedForDisk = (disk: NodeDisk, what: string): CodedError =>
  new CodedError('DISK_LOW', {
    reason: sayLow(disk, `${what} was ended, and others are`),
    holds: disk.holds,
  })

/** Ends the work by its signal where it takes what what runs needs of a disk. Throws DISK_LOW. */
export async function withinDisks<Result>(
  diskFloor: Pick<DiskFloor, 'reader'>,
  what: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const full: NodeDisk[] = []
  const ending = new AbortController()
  const stop = watchDisks(await diskFloor.reader(), (disk) => {
    full.push(disk)
    ending.abort()
  })
  try {
    return await work(AbortSignal.any([signal, ending.signal]))
  } catch (error) {
    const [disk] = full
    throw disk && !signal.aborted ? endedForDisk(disk, what) : error
  } finally {
    stop()
  }
}
