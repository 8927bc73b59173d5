import { type Actor, mayDo } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

interface Deps {
  agent: Pick<NodeAgent, 'describe'>
  clock: Clock
  /** What the node is taken to have until it has said it. */
  atFirstBytes: number
}

const KEEP_MS = 60_000
const MIB = 2 ** 20

/** What one app may take of the node, so that it cannot starve every other one. */
export function createMemoryLimit({ agent, clock, atFirstBytes }: Deps) {
  let nodeBytes = atFirstBytes
  let askedAt = Number.NEGATIVE_INFINITY

  /** In the background: a machine's memory does not change from one request to the next. */
  function refresh(): void {
    const now = clock.now().getTime()
    if (now - askedAt < KEEP_MS) return
    askedAt = now
    agent.describe().then(
      ({ memoryBytes }) => {
        nodeBytes = memoryBytes
      },
      () => {
        // What it said last holds; it is asked again.
      },
    )
  }

  return {
    /** What the node has, as far as it has said so. */
    nodeBytes(): number {
      refresh()
      return nodeBytes
    },

    /**
     * Throws NODE_MEMORY_EXCEEDED when an app would take more than the node has, and more than it may
     * take already. Who may change nodes may go beyond.
     */
    mustFit(actor: Actor, { beforeBytes, afterBytes }: Change): void {
      refresh()
      if (afterBytes <= Math.max(nodeBytes, beforeBytes) || mayDo(actor, 'node.change')) return
      const [wanted, there] = [afterBytes, nodeBytes].map((bytes) => Math.round(bytes / MIB))
      throw new CodedError('NODE_MEMORY_EXCEEDED', {
        reason: `The instances of the app would take ${wanted} MiB; the server has ${there} MiB.`,
        wantedBytes: afterBytes,
        nodeBytes,
      })
    },
  }
}
export type MemoryLimit = ReturnType<typeof createMemoryLimit>

interface Change {
  beforeBytes: number
  afterBytes: number
}
