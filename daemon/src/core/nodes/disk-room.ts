import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { forDeployments, isLow, sayLow } from '@vastrox/shared/disk-floor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

interface Deps {
  agent: Pick<NodeAgent, 'describe'>
  clock: Clock
  /** Removes what can be made again; true where something went. */
  makeRoom: () => Promise<boolean>
  onProblem: (what: string, error: unknown) => void
}

const KEEP_MS = 5_000

/** Whether the node's disks take another deployment: 10 % must be free, and 2 GB (rule B10). */
export function createDiskRoom({ agent, clock, makeRoom, onProblem }: Deps) {
  let known: { at: number; disks: Promise<readonly NodeDisk[]> } | undefined

  const ask = (): Promise<readonly NodeDisk[]> => {
    const disks = agent.describe().then(
      (described) => described.disks.map(forDeployments),
      // A node that does not answer builds nothing either, and says so by itself.
      () => [],
    )
    known = { at: clock.now().getTime(), disks }
    return disks
  }

  return {
    /**
     * Throws DISK_LOW, with `what` in words: "pushes are". By what was so at most 5 seconds ago; before
     * it refuses, what can be made again is removed.
     */
    async mustHaveRoom(what: string): Promise<void> {
      const isRecent = known !== undefined && clock.now().getTime() - known.at < KEEP_MS
      let low = (await (isRecent && known ? known.disks : ask())).find(isLow)
      if (!low) return
      const hasMadeRoom = await makeRoom().catch((error: unknown) => {
        onProblem('no room could be made on the disk', error)
        return false
      })
      if (hasMadeRoom) low = (await ask()).find(isLow)
      if (low) throw new CodedError('DISK_LOW', { reason: sayLow(low, what), holds: low.holds })
    },
  }
}
export type DiskRoom = ReturnType<typeof createDiskRoom>
