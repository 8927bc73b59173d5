import { PERCENTILES, TIMES } from '#core/metrics/metric-kinds.ts'
import { STEP_MS } from '#core/metrics/resolutions.ts'
import { percentilesOf } from '#core/metrics/roll-up.ts'
import type { Column, Columns } from '#store/metrics-columns.ts'

export interface Shown {
  values: (number | null)[]
  peaks?: (number | null)[]
}

/** As people see it: rates by the second, percentiles and the share of errors instead of what they come from. */
export function shownColumns(
  columns: Columns,
  { from, stepMs, knownUntil }: { from: number; stepMs: number; knownUntil: number },
): Map<string, Shown> {
  const shown = new Map<string, Shown>()
  const secondsOf = (at: number): number => {
    const begin = from + at * stepMs
    // The newest step is not over yet.
    const end = Math.min(begin + stepMs, Math.max(knownUntil, begin + STEP_MS))
    return (end - begin) / 1_000
  }
  for (const [metric, column] of columns) {
    if (column.histograms) {
      for (const [name, share] of Object.entries(PERCENTILES))
        shown.set(name, { values: rounded(percentilesOf(column.histograms, share)) })
      continue
    }
    const isRate = column.kind === 'rate'
    const values = isRate ? column.values.map((sum, at) => sum / secondsOf(at)) : column.values
    const peaks = isRate ? column.peaks?.map((most) => (most * 1_000) / STEP_MS) : column.peaks
    const isSum = column.kind === 'count'
    shown.set(metric, {
      values: rounded(values),
      ...(peaks && !isSum && stepMs > STEP_MS ? { peaks: rounded(peaks) } : {}),
    })
  }
  shown.delete(TIMES)
  const requests = columns.get('requests')
  if (requests?.kind === 'rate') shown.set('errorRate', { values: errorRates(columns, requests) })
  return shown
}

function errorRates(columns: Columns, requests: Column): (number | null)[] {
  const failed = columns.get('serverErrors')?.values
  const gone = columns.get('gone')?.values
  return Array.from(requests.values, (asked, at) => {
    const answered = asked - (gone?.[at] || 0)
    return answered > 0 ? round((100 * (failed?.[at] || 0)) / answered) : null
  })
}

const rounded = (values: Float64Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : round(value)))

const DIGITS = 5
/** Five digits are more than is kept, and less than JSON would write. */
function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS))
}
