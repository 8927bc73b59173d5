import type { MetricUnit } from '@vastrox/shared/metric.ts'

export type PlotTone = 'good' | 'warn' | 'bad' | 'busy' | 'idle' | 'accent' | 'magenta' | 'ink'

/** One line, or one layer, of a chart over time. */
export interface PlotSeries {
  name: string
  tone: PlotTone
  /** One for each time; null where nothing was measured. */
  values: readonly (number | null)[]
  /** The highest within each step. */
  peaks?: readonly (number | null)[] | undefined
  /** A limit, or the second of two that belong together. */
  dashed?: boolean
}

/** What lines get that have no meaning of their own, in turn. */
const TONES = ['accent', 'busy', 'warn', 'magenta', 'good', 'bad', 'ink', 'idle'] as const
export const toneAt = (index: number): PlotTone => TONES[index % TONES.length] ?? 'idle'

export interface Stats {
  now: number | null
  min: number | null
  max: number | null
  avg: number | null
}

/** In numbers what a line shows. Its highest is that of the peaks, where there are any. */
export function statsOf({ values, peaks }: Pick<PlotSeries, 'values' | 'peaks'>): Stats {
  let min: number | null = null
  let max: number | null = null
  let sum = 0
  let count = 0
  for (const [index, value] of values.entries()) {
    if (value === null) continue
    const peak = peaks?.[index] ?? value
    min = min === null ? value : Math.min(min, value)
    max = max === null ? peak : Math.max(max, peak)
    sum += value
    count += 1
  }
  return {
    now: values.findLast((value) => value !== null) ?? null,
    min,
    max,
    avg: count === 0 ? null : sum / count,
  }
}

/** The upper edge of each layer, the lowest first; where nothing at all was measured there is none. */
export function stacked(series: readonly Pick<PlotSeries, 'values'>[]): (number | null)[][] {
  const count = Math.max(0, ...series.map(({ values }) => values.length))
  const below = Array.from({ length: count }, () => 0)
  const isKnown = below.map((_, at) => series.some(({ values }) => (values[at] ?? null) !== null))
  return series.map(({ values }) =>
    below.map((sum, at) => {
      below[at] = sum + (values[at] ?? 0)
      return isKnown[at] ? (below[at] ?? null) : null
    }),
  )
}

type Joining = 'sum' | 'avg' | 'max' | 'min' | 'count'

/** Several lines as one; what is not known of some is not counted. */
export function joined(
  lines: readonly (readonly (number | null)[])[],
  how: Joining,
): (number | null)[] {
  const count = Math.max(0, ...lines.map((values) => values.length))
  return Array.from({ length: count }, (_, at) => {
    const known = lines.flatMap((values) => values[at] ?? [])
    if (known.length === 0) return null
    if (how === 'count') return known.length
    if (how === 'max') return Math.max(...known)
    if (how === 'min') return Math.min(...known)
    const sum = known.reduce((total, value) => total + value, 0)
    return how === 'sum' ? sum : sum / known.length
  })
}

const BYTE_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power)

/** The distances that marks at an axis may have, where the usual ones would not be round. */
export const axisSteps = (unit: MetricUnit): number[] | undefined =>
  unit === 'bytes' || unit === 'bytes/s' ? BYTE_STEPS : undefined

/** A round value at or above the highest, so that lines do not touch the edge. */
export function ceilingOf(highest: number, unit: MetricUnit): number {
  if (unit === 'percent' && highest > 75 && highest <= 100) return 100
  if (!(highest > 0))
    return unit === 'percent' ? 1 : unit === 'bytes' || unit === 'bytes/s' ? 1_024 : 1
  const base = unit === 'bytes' || unit === 'bytes/s' ? 1_024 : 10
  const power = base ** Math.floor(Math.log(highest * 1.04) / Math.log(base))
  const steps = base === 10 ? [1, 1.5, 2, 3, 4, 5, 6, 8, 10] : BYTE_CEILINGS
  const step = steps.find((each) => each * power >= highest * 1.04) ?? base
  return step * power
}
const BYTE_CEILINGS = [
  1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1_024,
]

export interface Cursor {
  /** Which of the times. */
  at: number
  /** Which mark is right there. */
  mark: number | undefined
}

/** The mark that is at most so far away, the nearest of them. */
export function nearestMark(
  marks: readonly { at: string }[],
  time: number,
  withinSeconds: number,
): number | undefined {
  let found: number | undefined
  let distance = withinSeconds
  for (const [index, mark] of marks.entries()) {
    const away = Math.abs(Date.parse(mark.at) / 1_000 - time)
    if (away > distance) continue
    found = index
    distance = away
  }
  return found
}
