import { NOWHERE, Roll } from './roll.ts'

/** A body that comes below its least rate, while there is a crowd of them. */
export interface SlowBody {
  /** What has come is read, until `lookAway`. */
  look(): void
  /** What comes waits in the kernel and wakes nobody. Whose time is over is ended here, in turn as well. */
  lookAway(): void
}

/** A body that has just begun, in a crowd: no instance is asked before enough of it has come. */
export interface BegunBody {
  /** False once it has come, or is one of the slow ones, or has gone. */
  isAwaited(now: number): boolean
}

interface Options {
  /** So many are no crowd: each is read as it comes. */
  slowBodies: number
  /** In a crowd each is looked at so often. */
  slowBodyEveryMs: number
}

/** A turn of the loop takes in one new connection, so nothing here may make turns long. */
const TICK_MS = 5

/**
 * Slow clients send their drops by the thousand at the same moment, and each costs a turn through
 * parser, count and app that everybody else waits for (rule P8, decision 266). In a crowd of them only a
 * few are looked at at a time, in turn.
 */
export function createSlowBodies({ slowBodies: crowd, slowBodyEveryMs: everyMs }: Options) {
  const bodies = new Roll<SlowBody>()
  let turn = bodies[Symbol.iterator]()
  let lookedAt: SlowBody[] = []
  let begun: BegunBody[] = []
  let ticking: NodeJS.Timeout | undefined
  let tickedAt = 0

  function onTick(): void {
    if (bodies.size <= crowd / 2) {
      disperse()
      return
    }
    for (const body of lookedAt) body.lookAway()
    lookedAt = []
    const now = performance.now()
    begun = begun.filter((body) => body.isAwaited(now))
    // Who has little time looks at fewer of them, and not at more because he is late.
    const share = Math.min(1, TICK_MS / (now - tickedAt))
    tickedAt = now
    lookAt(Math.ceil(((bodies.size * TICK_MS) / everyMs) * share))
  }

  function lookAt(count: number): void {
    while (lookedAt.length < count) {
      const next = turn.next()
      if (next.done) {
        turn = bodies[Symbol.iterator]()
        return
      }
      next.value.look()
      lookedAt.push(next.value)
    }
  }

  function disperse(): void {
    clearInterval(ticking)
    ticking = undefined
    lookedAt = []
    const now = performance.now()
    for (const body of begun) body.isAwaited(now)
    begun = []
    for (const body of bodies) body.look()
  }

  return {
    enter(body: SlowBody): number {
      const place = bodies.enter(body)
      if (!ticking && bodies.size > crowd) {
        ticking = setInterval(onTick, TICK_MS).unref()
        for (const each of bodies) each.lookAway()
      }
      return place
    },
    /** Asked at every turn until it is awaited no more. */
    await: (body: BegunBody): number => begun.push(body),
    /** Who is here now is looked at only in turn. */
    get isCrowd(): boolean {
      return ticking !== undefined
    },
    leave: (place: number): typeof NOWHERE => bodies.leave(place),
    get size(): number {
      return bodies.size
    },
  }
}
export type SlowBodies = ReturnType<typeof createSlowBodies>
