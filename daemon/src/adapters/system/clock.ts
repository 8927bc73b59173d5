import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '#ports/clock.ts'

export const systemClock: Clock = {
  now: () => new Date(),
  elapsedMs: () => Math.floor(performance.now()),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}
