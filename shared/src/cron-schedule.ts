import { z } from 'zod'

interface Field {
  name: string
  least: number
  most: number
  /** Names that stand for numbers, from `least` on. */
  names?: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'weekday', least: 0, most: 7, names: DAYS },
]

const SHORT_FORMS = [
  '@hourly',
  '@daily',
  '@midnight',
  '@weekly',
  '@monthly',
  '@yearly',
  '@annually',
]

/**
 * Times as cron takes them: five fields (`*`, numbers, names, ranges, steps, lists), or a short form
 * such as @daily. Seconds and the extras of other schedulers are refused.
 */
export const CronSchedule = z
  .string()
  .trim()
  .max(100)
  .superRefine((text, context) => {
    const wrong = whyNotSchedule(text)
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong })
  })

function whyNotSchedule(text: string): string | undefined {
  if (text.startsWith('@'))
    return SHORT_FORMS.includes(text.toLowerCase())
      ? undefined
      : `Use one of ${SHORT_FORMS.join(', ')}, or five fields.`
  const fields = text.split(/\s+/)
  if (fields.length !== FIELDS.length)
    return `Use five fields: ${FIELDS.map(({ name }) => name).join(', ')}.`
  const wrong = FIELDS.find((field, at) => !isField(fields[at] ?? '', field))
  return wrong && `The ${wrong.name} must be *, or from ${wrong.least} to ${wrong.most}.`
}

const isField = (text: string, field: Field): boolean =>
  text.split(',').every((part) => isPart(part.toLowerCase(), field))

function isPart(part: string, field: Field): boolean {
  const [range = '', step, ...more] = part.split('/')
  if (more.length > 0) return false
  if (step !== undefined && (!/^[1-9][0-9]?$/.test(step) || Number(step) > field.most)) return false
  if (range === '*') return true
  const [from = '', to, ...rest] = range.split('-')
  if (rest.length > 0) return false
  const first = numberOf(from, field)
  const last = to === undefined ? first : numberOf(to, field)
  return first !== undefined && last !== undefined && first <= last
}

function numberOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names?.indexOf(text) ?? -1
  if (named >= 0) return named + least
  if (!/^[0-9]{1,2}$/.test(text)) return undefined
  const number = Number(text)
  return number >= least && number <= most ? number : undefined
}
