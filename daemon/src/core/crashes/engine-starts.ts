import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { Clock } from '#ports/clock.ts'

interface Deps {
  hints: Pick<InstanceHints, 'onEngineStart'>
  clock: Clock
}

const KEPT = 10

/** When the engine came back, as far as this daemon has seen it. */
export function createEngineStarts({ hints, clock }: Deps) {
  let starts: readonly Date[] = []
  let stop: (() => void) | undefined

  return {
    start(): void {
      stop ??= hints.onEngineStart(() => {
        starts = [...starts, clock.now()].slice(-KEPT)
      })
    },
    stop(): void {
      stop?.()
      stop = undefined
    },
    /** Newest last. */
    all: (): readonly Date[] => starts,
  }
}
