import type { MetricUnit } from '@vastrox/shared/metric.ts'
import { sayBytes } from '#lib/bytes.ts'
import { decimal } from '#lib/decimal.ts'
import { language } from '#lib/language.ts'
import { span } from '#lib/time.ts'
import { t } from '#lib/words.ts'

const COMPACT = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 })

/** As many digits as tell something: "0.042", "1.5", "18", "12.4K". */
export function sayNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 10_000) return COMPACT.format(value)
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString(language)
  if (size >= 1) return decimal(value, 1)
  if (size >= 0.1) return decimal(value, 2)
  return size < 0.0005 ? '0' : decimal(value, 3)
}

/** A measured value with its unit, for people. */
export function sayValue(unit: MetricUnit, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  switch (unit) {
    case 'bytes':
      return sayBytes(value)
    case 'bytes/s':
      return `${sayBytes(value)}/s`
    case 'cores':
      return value === 1 ? t('1 core') : t('{count} cores', { count: sayNumber(value) })
    case 'percent':
      return `${sayNumber(value)} %`
    case 'per second':
      return `${sayNumber(value)}/s`
    case 'ms':
      return value < 10 ? t('{count} ms', { count: decimal(value, 1) }) : span(value)
    case 'days':
      return value === 1 ? t('1 day') : t('{count} days', { count: sayNumber(value) })
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
