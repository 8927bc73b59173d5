import { LogLevel } from '@vastrox/shared/log.ts'
import { Download, Regex, Search, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { LogOf } from '#features/logs/log-api.ts'
import { LAST, type LogSearch, queryOf } from '#features/logs/log-filter.ts'
import { cx } from '#lib/cx.ts'
import { exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { Menu } from '#ui/menu.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  of: LogOf
  /** Lines may be JSON: their fields can be asked for. */
  hasFields?: boolean
  search: LogSearch
  sources: readonly string[]
  onChange: (search: LogSearch) => void
}

const LEVEL_WORD: Record<LogLevel, string> = {
  debug: t('Every level'),
  info: t('Info and worse'),
  warning: t('Warnings and worse'),
  error: t('Errors'),
}
const TYPING_MS = 350

/** What is looked for; the rest of the page follows while one types. */
export function LogBar({ of, hasFields = true, search, sources, onChange }: Props) {
  const [typed, setTyped] = useTyped(search.q ?? '', (q) => onChange(withText(search, { q })))
  const [fields, setFields] = useTyped(search.fields ?? '', (next) =>
    onChange(withText(search, { fields: next })),
  )
  const { q: _q, regex = false, level, source = '', last, from, to, line } = search
  const known = source === '' || sources.includes(source) ? sources : [source, ...sources]

  return (
    <div className="space-y-2 border-b border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <div className="relative min-w-48 flex-1">
          <Search
            size={15}
            aria-hidden
            className="pointer-events-none absolute top-2.5 left-3 z-10 text-faint"
          />
          <Field
            label={t('Search in the log')}
            hideLabel
            type="search"
            placeholder={regex ? t('Expression, like ^GET .* 5\\d\\d') : t('Search in the log')}
            maxLength={200}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            className="[&_input]:pr-10 [&_input]:pl-9"
          />
          <button
            type="button"
            aria-pressed={regex}
            aria-label={t('Read it as an expression')}
            title={t('Read it as an expression')}
            onClick={() =>
              onChange({ ...without(search, 'regex'), ...(!regex && { regex: true }) })
            }
            className={cx(
              'absolute top-1 right-1 flex size-7 items-center justify-center rounded-sm',
              regex ? 'bg-accent-soft text-accent' : 'text-faint hover:text-ink',
            )}
          >
            <Regex size={15} aria-hidden />
          </button>
        </div>
        <Menu
          trigger={
            <Button aria-label={t('Download')} square icon={<Download size={15} aria-hidden />} />
          }
          entries={(
            [
              [t('As text'), 'text', false],
              [t('As JSON lines'), 'ndjson', false],
              [t('As JSON lines, gzipped'), 'ndjson', true],
            ] as const
          ).map(([label, format, isPacked]) => ({
            label,
            onSelect: () => window.location.assign(downloadOf(of, search, format, isPacked)),
          }))}
        />
      </div>
      <div className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap">
        <Select
          label={t('Level')}
          hideLabel
          value={level ?? 'debug'}
          onChange={({ target }) => {
            const next = LogLevel.safeParse(target.value).data
            onChange({
              ...without(search, 'level'),
              ...(next && next !== 'debug' && { level: next }),
            })
          }}
          className="sm:w-44"
        >
          {LogLevel.options.map((each) => (
            <option key={each} value={each}>
              {LEVEL_WORD[each]}
            </option>
          ))}
        </Select>
        <Select
          label={t('Source')}
          hideLabel
          value={source}
          onChange={({ target }) =>
            onChange({
              ...without(search, 'source'),
              ...(target.value !== '' && { source: target.value }),
            })
          }
          className="sm:w-36"
        >
          <option value="">{t('All sources')}</option>
          {known.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </Select>
        <Select
          label={t('Time')}
          hideLabel
          value={last ?? ''}
          onChange={({ target }) => {
            const next = LAST.find(({ key }) => key === target.value)?.key
            onChange({ ...without(search, 'last', 'from', 'to'), ...(next && { last: next }) })
          }}
          className="sm:w-40"
        >
          <option value="">{t('All that is kept')}</option>
          {LAST.map(({ key, label }) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </Select>
        {hasFields && (
          <Field
            label={t('Fields of JSON')}
            hideLabel
            mono
            placeholder="status=500"
            maxLength={500}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={fields}
            onChange={(event) => setFields(event.target.value)}
            className="sm:w-44"
          />
        )}
      </div>
      {(line !== undefined || from !== undefined || to !== undefined) && (
        <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
          {line !== undefined && search.at !== undefined
            ? t('Around {at}', { at: exactTime(search.at) })
            : sayTimes(from, to)}
          <Button
            size="sm"
            variant="quiet"
            icon={<X size={14} aria-hidden />}
            onClick={() => onChange(without(search, 'line', 'at', 'from', 'to'))}
          >
            {t('Back to what comes')}
          </Button>
        </p>
      )}
    </div>
  )
}

/** The text of a field, told when nobody types for a moment; another one from outside replaces it. */
function useTyped(value: string, tell: (text: string) => void) {
  const [text, setText] = useState(value)
  const [from, setFrom] = useState(value)
  if (from !== value) {
    setFrom(value)
    setText(value)
  }
  useEffect(() => {
    if (text.trim() === value) return undefined
    const timer = setTimeout(() => tell(text.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text, value, tell])
  return [text, setText] as const
}

function without(search: LogSearch, ...names: (keyof LogSearch)[]): LogSearch {
  const rest = { ...search }
  for (const name of names) delete rest[name]
  return rest
}

/** Whoever looks for something looks everywhere, not around the line of before. */
const withText = (search: LogSearch, text: { q?: string; fields?: string }): LogSearch => {
  const [name] = 'q' in text ? (['q'] as const) : (['fields'] as const)
  const value = text[name] ?? ''
  const isWhole = name === 'q' || value === '' || /^[^=,]+=[^,]+(,[^=,]+=[^,]+)*$/.test(value)
  if (!isWhole) return search
  return { ...without(search, name, 'line', 'at'), ...(value !== '' && { [name]: value }) }
}

function downloadOf(
  of: LogOf,
  search: LogSearch,
  format: 'text' | 'ndjson',
  isPacked: boolean,
): string {
  const query = queryOf(search, new Date())
  query.set('format', format)
  if (isPacked) query.set('gzip', 'true')
  return `/api/v1${of}/logs/download?${query.toString()}`
}

function sayTimes(from: string | undefined, to: string | undefined): string {
  if (from === undefined)
    return to === undefined ? t('Until now') : t('Until {to}', { to: exactTime(to) })
  return to === undefined
    ? t('{from} until now', { from: exactTime(from) })
    : `${exactTime(from)} – ${exactTime(to)}`
}
