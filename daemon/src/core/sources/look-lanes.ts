import type { Clock } from '#ports/clock.ts'

interface Limits {
  /** Looks that are expected to be over soon. */
  quick: number
  /** Of these, and of those that failed the last time. */
  slow: number
  /** What takes longer than this is slow, and makes room for others. */
  quickMs: number
  /** What takes longer than this while others wait makes room where there is none among the slow ones, too. */
  cutMs: number
}

const LIMITS: Limits = { quick: 4, slow: 6, quickMs: 20_000, cutMs: 120_000 }

/**
 * Who looks when, of all apps together: each look is a git with its helpers. A host that lets us wait
 * keeps its place among the quick ones for a moment only, and what failed the last time waits with
 * its like; so nobody who looks at a host that answers waits for long for those that do not. Where
 * the slow ones have no room either, one that others wait for is cut off, and begins anew among them.
 */
export function createLookLanes(clock: Pick<Clock, 'sleep'>, limits: Limits = LIMITS) {
  const quick = createLane(limits.quick)
  const slow = createLane(limits.slow)

  async function asQuick<Result>(work: Work<Result>): Promise<Result | typeof CUT> {
    let leave = await quick.enter()
    const over = new AbortController()
    const cut = new AbortController()
    const makeRoom = async (): Promise<void> => {
      for (let passedMs = limits.quickMs; ; passedMs += limits.quickMs) {
        await clock.sleep(limits.quickMs, over.signal)
        if (over.signal.aborted) return
        const other = slow.tryToEnter()
        if (other) {
          leave()
          leave = other
          return
        }
        if (passedMs >= limits.cutMs && quick.isWaitedFor()) return cut.abort()
      }
    }
    const moving = makeRoom().catch(() => {
      // It was over before.
    })
    try {
      return await work(cut.signal)
    } catch (error) {
      if (cut.signal.aborted) return CUT
      throw error
    } finally {
      over.abort()
      await moving
      leave()
    }
  }

  return {
    /** Once the signal that it is given is aborted, the work rejects, and is done again later. */
    async run<Result>(isDoubtful: boolean, work: Work<Result>): Promise<Result> {
      const done = isDoubtful ? CUT : await asQuick(work)
      if (done !== CUT) return done
      const leave = await slow.enter()
      try {
        return await work(NEVER)
      } finally {
        leave()
      }
    },
  }
}
type Work<Result> = (cut: AbortSignal) => Promise<Result>
const CUT = Symbol('it makes room for others')
const NEVER = new AbortController().signal

export type LookLanes = ReturnType<typeof createLookLanes>

function createLane(max: number) {
  const waiting: (() => void)[] = []
  let busy = 0

  function leave(): void {
    const next = waiting.shift()
    // Whoever ends hands its place over.
    if (next) next()
    else busy -= 1
  }

  return {
    async enter(): Promise<() => void> {
      if (busy < max) busy += 1
      else {
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.push(resolve)
        await promise
      }
      return leave
    },
    isWaitedFor: (): boolean => waiting.length > 0,
    tryToEnter(): (() => void) | undefined {
      if (busy >= max) return undefined
      busy += 1
      return leave
    },
  }
}
