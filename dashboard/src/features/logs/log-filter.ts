import { LogFilter, LogLevel } from '@vastrox/shared/log.ts'
import { t } from '#lib/words.ts'

/** What is looked for, as it stands in the fields and in the address of the page. */
export interface LogSearch {
  q?: string
  /** The text is an expression. */
  regex?: boolean
  level?: LogLevel
  source?: string
  fields?: string
  /** Of the last so long. */
  last?: LastKey
  from?: string
  to?: string
  /** A line that somebody was sent to, with its time. */
  line?: string
  at?: string
}

const HOUR_MS = 3_600_000
export const LAST = [
  { key: '15m', label: t('Last 15 minutes'), ms: HOUR_MS / 4 },
  { key: '1h', label: t('Last hour'), ms: HOUR_MS },
  { key: '24h', label: t('Last 24 hours'), ms: 24 * HOUR_MS },
  { key: '7d', label: t('Last 7 days'), ms: 7 * 24 * HOUR_MS },
] as const
export type LastKey = (typeof LAST)[number]['key']

/** A search for 404 stands as a number in the address. */
const text = (value: unknown, most: number): string | undefined => {
  const known = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof known === 'string' && known !== '' ? known.slice(0, most) : undefined
}

const time = (value: unknown): string | undefined =>
  typeof value === 'string' && LogFilter.shape.from.safeParse(value).success ? value : undefined

/** What of an address is understood; anything else is left out. */
export function logSearch(search: Record<string, unknown>): LogSearch {
  const q = text(search['q'], 200)
  const level = LogLevel.safeParse(search['level']).data
  const source = LogFilter.shape.source.safeParse(search['source']).data
  const fields = LogFilter.shape.fields.safeParse(search['fields']).data
  const last = LAST.find(({ key }) => key === search['last'])?.key
  const from = time(search['from'])
  const to = time(search['to'])
  const line = text(search['line'], 60)
  const at = time(search['at'])
  return {
    ...(q !== undefined && { q }),
    ...(search['regex'] === true && { regex: true }),
    ...(level && { level }),
    ...(source !== undefined && source !== '' && { source }),
    ...(fields !== undefined && { fields }),
    ...(last && { last }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(line !== undefined && at !== undefined && { line, at }),
  }
}

/** What the server is asked for. */
export function queryOf(
  { q, regex, level, source, fields, last, from, to }: LogSearch,
  now: Date,
): URLSearchParams {
  const query = new URLSearchParams()
  if (q !== undefined) query.set(regex ? 'regex' : 'text', q)
  if (level) query.set('level', level)
  if (source !== undefined) query.set('source', source)
  if (fields !== undefined) query.set('fields', fields)
  const ms = LAST.find(({ key }) => key === last)?.ms
  if (from !== undefined) query.set('from', from)
  else if (ms !== undefined) query.set('from', new Date(now.getTime() - ms).toISOString())
  if (to !== undefined) query.set('to', to)
  return query
}

/** New lines come in, unless a part of the past is looked at. */
export const isLive = ({ to, line }: LogSearch): boolean => to === undefined && line === undefined

/** The search with one field of JSON more: `status=500,user.id=7`. */
export function withField(search: LogSearch, name: string, value: string): LogSearch {
  const wanted = `${name}=${value}`
  const fields = [...(search.fields?.split(',') ?? []).filter((each) => each !== wanted), wanted]
  return { ...search, fields: fields.join(',') }
}

/** A field can be asked for where neither its name nor its value would be read as something else. */
export const canAskFor = (name: string, value: string): boolean =>
  value !== '' && `${name}=${value}`.length <= 200 && !/[,=]/.test(name) && !value.includes(',')
