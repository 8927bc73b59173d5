import { setTimeout as sleep } from 'node:timers/promises'
import { SAMPLE_EVERY_MS, type Sample } from '@vastrox/shared/agent-api-metrics.ts'
import { readKernelFile } from '#agent/metrics/kernel-file.ts'
import type { SampleRing } from '#agent/metrics/sample-ring.ts'
import { log } from '#agent/node/log.ts'

interface Deps {
  ring: SampleRing
  sampleNode: () => Promise<Sample['node']>
  sampleContainers: () => Promise<Sample['containers']>
  sampleFence: () => Sample['containers']
  samplePlatform: () => Sample['platform']
  everyMs?: number
  now?: () => number
  proc?: string
}

/**
 * A sample at every quarter of a minute by the clock. One that takes long or that comes late puts none
 * of the others off; those whose time has passed meanwhile are not made up for.
 */
export function createSampler({
  ring,
  sampleNode,
  sampleContainers,
  sampleFence,
  samplePlatform,
  everyMs = SAMPLE_EVERY_MS,
  now = Date.now,
  proc = '/proc',
}: Deps) {
  const epoch = readKernelFile(`${proc}/sys/kernel/random/boot_id`, 64)?.trim() ?? ''
  let seq = (ring.lastSeq(epoch) ?? -1) + 1

  async function take(): Promise<void> {
    const at = new Date(now()).toISOString()
    const containers = await sampleContainers().catch((error: unknown): Sample['containers'] => {
      // The engine was away since this process began: nobody knows what is ours.
      log('samples.no-containers', { reason: String(error) })
      return []
    })
    await ring.add({
      seq,
      epoch,
      at,
      node: await sampleNode(),
      containers: [...containers, ...sampleFence()],
      platform: samplePlatform(),
    })
    seq += 1
  }

  return {
    take,
    async run(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const dueAt = (Math.floor(now() / everyMs) + 1) * everyMs
        // A timer may end a little early, by this clock.
        while (now() < dueAt && dueAt - now() <= everyMs && !signal.aborted)
          await sleep(dueAt - now(), undefined, { signal, ref: false }).catch(() => {
            // Stopping.
          })
        if (signal.aborted) break
        await take().catch((error: unknown) => {
          log('samples.failed', { reason: String(error) })
        })
      }
      await ring.close()
    },
  }
}
