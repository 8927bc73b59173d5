import type { MetricUnit } from '@vastrox/shared/metric.ts'
import { sayBytes } from '#lib/bytes.ts'
import { span } from '#lib/time.ts'

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** As many digits as tell something: "0.042", "1.5", "18", "12.4K". */
export function sayNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 10_000) return COMPACT.format(value)
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en')
  if (size >= 1) return trimmed(value.toFixed(1))
  if (size >= 0.1) return trimmed(value.toFixed(2))
  return size < 0.0005 ? '0' : trimmed(value.toFixed(3))
}

const trimmed = (text: string): string => text.replace(/\.?0+$/, '')

/** A measured value with its unit, for people. */
export function sayValue(unit: MetricUnit, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  switch (unit) {
    case 'bytes':
      return sayBytes(value)
    case 'bytes/s':
      return `${sayBytes(value)}/s`
    case 'cores':
      return `${sayNumber(value)} ${value === 1 ? 'core' : 'cores'}`
    case 'percent':
      return `${sayNumber(value)} %`
    case 'per second':
      return `${sayNumber(value)}/s`
    case 'ms':
      return value < 10 ? `${trimmed(value.toFixed(1))} ms` : span(value)
    case 'days':
      return `${sayNumber(value)} ${value === 1 ? 'day' : 'days'}`
    case 'count':
      return sayNumber(value)
    default:
      return unit satisfies never
  }
}

/** At an axis there is room for few letters. */
export const sayAxis = (unit: MetricUnit, value: number): string =>
  unit === 'cores' || unit === 'days' || unit === 'per second'
    ? sayNumber(value)
    : sayValue(unit, value)
