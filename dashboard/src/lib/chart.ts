/** One line, or one layer, of a chart; a value for each place on its axis. */
export interface ChartSeries {
  name: string
  tone: 'good' | 'warn' | 'bad' | 'busy' | 'idle'
  /** null: nothing is known there. */
  values: readonly (number | null)[]
}

/** Where the chart is drawn, in the units of its view box. */
export interface ChartBox {
  width: number
  height: number
}

/** A round number at or above the highest value, so that the axis says something. */
export function ceilingOf(highest: number): number {
  if (!(highest > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  const step = [1, 2, 5, 10].find((each) => each * power >= highest) ?? 10
  return step * power
}

/** The highest value of all; of a stack the highest sum. */
export function highestOf(series: readonly ChartSeries[], stacked: boolean): number {
  const count = Math.max(0, ...series.map(({ values }) => values.length))
  let highest = 0
  for (let at = 0; at < count; at += 1) {
    const here = series.map(({ values }) => values[at] ?? 0)
    const value = stacked ? here.reduce((sum, each) => sum + each, 0) : Math.max(...here)
    highest = Math.max(highest, value)
  }
  return highest
}

const round = (value: number): number => Math.round(value * 100) / 100

/** The `d` of a path through the values; it begins anew behind what is not known. */
export function linePath(
  values: readonly (number | null)[],
  ceiling: number,
  { width, height }: ChartBox,
): string {
  const step = width / Math.max(1, values.length)
  let isOpen = false
  let path = ''
  for (const [at, value] of values.entries()) {
    if (value === null) {
      isOpen = false
      continue
    }
    const x = round(step * (at + 0.5))
    const y = round(height - (height * Math.min(value, ceiling)) / ceiling)
    // A point alone is a line of no length, which a round cap makes seen.
    path += isOpen ? `L${x} ${y}` : `M${x} ${y}h0`
    isOpen = true
  }
  return path
}

export interface Bar {
  at: number
  x: number
  y: number
  width: number
  height: number
}

/** The pieces of each series in columns, one on top of the other. */
export function stackedBars(
  series: readonly ChartSeries[],
  ceiling: number,
  { width, height }: ChartBox,
): Bar[][] {
  const count = Math.max(1, ...series.map(({ values }) => values.length))
  const step = width / count
  const bottom = Array.from({ length: count }, () => height)
  return series.map(({ values }) =>
    values.flatMap((value, at) => {
      if (value === null || value <= 0) return []
      const tall = (height * value) / ceiling
      const y = (bottom[at] ?? height) - tall
      bottom[at] = y
      return [
        {
          at,
          x: round(step * at + step * 0.12),
          y: round(y),
          width: round(step * 0.76),
          height: round(tall),
        },
      ]
    }),
  )
}
