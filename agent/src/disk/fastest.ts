import { setTimeout as sleep } from 'node:timers/promises'
import type { AppContainer } from '#agent/disk/measure.ts'
import { writtenBy } from '#agent/disk/writers.ts'

const WATCHED_MS = 250
/** Less is no reason to stop anybody. */
const WORTH_BYTES = 4 * 2 ** 20

/** The container that writes the most at this moment; undefined where none writes much. */
export async function findFastest(
  containers: readonly AppContainer[],
): Promise<AppContainer | undefined> {
  const count = () => Promise.all(containers.map(({ id }) => writtenBy(id)))
  const before = await count()
  await sleep(WATCHED_MS)
  const after = await count()
  const written = containers.map((container, at) => ({
    container,
    bytes: (after[at] ?? 0) - (before[at] ?? 0),
  }))
  const [first] = written.toSorted((one, other) => other.bytes - one.bytes)
  return first && first.bytes >= WORTH_BYTES ? first.container : undefined
}
