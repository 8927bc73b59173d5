const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** What is kept how long, and how much of it lies in one piece. The finest first. */
export const RESOLUTIONS = [
  { stepMs: 15_000, keepMs: 25 * HOUR_MS, blockMs: HOUR_MS },
  { stepMs: MINUTE_MS, keepMs: 7 * DAY_MS + HOUR_MS, blockMs: 12 * HOUR_MS },
  { stepMs: 15 * MINUTE_MS, keepMs: 92 * DAY_MS, blockMs: 7 * DAY_MS },
] as const
export type Resolution = (typeof RESOLUTIONS)[number]

/** After the end of an hour, so that what comes late is in it. */
export const COMPACT_AFTER_MS = 5 * MINUTE_MS

export const [FINEST] = RESOLUTIONS
/** Further back nothing is kept at all. */
export const LONGEST_MS = RESOLUTIONS[2].keepMs
export const STEP_MS = FINEST.stepMs

export const floorTo = (ms: number, step: number): number => Math.floor(ms / step) * step
export const ceilTo = (ms: number, step: number): number => Math.ceil(ms / step) * step

/** The finest that reaches back to `from`, and is no finer than `points` between the two can show. */
export function resolutionFor(
  from: number,
  to: number,
  points: number,
  now: number,
): { resolution: Resolution; stepMs: number } {
  const reach = RESOLUTIONS.filter(({ keepMs }) => now - from <= keepMs)
  const wanted = (to - from) / Math.max(1, points - 1)
  const resolution = reach.findLast(({ stepMs }) => stepMs <= wanted) ?? reach[0] ?? RESOLUTIONS[2]
  return {
    resolution,
    stepMs: Math.max(1, Math.ceil(wanted / resolution.stepMs)) * resolution.stepMs,
  }
}
