import type { ReadSamples, ReadSamplesEvent } from '@vastrox/shared/agent-api-metrics.ts'
import { Sample } from '@vastrox/shared/agent-api-metrics.ts'
import type { SampleRing } from '#agent/metrics/sample-ring.ts'
import type { StreamCall } from '#agent/server/bind.ts'

/** See read-samples in agent-api-metrics.ts. */
export async function readSamples(
  ring: SampleRing,
  { since, follow }: ReadSamples,
  { emit, signal }: StreamCall<ReadSamplesEvent>,
): Promise<void> {
  let serial = ring.after(since)
  while (!signal.aborted) {
    const found = await ring.read(serial)
    if (found) {
      serial = found.serial + 1
      // One that an agent of another version has written in another way is passed over.
      const { data: sample } = Sample.safeParse(found.sample)
      if (sample) await emit({ type: 'sample', sample })
    } else if (follow) {
      await ring.grown(signal)
    } else {
      break
    }
  }
  await emit({ type: 'done' })
}
