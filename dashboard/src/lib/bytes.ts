import { decimal } from '#lib/decimal.ts'

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** A size in powers of 1,024, with at most one decimal: "512 MB", "1.5 GB". */
export function sayBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024
    unit += 1
  }
  const digits = value < 10 && unit > 1 ? 1 : 0
  return `${decimal(value, digits)} ${UNITS[unit]}`
}

export const MEGABYTE = 2 ** 20
