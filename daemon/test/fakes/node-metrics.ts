import type { Sample } from '@vastrox/shared/agent-api-metrics.ts'
import type { NodeMetrics } from '#ports/node-metrics.ts'

/** A node that has measured what a test says, and keeps all of it. */
export function createFakeNodeMetrics() {
  const samples: Sample[] = []
  const waiting = new Set<() => void>()

  const agent = (alive: (verb: string) => Promise<void>): NodeMetrics => ({
    async *readSamples({ since, follow }, signal) {
      await alive('read-samples')
      let at = samples.findIndex((sample) => since === null || sample.at > since)
      if (at === -1) at = samples.length
      for (;;) {
        for (; at < samples.length; at += 1) {
          const sample = samples[at]
          if (sample) yield sample
        }
        if (!follow || signal.aborted) return
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.add(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
        await promise
        waiting.delete(resolve)
        await alive('read-samples')
      }
    },
  })

  return {
    agent,
    samples,
    /** A sample is taken; whoever follows is given it. */
    take(sample: Sample): void {
      samples.push(sample)
      for (const wake of waiting) wake()
    },
    /** Connections break: followers end, or throw where the agent is away. */
    breakOff(): void {
      for (const wake of waiting) wake()
    },
  }
}
export type FakeNodeMetrics = ReturnType<typeof createFakeNodeMetrics>
