import type { FoundLine, LogLevel } from '@vastrox/shared/log.ts'
import { memo, useLayoutEffect, useRef } from 'react'
import { canAskFor } from '#features/logs/log-filter.ts'
import { besideMessage, type JsonLine, readJsonLine } from '#features/logs/json-line.ts'
import { plainText } from '#lib/ansi.ts'
import { cx } from '#lib/cx.ts'
import { clock, exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { Ansi, Marked, sourceColor } from '#ui/log-text.tsx'

interface Props {
  line: FoundLine
  search: string
  isTarget: boolean
  isOpen: boolean
  onToggle: (id: string | undefined) => void
  onHeight: (height: number) => void
  onAround: (id: string, at: string) => void
  onField: (name: string, value: string) => void
}

const LEVEL: Record<LogLevel, { bar: string; text: string }> = {
  debug: { bar: '', text: 'text-faint' },
  info: { bar: 'shadow-[inset_2px_0_var(--c-busy)]', text: '' },
  warning: { bar: 'shadow-[inset_2px_0_var(--c-warn)]', text: 'text-warn' },
  error: { bar: 'shadow-[inset_2px_0_var(--c-bad)] bg-bad-soft/50', text: 'text-bad' },
}

function lookOf({ level, stream }: FoundLine): { bar: string; text: string } {
  if (stream === 'platform') return { bar: '', text: 'text-busy' }
  if (level !== null) return LEVEL[level]
  return { bar: stream === 'stderr' ? 'shadow-[inset_2px_0_var(--c-faint)]' : '', text: '' }
}

/** One line of a log, as high as every other; opened, all that is known of it. */
export const LogRow = memo(function LogRow(props: Props) {
  const { line, search, isTarget, isOpen, onToggle } = props
  const { bar, text } = lookOf(line)
  const json = readJsonLine(line.text)
  return (
    <div className={cx(bar, isTarget && 'bg-accent-soft', isOpen && 'bg-hover/60')}>
      <div className="flex h-5.5 items-center gap-3 px-4 hover:bg-hover/60">
        <button
          type="button"
          aria-expanded={isOpen}
          disabled={line.id === ''}
          title={exactTime(line.at)}
          onClick={() => onToggle(isOpen ? undefined : line.id)}
          className="tabular h-5.5 shrink-0 text-faint hover:text-ink"
        >
          <time dateTime={line.at}>{clock(line.at)}</time>
        </button>
        <span
          className={cx('w-18 shrink-0 truncate select-none', sourceColor(line.source))}
          title={line.source}
        >
          {line.source}
        </span>
        <span className={cx('min-w-0 flex-1 truncate', text)}>
          <Text text={line.text} json={json} search={search} />
        </span>
      </div>
      {isOpen && <Details {...props} json={json} />}
    </div>
  )
})

const MOST_SHOWN = 2_000

function Text({
  text,
  json,
  search,
}: {
  text: string
  json: JsonLine | undefined
  search: string
}) {
  const short = text.slice(0, MOST_SHOWN)
  if (search !== '') return <Marked text={short} search={search} />
  if (json?.message === undefined) return <Ansi text={short} />
  return (
    <>
      {json.message}
      {besideMessage(json).map(([name, value]) => (
        <span key={name} className="text-faint">
          {' '}
          {name}=<span className="text-muted">{value.slice(0, 80)}</span>
        </span>
      ))}
    </>
  )
}

function Details({
  line,
  json,
  onHeight,
  onAround,
  onField,
}: Props & { json: JsonLine | undefined }) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const box = ref.current
    if (!box) return undefined
    const tell = (): void => onHeight(box.offsetHeight)
    tell()
    const watch = new ResizeObserver(tell)
    watch.observe(box)
    return () => watch.disconnect()
  }, [onHeight])
  const { id, at, source, release, level, text } = line

  return (
    <div ref={ref} className="border-y border-line bg-raised px-4 py-3 font-sans text-sm">
      <p className="tabular text-muted">
        {exactTime(at)} · {source}
        {release !== null && ` · ${t('v{release}', { release })}`}
        {level !== null && ` · ${level}`}
      </p>
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
        tabIndex={0}
        aria-label="The whole line"
        className="mt-2 max-h-60 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs break-all whitespace-pre-wrap"
      >
        <Ansi text={text} />
      </pre>
      {json && json.fields.length > 0 && (
        <dl className="mt-3 grid max-h-72 grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 overflow-y-auto font-mono text-xs">
          {json.fields.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="min-w-0 break-all">
                {canAskFor(name, value) ? (
                  <button
                    type="button"
                    title={t('Only lines with this')}
                    onClick={() => onField(name, value)}
                    className="text-left underline decoration-line-strong decoration-dotted hover:text-accent"
                  >
                    {value}
                  </button>
                ) : (
                  value
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Button size="sm" onClick={() => onAround(id, at)}>
          {t('What is around it')}
        </Button>
        <CopyButton text={() => linkTo(id, at)} label={t('Copy a link to this line')} />
        <CopyButton text={() => plainText(text)} label={t('Copy the line')} />
      </div>
    </div>
  )
}

function linkTo(id: string, at: string): string {
  const { origin, pathname } = window.location
  return `${origin}${pathname}?${new URLSearchParams({ line: JSON.stringify(id), at }).toString()}`
}
