import type { Clock } from '#ports/clock.ts'
import { AttemptFailed } from './retry.ts'

/** The first looks come early, because most CAs are done by then; later ones when the CA says. */
const FIRST_LOOKS_MS = [150, 350, 700]
const LATER_MS = 2_000
const MOST_MS = 30_000

/** Looks again until it is settled; ends as an outage when the CA takes too long to decide. */
export async function untilSettled<T extends { retryAfterMs: number | undefined }>(
  given: { look: () => Promise<T>; isPending: (seen: T) => boolean; first: T; limitMs: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  const begunAt = clock.elapsedMs()
  let seen = given.first
  for (let looks = 0; given.isPending(seen); looks += 1) {
    if (clock.elapsedMs() - begunAt > given.limitMs)
      throw new AttemptFailed('outage', `the CA has not decided within ${given.limitMs / 1_000} s`)
    const wanted = Math.min(seen.retryAfterMs ?? LATER_MS, MOST_MS)
    await clock.sleep(FIRST_LOOKS_MS[looks] ?? Math.max(wanted, 1_000), signal)
    seen = await given.look()
  }
  return seen
}
