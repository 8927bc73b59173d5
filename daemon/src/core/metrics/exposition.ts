/** One metric as Prometheus has them: a name, what it says, and a line for each set of labels. */
export interface Family {
  /** Without `_total`. */
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram'
  samples: readonly FamilySample[]
}

export interface FamilySample {
  labels: Readonly<Record<string, string>>
  value: number | HistogramValue
}

/** `counts[i]`: how many were no more than `bounds[i]`. */
export interface HistogramValue {
  bounds: readonly number[]
  counts: readonly number[]
  count: number
  sum: number
}

export const EXPOSITION_TYPES = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const
export type Exposition = keyof typeof EXPOSITION_TYPES

/** Families without a sample are left out. */
export function expose(families: readonly Family[], how: Exposition): string {
  const lines: string[] = []
  for (const { name, help, type, samples } of families) {
    if (samples.length === 0) continue
    const isCounter = type === 'counter'
    // The one names the family as its samples, the other without what they end in.
    const family = isCounter && how === 'text' ? `${name}_total` : name
    lines.push(`# HELP ${family} ${escapedHelp(help, how)}`, `# TYPE ${family} ${type}`)
    for (const { labels, value } of samples) {
      if (typeof value === 'number')
        lines.push(`${isCounter ? `${name}_total` : name}${labelsOf(labels)} ${numberOf(value)}`)
      else lines.push(...histogramLines(name, labels, value))
    }
  }
  if (how === 'openmetrics') lines.push('# EOF')
  return `${lines.join('\n')}\n`
}

function histogramLines(
  name: string,
  labels: FamilySample['labels'],
  { bounds, counts, count, sum }: HistogramValue,
): string[] {
  return [
    ...bounds.map(
      (bound, at) =>
        `${name}_bucket${labelsOf({ ...labels, le: boundOf(bound) })} ${numberOf(counts[at] ?? 0)}`,
    ),
    `${name}_bucket${labelsOf({ ...labels, le: '+Inf' })} ${numberOf(count)}`,
    `${name}_sum${labelsOf(labels)} ${numberOf(sum)}`,
    `${name}_count${labelsOf(labels)} ${numberOf(count)}`,
  ]
}

/** As OpenMetrics wants it: with a point always. */
const boundOf = (bound: number): string => (Number.isInteger(bound) ? `${bound}.0` : String(bound))

const labelsOf = (labels: FamilySample['labels']): string => {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return all.length === 0 ? '' : `{${all.join(',')}}`
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')

const escapedHelp = (help: string, how: Exposition): string => {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return how === 'openmetrics' ? text.replaceAll('"', '\\"') : text
}

const numberOf = (value: number): string => (Number.isNaN(value) ? 'NaN' : String(value))
