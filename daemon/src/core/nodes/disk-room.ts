import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { isLow, sayLow } from '@vastrox/shared/disk-floor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

interface Deps {
  agent: Pick<NodeAgent, 'describe'>
  clock: Clock
}

const KEEP_MS = 5_000

/** Whether the node's disks still take something new. */
export function createDiskRoom({ agent, clock }: Deps) {
  let known: { at: number; disks: Promise<readonly NodeDisk[]> } | undefined

  const ask = (): Promise<readonly NodeDisk[]> =>
    agent.describe().then(
      ({ disks }) => disks,
      // A node that does not answer builds nothing either, and says so by itself.
      () => [],
    )

  return {
    /** Throws DISK_LOW, with `what` in words: "pushes are". By what was so at most 5 seconds ago. */
    async mustHaveRoom(what: string): Promise<void> {
      const now = clock.now().getTime()
      if (known === undefined || now - known.at >= KEEP_MS) known = { at: now, disks: ask() }
      const low = (await known.disks).find(isLow)
      if (low) throw new CodedError('DISK_LOW', { reason: sayLow(low, what), holds: low.holds })
    },
  }
}
export type DiskRoom = ReturnType<typeof createDiskRoom>
