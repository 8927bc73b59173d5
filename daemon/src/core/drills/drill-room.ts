import type { DrillNeeds } from '#core/drills/drill.ts'
import type { DescribeNode } from '@vastrox/shared/agent-api-node.ts'
import type { z } from 'zod'

/** Of the node, as far as a drill minds. */
export type NodeNow = Pick<
  z.infer<typeof DescribeNode>,
  'cpus' | 'loadAverage' | 'memoryBytes' | 'memoryAvailableBytes' | 'disks'
>

/** Waiting processes for each core: with more, what serves people goes first. */
const MOST_LOAD_OF_CORE = 1.5
/** Stays free of memory whatever a drill takes. */
const LEAST_FREE_BYTES = 128 * 2 ** 20
const LEAST_FREE_PART = 0.08

/** Why a drill does not begin now, in words; null where it may. `isPatient`: load counts. */
export function whyNot(node: NodeNow, needs: DrillNeeds, isPatient: boolean): string | null {
  const free = reserveOf(node)
  if (node.memoryAvailableBytes < needs.memoryBytes + free)
    return `put off: it takes ${mb(needs.memoryBytes)} of memory and ${mb(node.memoryAvailableBytes)} are free, of which ${mb(free)} stay free`
  const disk = node.disks.find(({ holds }) => holds === 'data')
  if (disk && disk.availableBytes - needs.diskBytes < disk.floorBytes)
    return `put off: it takes ${mb(needs.diskBytes)} of the disk and ${mb(disk.availableBytes)} are free, of which ${mb(disk.floorBytes)} stay free`
  if (isPatient && node.loadAverage > node.cpus * MOST_LOAD_OF_CORE)
    return `put off: the server is busy (load ${node.loadAverage.toFixed(1)} on ${node.cpus} cores)`
  return null
}

/** What lives needs the memory that a drill under way has taken. */
export const isShort = (node: NodeNow): boolean => node.memoryAvailableBytes < reserveOf(node) / 2

const reserveOf = ({ memoryBytes }: NodeNow): number =>
  Math.max(LEAST_FREE_BYTES, memoryBytes * LEAST_FREE_PART)

const mb = (bytes: number): string => `${Math.max(0, Math.round(bytes / 2 ** 20))} MB`
