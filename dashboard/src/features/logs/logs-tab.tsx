import { useNavigate, useSearch } from '@tanstack/react-router'
import { Pause, Play } from 'lucide-react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { MOST_WAITING } from '#features/logs/live-log.ts'
import { LogBar } from '#features/logs/log-bar.tsx'
import { isLive, type LogSearch, logSearch, withField } from '#features/logs/log-filter.ts'
import { LogList } from '#features/logs/log-list.tsx'
import { type ShownLog, useLog } from '#features/logs/use-log.ts'
import { plainText } from '#lib/ansi.ts'
import { useTitle } from '#lib/use-title.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { StateDot } from '#ui/state.tsx'

/** Every line that an app has printed, as far as it is kept, and each that it prints. */
export function LogsTab() {
  const name = useAppName()
  const found: Record<string, unknown> = useSearch({ strict: false })
  const key = JSON.stringify(logSearch(found))
  const search = useMemo((): LogSearch => JSON.parse(key), [key])
  const navigate = useNavigate()
  const [sources, setSources] = useState<readonly string[]>([])
  const [round, setRound] = useState(0)
  useTitle(`Logs · ${name}`)

  const change = useCallback(
    (next: LogSearch): void =>
      void navigate({
        to: '/apps/$name/logs',
        params: { name },
        search: next,
        replace: true,
        resetScroll: false,
      }),
    [navigate, name],
  )
  return (
    <Card flush className="overflow-hidden">
      <LogBar app={name} search={search} sources={sources} onChange={change} />
      <Lines
        // Another search begins at its end.
        key={`${name} ${key} ${round}`}
        app={name}
        search={search}
        onChange={change}
        onSources={setSources}
        onRetry={() => setRound(round + 1)}
      />
    </Card>
  )
}

interface LinesProps {
  app: string
  search: LogSearch
  onChange: (search: LogSearch) => void
  onSources: (sources: readonly string[]) => void
  onRetry: () => void
}

function Lines({ app, search, onChange, onSources, onRetry }: LinesProps) {
  const navigate = useNavigate()
  const log = useLog(app, search)
  const sources = sourcesOf(log).join(' ')
  useEffect(() => {
    if (sources !== '') onSources(sources.split(' '))
  }, [sources, onSources])

  const around = useCallback(
    (line: string, at: string): void =>
      void navigate({ to: '/apps/$name/logs', params: { name: app }, search: { line, at } }),
    [navigate, app],
  )
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
            {log.isPaused ? 'Go on' : 'Pause'}
          </Button>
        )}
        <span className="ml-auto truncate">
          {log.store.count().toLocaleString('en')} lines
          {!log.isAtBeginning && ', older ones above'}
        </span>
        <CopyButton
          text={() =>
            log.store
              .all()
              .slice(-MOST_COPIED)
              .map((line) => `${line.at} ${line.source} ${plainText(line.text)}`)
              .join('\n')
          }
          label="Copy what is shown"
        />
      </div>
      {log.error && (
        <div className="p-3">
          <ErrorNotice error={log.error} onRetry={onRetry} />
        </div>
      )}
      <LogList
        log={log}
        label={`Log of ${app}`}
        search={search.regex === true ? '' : (search.q ?? '')}
        target={search.line}
        empty={
          Object.keys(search).length === 0
            ? 'Nothing has been written yet. Lines of every instance come here as they are written.'
            : 'No line matches.'
        }
        onAround={around}
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
    const orMore = log.waiting < MOST_WAITING ? '' : ' or more'
    return (
      <span>Paused{log.waiting > 0 && `, ${log.waiting.toLocaleString('en')}${orMore} new`}</span>
    )
  }
  if (log.state === 'still') return <span>{log.reading === 'first' ? 'Looking …' : 'Still'}</span>
  return (
    <span className="flex items-center gap-2">
      <StateDot tone={log.state === 'open' ? 'good' : 'warn'} moving />
      {log.state === 'open' ? 'Live' : 'Connecting …'}
    </span>
  )
}
