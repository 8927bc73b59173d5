import { log } from '#agent/node/log.ts'

/** What takes long is measured seldom: less than a thousandth of the time goes into it. */
const TIMES_OF_IT = 1_000

interface Deps {
  measure: (volumeId: string) => Promise<number | undefined>
  now?: () => number
  /** Between two looks at one volume: each means to look at all of its files. */
  leastMs: number
}

interface Size {
  bytes: number | null
  nextAt: number
  askedAt: number
}

/** What volumes take on the disk, measured one at a time, beside the samples: nobody waits for it. */
export function createVolumeSizes({ measure, now = () => performance.now(), leastMs }: Deps) {
  const sizes = new Map<string, Size>()
  let isMeasuring = false

  async function measureNext(): Promise<void> {
    const at = now()
    for (const [id, { askedAt }] of sizes) if (askedAt < at - 2 * leastMs) sizes.delete(id)
    const [next] = [...sizes]
      .filter(([, { nextAt }]) => nextAt <= at)
      .toSorted(([, one], [, other]) => one.nextAt - other.nextAt)
    if (!next || isMeasuring) return
    const [id, size] = next
    isMeasuring = true
    try {
      size.bytes = (await measure(id)) ?? size.bytes
    } catch (error) {
      log('samples.no-size', { volumeId: id, reason: String(error) })
    } finally {
      isMeasuring = false
      size.nextAt = at + Math.max(leastMs, (now() - at) * TIMES_OF_IT)
    }
  }

  return {
    /** As it was measured last; null where it was not yet. */
    sizeOf(volumeId: string): number | null {
      const known = sizes.get(volumeId) ?? { bytes: null, nextAt: 0, askedAt: 0 }
      known.askedAt = now()
      sizes.set(volumeId, known)
      return known.bytes
    },
    /** Once a sample: one at most is looked at anew. */
    measureNext,
  }
}
export type VolumeSizes = ReturnType<typeof createVolumeSizes>
