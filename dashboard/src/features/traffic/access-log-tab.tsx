import { AccessLine } from '@vastrox/shared/traffic.ts'
import { Download, Pause, Play } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { type AccessFilter, ALL, filterQuery } from '#features/traffic/access-lines.ts'
import { AccessRows } from '#features/traffic/access-rows.tsx'
import { api } from '#lib/api.ts'
import { type Numbered, useLines } from '#lib/use-lines.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { StateDot } from '#ui/state.tsx'

const keyOf = ({ requestId, time }: AccessLine): string => `${time} ${requestId}`
const LINES_AT_FIRST = 200

/** Who asks the app for what, as it happens; what does not match never leaves the server. */
export function AccessLogTab() {
  const name = useAppName()
  const [filter, setFilter] = useState<AccessFilter>(ALL)
  const [applied, setApplied] = useState<AccessFilter>(ALL)
  const [pausedAt, setPausedAt] = useState<readonly Numbered<AccessLine>[]>()
  useTitle(t('Access log · {name}', { name }))

  const query = filterQuery(applied)
  const live = useLines({
    url: `/api/v1/apps/${name}/access-log/stream?limit=${LINES_AT_FIRST}${query && `&${query}`}`,
    schema: AccessLine,
    keyOf,
  })
  const lines = useDeferredValue(pausedAt ?? live.lines)
  const missed = pausedAt ? (live.lines.at(-1)?.id ?? 0) - (pausedAt.at(-1)?.id ?? 0) : 0
  const apply = (next: AccessFilter): void => {
    setApplied(next)
    setPausedAt(undefined)
  }

  return (
    <Card flush className="overflow-hidden">
      <form
        className="flex flex-wrap items-end gap-2 border-b border-line p-3"
        onSubmit={(event) => {
          event.preventDefault()
          apply(filter)
        }}
      >
        <Select
          label={t('Status')}
          hideLabel
          value={filter.status}
          onChange={({ target }) => {
            const next = { ...filter, status: target.value }
            setFilter(next)
            apply(next)
          }}
          className="w-32"
        >
          <option value="">{t('Any status')}</option>
          <option value="2xx">{t('2xx')}</option>
          <option value="3xx">{t('3xx')}</option>
          <option value="4xx">{t('4xx')}</option>
          <option value="404">404</option>
          <option value="499">{t('499, left')}</option>
          <option value="5xx">{t('5xx')}</option>
        </Select>
        <Field
          label={t('Part of the path')}
          hideLabel
          mono
          placeholder={t('Part of the path')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={200}
          value={filter.path}
          onChange={({ target }) => setFilter({ ...filter, path: target.value })}
          className="min-w-36 flex-1 sm:max-w-56"
        />
        <Field
          label={t('Address of the visitor')}
          hideLabel
          mono
          placeholder={t('Address')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={60}
          value={filter.client}
          onChange={({ target }) => setFilter({ ...filter, client: target.value })}
          className="min-w-28 flex-1 sm:max-w-44"
        />
        <Button type="submit" disabled={filterQuery(filter) === query}>
          {t('Filter')}
        </Button>
        <div className="ml-auto flex items-center gap-2">
          <Standing paused={pausedAt !== undefined} missed={missed} open={live.state === 'open'} />
          <Button
            icon={pausedAt ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
            onClick={() => setPausedAt(pausedAt ? undefined : live.lines)}
          >
            {pausedAt ? t('Go on') : t('Pause')}
          </Button>
          <DownloadButton app={name} query={query} />
        </div>
      </form>
      <AccessRows
        lines={lines}
        label={t('Requests to {name}', { name })}
        empty={
          query === ''
            ? t('Nobody has asked yet. Requests come here within a second.')
            : t('No request that is kept matches. What comes and matches is shown here.')
        }
      />
    </Card>
  )
}

/** All that is kept and matches, as the server has it: not only what is on the screen. */
function DownloadButton({ app, query }: { app: string; query: string }) {
  const [busy, setBusy] = useState(false)
  return (
    <Button
      square
      busy={busy}
      aria-label={t('Download what matches')}
      title={t('Download what matches')}
      icon={<Download size={15} aria-hidden />}
      onClick={() => {
        setBusy(true)
        // A download cannot renew the session by itself.
        void api
          .keepSignedIn()
          .then((signedIn) => {
            if (signedIn)
              window.location.assign(
                `/api/v1/apps/${app}/access-log/download${query && `?${query}`}`,
              )
          })
          .finally(() => setBusy(false))
      }}
    />
  )
}

function Standing({ paused, missed, open }: { paused: boolean; missed: number; open: boolean }) {
  if (paused)
    return (
      <span className="tabular text-sm text-muted">
        {t('Paused')}
        {missed > 0 && t(', {missed} new', { missed })}
      </span>
    )
  return (
    <span className="hidden items-center gap-2 text-sm text-muted sm:flex">
      <StateDot tone={open ? 'good' : 'warn'} moving />
      {open ? t('Live') : t('Connecting …')}
    </span>
  )
}
