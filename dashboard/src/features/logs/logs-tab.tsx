import { LogLine } from '@vastrox/shared/log.ts'
import { Pause, Play, Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { plainText } from '#lib/ansi.ts'
import { type Numbered, useLines } from '#lib/use-lines.ts'
import { useTitle } from '#lib/use-title.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { Field } from '#ui/field.tsx'
import { type LogRow, LogView } from '#ui/log-view.tsx'
import { Select } from '#ui/select.tsx'
import { StateDot } from '#ui/state.tsx'

const keyOf = ({ at, source, text }: LogLine): string => `${at} ${source} ${text}`
const LOOK = { stdout: 'plain', stderr: 'stderr', platform: 'platform' } as const

export function LogsTab() {
  const name = useAppName()
  const live = useLines({ url: `/api/v1/apps/${name}/logs/stream`, schema: LogLine, keyOf })
  const [pausedAt, setPausedAt] = useState<readonly Numbered<LogLine>[]>()
  const [search, setSearch] = useState('')
  const [source, setSource] = useState('')
  useTitle(`Logs · ${name}`)

  const lines = pausedAt ?? live.lines
  const missed = (live.lines.at(-1)?.id ?? 0) - (lines.at(-1)?.id ?? 0)
  const sources = useMemo(
    () => [...new Set(live.lines.map(({ line }) => line.source))].toSorted(),
    [live.lines],
  )
  const rows = useMemo(() => rowsOf(lines, source, search.trim()), [lines, source, search])

  return (
    <Card flush className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-2 border-b border-line p-3">
        <div className="relative min-w-40 flex-1 sm:max-w-xs">
          <Search
            size={15}
            aria-hidden
            className="pointer-events-none absolute top-2.5 left-3 z-10 text-faint"
          />
          <Field
            label="Search in the log"
            hideLabel
            type="search"
            placeholder="Search in the log"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            className="[&_input]:pl-9"
          />
        </div>
        <Select
          label="Source"
          hideLabel
          value={source}
          onChange={(event) => setSource(event.target.value)}
          className="w-36"
        >
          <option value="">All sources</option>
          {sources.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </Select>
        <div className="ml-auto flex items-center gap-2">
          <Standing paused={pausedAt !== undefined} missed={missed} open={live.state === 'open'} />
          <Button
            icon={pausedAt ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
            onClick={() => setPausedAt(pausedAt ? undefined : live.lines)}
          >
            {pausedAt ? 'Go on' : 'Pause'}
          </Button>
          <CopyButton
            text={() =>
              rows.map((row) => `${row.at} ${row.source} ${plainText(row.text)}`).join('\n')
            }
            label="Copy what is shown"
          />
        </div>
      </div>
      <LogView
        rows={rows}
        search={search.trim()}
        label={`Log of ${name}`}
        empty={
          live.lines.length === 0
            ? 'Nothing has been written yet. Lines of every instance come here as they are written.'
            : 'No line matches.'
        }
        className="h-[calc(100dvh-20rem)] min-h-80"
      />
    </Card>
  )
}

function Standing({ paused, missed, open }: { paused: boolean; missed: number; open: boolean }) {
  if (paused) {
    return (
      <span className="tabular text-sm text-muted">Paused{missed > 0 && `, ${missed} new`}</span>
    )
  }
  return (
    <span className="hidden items-center gap-2 text-sm text-muted sm:flex">
      <StateDot tone={open ? 'good' : 'warn'} moving />
      {open ? 'Live' : 'Connecting …'}
    </span>
  )
}

function rowsOf(lines: readonly Numbered<LogLine>[], source: string, search: string): LogRow[] {
  const wanted = search.toLowerCase()
  return lines.flatMap(({ id, line }) => {
    if (source !== '' && line.source !== source) return []
    if (wanted !== '' && !plainText(line.text).toLowerCase().includes(wanted)) return []
    const { at, stream, text } = line
    return [{ id, at, source: line.source, look: LOOK[stream], text }]
  })
}
