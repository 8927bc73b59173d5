import { setTimeout as sleep } from 'node:timers/promises'
import { isLow } from '@vastrox/shared/disk-floor.ts'
import { z } from 'zod'
import { LABEL, withLabels } from '#agent/containers/labels.ts'
import { nameOf } from '#agent/containers/list-instances.ts'
import type { Notices } from '#agent/containers/notices.ts'
import { removeContainer } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { DiskFloor } from '#agent/node/disk-floor.ts'
import { log } from '#agent/node/log.ts'

const GIB = 2 ** 30
/** What a container may write beside its volumes. */
export const WRITES_MOST = 4 * GIB
/** The same where the disk is nearly full. */
export const WRITES_MOST_WHEN_LOW = GIB / 2
/** So much more on the disk than at the last measurement is worth the next one. */
const WORTH_A_LOOK = GIB / 2
const LOOK_EVERY_MS = 10_000
const MEASURE_TIMEOUT_MS = 120_000

const Sizes = z.array(
  z.object({
    Names: z.array(z.string()),
    SizeRw: z.int().default(0),
  }),
)

interface Deps {
  engine: Engine
  instance: string
  diskFloor: Pick<DiskFloor, 'read'>
  notices: Notices
}

/**
 * Keeps one app from filling the disk under all others: a container that writes more than its share
 * into its own files is removed, and the daemon starts it anew without them. Engines have no quota for
 * that on most file systems. Measured only when the disk has filled by half a gigabyte, or is low.
 */
export function createDiskGuard({ engine, instance, diskFloor, notices }: Deps) {
  let usedBefore: number | undefined

  async function look(): Promise<void> {
    const disks = await diskFloor.read()
    const disk = disks.find(({ holds }) => holds === 'images') ?? disks[0]
    if (!disk) return
    const used = disk.bytes - disk.availableBytes
    usedBefore ??= used - WORTH_A_LOOK
    usedBefore = Math.min(usedBefore, used)
    if (!isLow(disk) && used - usedBefore < WORTH_A_LOOK) return
    usedBefore = used
    await endThoseAbove(isLow(disk) ? WRITES_MOST_WHEN_LOW : WRITES_MOST)
  }

  async function endThoseAbove(most: number): Promise<void> {
    const containers = await engine.get('/containers/json', Sizes, {
      query: { size: true, filters: withLabels({ [LABEL.instance]: instance }) },
      timeoutMs: MEASURE_TIMEOUT_MS,
    })
    for (const container of containers.filter(({ SizeRw }) => SizeRw > most)) {
      const name = nameOf(container)
      log('instance.overwrote', { name, bytes: container.SizeRw })
      notices.tell({ type: 'instance', name, action: 'overwrote', exitCode: null })
      await removeContainer(engine, name)
    }
  }

  return {
    look,

    /** Until the signal. */
    async run(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        await look().catch(() => {
          // The engine is away; the next look tells more.
        })
        await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => {
          // Stopping.
        })
      }
    },
  }
}
