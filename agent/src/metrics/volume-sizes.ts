import { log } from '#agent/node/log.ts'

/** In looks: one that nothing was written to, as far as the kernel says, is looked at all the same. */
const ANYWAY = 5
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
  /** By its server, until now and until it was measured. */
  written: number
  measuredWritten: number
  measuredAt: number
}

/** What volumes take on the disk, measured one at a time, beside the samples: nobody waits for it. */
export function createVolumeSizes({ measure, now = () => performance.now(), leastMs }: Deps) {
  const sizes = new Map<string, Size>()
  let isMeasuring = false

  const isDue = ({ nextAt, written, measuredWritten, measuredAt }: Size, at: number): boolean =>
    nextAt <= at && (written !== measuredWritten || at - measuredAt >= ANYWAY * leastMs)

  async function measureNext(): Promise<void> {
    const at = now()
    for (const [id, { askedAt }] of sizes) if (askedAt < at - 2 * leastMs) sizes.delete(id)
    const [next] = [...sizes]
      .filter(([, size]) => isDue(size, at))
      .toSorted(([, one], [, other]) => one.nextAt - other.nextAt)
    if (!next || isMeasuring) return
    const [id, size] = next
    isMeasuring = true
    size.measuredWritten = size.written
    size.measuredAt = at
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
    /** As it was measured last; null where it was not yet. `written`: by whom it belongs to, so far. */
    sizeOf(volumeId: string, written: number): number | null {
      const known = sizes.get(volumeId) ?? {
        bytes: null,
        nextAt: 0,
        askedAt: 0,
        written: 0,
        measuredWritten: Number.NaN,
        measuredAt: 0,
      }
      known.written = written
      known.askedAt = now()
      sizes.set(volumeId, known)
      return known.bytes
    },
    /** Once a sample: one at most is looked at anew. */
    measureNext,
  }
}
export type VolumeSizes = ReturnType<typeof createVolumeSizes>
