import { Pause, Play } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { MOST_WAITING } from '#features/logs/live-log.ts'
import type { LogOf } from '#features/logs/log-api.ts'
import { LogBar } from '#features/logs/log-bar.tsx'
import { isLive, type LogSearch, withField } from '#features/logs/log-filter.ts'
import { LogList } from '#features/logs/log-list.tsx'
import { type ShownLog, useLog } from '#features/logs/use-log.ts'
import { plainText } from '#lib/ansi.ts'
import { language } from '#lib/language.ts'
import { t, tn } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { StateDot } from '#ui/state.tsx'

interface Props {
  of: LogOf
  /** For people: "Log of shop". */
  label: string
  /** Where nothing is looked for and nothing is there. */
  empty: string
  search: LogSearch
  /** Sources that are there whether they printed lately or not. */
  known?: readonly string[]
  hasFields?: boolean
  onChange: (search: LogSearch) => void
  /** To what is around one line. */
  onAround: (line: string, at: string) => void
}

const NONE: readonly string[] = []

/** What is looked for, and the lines beneath it. */
export function LogViewer({ search, known = NONE, hasFields = true, ...rest }: Props) {
  const [seen, setSeen] = useState<readonly string[]>([])
  const [round, setRound] = useState(0)
  return (
    <Card flush className="overflow-hidden">
      <LogBar
        of={rest.of}
        hasFields={hasFields}
        search={search}
        sources={[...new Set([...known, ...seen])]}
        onChange={rest.onChange}
      />
      <Lines
        {...rest}
        // Another search begins at its end.
        key={`${rest.of} ${JSON.stringify(search)} ${round}`}
        search={search}
        onSources={setSeen}
        onRetry={() => setRound(round + 1)}
      />
    </Card>
  )
}

interface LinesProps extends Omit<Props, 'known' | 'hasFields'> {
  onSources: (sources: readonly string[]) => void
  onRetry: () => void
}

function Lines({ of, label, empty, search, onChange, onAround, onSources, onRetry }: LinesProps) {
  const log = useLog(of, search)
  const sources = sourcesOf(log).join(' ')
  useEffect(() => {
    if (sources !== '') onSources(sources.split(' '))
  }, [sources, onSources])

  const addField = useCallback(
    (field: string, value: string): void => onChange(withField(search, field, value)),
    [onChange, search],
  )
  return (
    <>
      <div className="tabular flex min-h-10 items-center gap-3 border-b border-line px-4 py-1 text-sm text-muted">
        <Standing log={log} />
        {isLive(search) && (
          <Button
            size="sm"
            variant="quiet"
            icon={log.isPaused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            onClick={() => log.pause(!log.isPaused)}
          >
            {log.isPaused ? t('Go on') : t('Pause')}
          </Button>
        )}
        <span className="ml-auto truncate">
          {t('{count} lines', { count: log.store.count().toLocaleString(language) })}
          {!log.isAtBeginning && t(', older ones above')}
        </span>
        <CopyButton
          text={() =>
            log.store
              .all()
              .slice(-MOST_COPIED)
              .map((line) => `${line.at} ${line.source} ${plainText(line.text)}`)
              .join('\n')
          }
          label={t('Copy what is shown')}
        />
      </div>
      {log.error && (
        <div className="p-3">
          <ErrorNotice error={log.error} onRetry={onRetry} />
        </div>
      )}
      <LogList
        log={log}
        label={label}
        search={search.regex === true ? '' : (search.q ?? '')}
        target={search.line}
        empty={Object.keys(search).length === 0 ? empty : t('No line matches.')}
        onAround={onAround}
        onField={addField}
      />
    </>
  )
}

const MOST_COPIED = 10_000
const MOST_LOOKED_AT = 2_000

/** Who has printed lately. */
function sourcesOf({ store }: ShownLog): string[] {
  const lately = store.all().slice(-MOST_LOOKED_AT)
  return [...new Set(lately.map(({ source }) => source))].toSorted()
}

function Standing({ log }: { log: ShownLog }) {
  if (log.isPaused) {
    if (log.waiting === 0) return <span>{t('Paused')}</span>
    return (
      <span>
        {log.waiting < MOST_WAITING
          ? tn(log.waiting, 'Paused, {count} new', 'Paused, {count} new')
          : tn(log.waiting, 'Paused, {count} or more new', 'Paused, {count} or more new')}
      </span>
    )
  }
  if (log.state === 'still')
    return <span>{log.reading === 'first' ? t('Looking …') : t('Still')}</span>
  return (
    <span className="flex items-center gap-2 whitespace-nowrap">
      <StateDot tone={log.state === 'open' ? 'good' : 'warn'} moving />
      {log.state === 'open' ? t('Live') : t('Connecting …')}
    </span>
  )
}
