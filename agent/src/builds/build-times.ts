import { readFile } from 'node:fs/promises'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'

/** What was built longer ago than so many builds is not known any more, and left alone. */
const MOST = 2_000
/** A build that a dead agent had begun has ended by then. */
const LONGEST_MS = 3_600_000
/** The engine writes down what a step has left a moment after it. */
const SLACK_MS = 5_000

const Times = z.array(z.object({ fromMs: z.number(), toMs: z.number().nullable() }))
type Time = z.infer<typeof Times>[number]

/**
 * When this installation has built. The engine's build cache carries no labels, so what was made while
 * we built is ours, and nothing else is (rule K7; decision 0200).
 */
export async function openBuildTimes(path: string, now: () => number = Date.now) {
  let times: Time[] = (await read(path)).map((time) => ({
    ...time,
    toMs: time.toMs ?? Math.min(now(), time.fromMs + LONGEST_MS),
  }))
  const save = (): Promise<void> => {
    times = times.slice(-MOST)
    return writeAtomically(path, JSON.stringify(times))
  }

  return {
    /** Written down before the work begins: what a killed agent has built is known as well. */
    async during<Result>(work: () => Promise<Result>): Promise<Result> {
      const time: Time = { fromMs: now(), toMs: null }
      times.push(time)
      await save()
      try {
        return await work()
      } finally {
        time.toMs = now()
        await save().catch(() => {
          // Without room for it the cache of this build is left alone.
        })
      }
    },

    isOurs: (madeAtMs: number): boolean =>
      times.some(
        ({ fromMs, toMs }) =>
          madeAtMs >= fromMs - SLACK_MS && madeAtMs <= (toMs ?? now()) + SLACK_MS,
      ),
  }
}
export type BuildTimes = Awaited<ReturnType<typeof openBuildTimes>>

async function read(path: string): Promise<Time[]> {
  try {
    return Times.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    // There is none yet, or it cannot be read: what it told is left alone.
    return []
  }
}
