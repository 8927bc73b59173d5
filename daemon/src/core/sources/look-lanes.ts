import type { Clock } from '#ports/clock.ts'

interface Limits {
  /** Looks that are expected to be over soon. */
  quick: number
  /** Of these, and of those that failed the last time. */
  slow: number
  /** What takes longer than this is slow, and makes room for others. */
  quickMs: number
}

const LIMITS: Limits = { quick: 4, slow: 6, quickMs: 20_000 }

/**
 * Who looks when, of all apps together: each look is a git with its helpers. A host that lets us wait
 * keeps its place among the quick ones for a moment only, and what failed the last time waits with
 * its like; so nobody who looks at a host that answers waits for those that do not.
 */
export function createLookLanes(clock: Pick<Clock, 'sleep'>, limits: Limits = LIMITS) {
  const quick = createLane(limits.quick)
  const slow = createLane(limits.slow)

  async function asQuick<Result>(work: () => Promise<Result>): Promise<Result> {
    let leave = await quick.enter()
    const over = new AbortController()
    const moving = clock.sleep(limits.quickMs, over.signal).then(
      () => {
        const other = slow.tryToEnter()
        if (!other || over.signal.aborted) return other?.()
        leave()
        leave = other
      },
      () => undefined,
    )
    try {
      return await work()
    } finally {
      over.abort()
      await moving
      leave()
    }
  }

  return {
    async run<Result>(isDoubtful: boolean, work: () => Promise<Result>): Promise<Result> {
      if (!isDoubtful) return asQuick(work)
      const leave = await slow.enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
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
    tryToEnter(): (() => void) | undefined {
      if (busy >= max) return undefined
      busy += 1
      return leave
    },
  }
}
