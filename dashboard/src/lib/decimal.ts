import { language } from '#lib/language.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** A number with at most so many digits behind the point, or the comma of the language. */
export function decimal(value: number, most: number, least = 0): string {
  const key = `${most} ${least}`
  const format =
    formats.get(key) ??
    new Intl.NumberFormat(language, {
      maximumFractionDigits: most,
      minimumFractionDigits: least,
      useGrouping: false,
    })
  formats.set(key, format)
  return format.format(value)
}
