import type { Node } from '@vastrox/shared/node.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

interface Deps {
  agent: Pick<NodeAgent, 'describe'>
  /** Name of the node, for when it cannot say so itself. */
  nodeName: string
  clock: Clock
}

const KEEP_MS = 5_000

/** The machines instances run on: one, until there are more. */
export function createNodeService({ agent, nodeName, clock }: Deps) {
  let known: { at: number; node: Promise<Node> } | undefined

  async function ask(): Promise<Node> {
    try {
      const { node, engine, agentVersion: _, ...machine } = await agent.describe()
      return { name: node, reachable: true, engineVersion: engine?.version ?? null, ...machine }
    } catch {
      // Not to be reached is what there is to say about it.
      return { ...NOTHING_KNOWN, name: nodeName }
    }
  }

  return {
    /** At most 5 seconds old. */
    async list(): Promise<Node[]> {
      const now = clock.now().getTime()
      if (known === undefined || now - known.at >= KEEP_MS) known = { at: now, node: ask() }
      return [await known.node]
    },
  }
}
export type NodeService = ReturnType<typeof createNodeService>

const NOTHING_KNOWN = {
  reachable: false,
  engineVersion: null,
  cpus: 0,
  memoryBytes: 0,
  memoryAvailableBytes: 0,
  diskBytes: 0,
  diskAvailableBytes: 0,
  disks: [],
  loadAverage: 0,
}
