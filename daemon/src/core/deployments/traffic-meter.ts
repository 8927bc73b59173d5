import { addCounts, noTraffic, sumOf, type Traffic } from '#core/deployments/traffic.ts'
import type { Clock } from '#ports/clock.ts'
import type { Proxy } from '#ports/proxy.ts'

interface Deps {
  proxy: Proxy
  clock: Clock
}

const WINDOW_MS = 60_000
/** A window and the one before it: what a new release is compared with is 1 to 2 minutes of the old. */
interface Windows {
  startedAt: number
  current: Traffic
  previous: Traffic
}

/** Remembers the last minutes of each instance's traffic, so that a release can be compared with the one before. */
export function createTrafficMeter({ proxy, clock }: Deps) {
  const instances = new Map<string, Windows>()
  let stop: (() => void) | undefined

  function windowsOf(name: string): Windows {
    const now = clock.elapsedMs()
    const known = instances.get(name)
    if (known && now - known.startedAt < WINDOW_MS) return known
    const previous = known && now - known.startedAt < 2 * WINDOW_MS ? known.current : noTraffic()
    const next = { startedAt: now, current: noTraffic(), previous }
    instances.set(name, next)
    return next
  }

  return {
    start(): void {
      stop ??= proxy.onCounts((counts) => {
        for (const one of counts) {
          const windows = windowsOf(one.instance)
          windows.current = addCounts(windows.current, [one])
        }
        const now = clock.elapsedMs()
        for (const [name, windows] of instances)
          if (now - windows.startedAt > 10 * WINDOW_MS) instances.delete(name)
      })
    },
    stop(): void {
      stop?.()
      stop = undefined
    },
    recent(names: readonly string[]): Traffic {
      return sumOf(
        names
          .map((name) => instances.get(name))
          .flatMap((windows) => (windows ? [windows.previous, windows.current] : [])),
      )
    },
  }
}
export type TrafficMeter = ReturnType<typeof createTrafficMeter>
