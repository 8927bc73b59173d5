import { useSuspenseQuery } from '@tanstack/react-query'
import type { Traffic, TrafficPart } from '@vastrox/shared/traffic.ts'
import { Activity } from 'lucide-react'
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { trafficQuery } from '#features/traffic/queries.ts'
import {
  byteSeries,
  failedShare,
  minutesOf,
  sayCount,
  sayMs,
  sayShare,
  socketSeries,
  statusSeries,
  timeSeries,
} from '#features/traffic/traffic-series.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { Load } from '#lib/load.ts'
import { clock } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Chart, Figure } from '#ui/chart.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Select } from '#ui/select.tsx'

const LAST_HOUR = '60'

export const load: Load = ({ read, params: { name } }) =>
  read(trafficQuery(name, Number(LAST_HOUR)))

/** What visitors of the app met, as the proxy has counted it, over the last hour at most. */
export function TrafficTab() {
  const name = useAppName()
  const [minutes, setMinutes] = useState(LAST_HOUR)
  // The charts of before stay until those that were asked for are there.
  const shown = useDeferredValue(Number(minutes))
  const { data: traffic } = useSuspenseQuery(trafficQuery(name, shown))
  useTitle(t('Traffic · {name}', { name }))

  return (
    <div className="space-y-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Select
          label={t('Time')}
          hideLabel
          value={minutes}
          onChange={({ target }) => setMinutes(target.value)}
          className="w-44"
        >
          <option value="5">{t('Last 5 minutes')}</option>
          <option value="15">{t('Last 15 minutes')}</option>
          <option value={LAST_HOUR}>{t('Last hour')}</option>
        </Select>
        <ButtonLink to="/apps/$name/access-log" params={{ name }}>
          {t('Access log')}
        </ButtonLink>
      </div>
      {traffic.points.length === 0 ? (
        <Card flush>
          <EmptyState icon={<Activity size={20} aria-hidden />} title={t('Nobody has asked')}>
            {t(
              'Requests are counted by the proxy and shown within ten seconds. Counting begins anew when Vastrox is restarted.',
            )}
          </EmptyState>
        </Card>
      ) : (
        <Charts traffic={traffic} />
      )}
    </div>
  )
}

function Charts({ traffic }: { traffic: Traffic }) {
  const now = useNow()
  const minute = Math.floor(now.getTime() / 60_000)
  const rows = useMemo(() => minutesOf(traffic, new Date(minute * 60_000)), [traffic, minute])
  const places = useMemo(() => rows.map(({ at }) => clock(at).slice(0, 5)), [rows])
  const { sums, webSocketsOpen } = traffic
  const failed = failedShare(sums)
  const hasSockets = rows.some((row) => 'requests' in row && row.webSocketsOpen > 0)

  return (
    <>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure
          label={t('Requests')}
          note={t('{requests} a minute', {
            requests: sayCount(Math.round(sums.requests / traffic.minutes)),
          })}
        >
          {sayCount(sums.requests)}
        </Figure>
        <Figure
          label={t('Went wrong (5xx)')}
          note={t('{serverErrors} requests', { serverErrors: sayCount(sums.serverErrors) })}
        >
          {failed === null ? '–' : sayShare(failed)}
        </Figure>
        <Figure
          label={t('Answered within (p95)')}
          note={t('half within {p50Ms}', { p50Ms: sayMs(sums.p50Ms) })}
        >
          {sayMs(sums.p95Ms)}
        </Figure>
        <Figure
          label={t('WebSockets open')}
          note={t('{bytesOut} sent', { bytesOut: sayBytes(sums.bytesOut) })}
        >
          {sayCount(webSocketsOpen)}
        </Figure>
      </div>
      <div className="grid grid-cols-1 gap-5 lg:grid-cols-2">
        <Card
          title={t('Requests a minute')}
          lead={t('By their status; left: gone before the answer.')}
        >
          <Chart
            label={t('Requests a minute by status')}
            look="stack"
            series={statusSeries(rows)}
            places={places}
            say={sayCount}
          />
        </Card>
        <Card
          title={t('Time until the answer')}
          lead={t('Half, 95 and 99 of a hundred were faster.')}
        >
          <Chart
            label={t('Time until the answer began')}
            look="lines"
            series={timeSeries(rows)}
            places={places}
            say={sayMs}
          />
        </Card>
        <Card title={t('Bytes a minute')}>
          <Chart
            label={t('Bytes a minute')}
            look="lines"
            series={byteSeries(rows)}
            places={places}
            say={sayBytes}
          />
        </Card>
        {(hasSockets || webSocketsOpen > 0) && (
          <Card title={t('Open WebSockets')} lead={t('The most at a time in each minute.')}>
            <Chart
              label={t('Open WebSockets')}
              look="stack"
              series={socketSeries(rows)}
              places={places}
              say={sayCount}
            />
          </Card>
        )}
      </div>
      <SumsCard
        title={t('By release')}
        rows={traffic.byRelease.map(({ release, ...rest }) => ({
          key: release === null ? 'The proxy itself' : `v${release}`,
          sums: rest,
        }))}
      />
      <SumsCard
        title={t('By route')}
        rows={traffic.byRoute.map(({ host, pathPrefix, ...rest }) => ({
          key: `${host}${pathPrefix}`,
          sums: rest,
        }))}
      />
    </>
  )
}

interface SumsRow {
  key: string
  sums: TrafficPart
}

function SumsCard({ title, rows }: { title: string; rows: readonly SumsRow[] }) {
  if (rows.length === 0) return null
  const hasSockets = rows.some(({ sums }) => sums.webSocketsOpen > 0)
  return (
    <Card title={title} flush>
      <div
        className="overflow-x-auto"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
        tabIndex={0}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a fieldset is for controls
        role="group"
        aria-label={title}
      >
        <table className="w-full text-left">
          <thead className="text-sm text-muted">
            <tr className="border-b border-line">
              <th scope="col" className="px-4 py-2 sm:px-5">
                <span className="sr-only">{title}</span>
              </th>
              {[t('Requests'), '4xx', '5xx', t('Left'), 'p50', 'p95', 'p99'].map((label) => (
                <Head key={label}>{label}</Head>
              ))}
              {hasSockets && <Head>{t('WebSockets open')}</Head>}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, sums }) => (
              <tr key={key} className="border-b border-line last:border-0">
                <th scope="row" className="max-w-64 truncate px-4 py-2 font-medium sm:px-5">
                  {key}
                </th>
                <Cell>{sayCount(sums.requests)}</Cell>
                <Cell>{sayCount(sums.clientErrors)}</Cell>
                <Cell isBad={sums.serverErrors > 0}>{sayCount(sums.serverErrors)}</Cell>
                <Cell>{sayCount(sums.gone)}</Cell>
                <Cell>{sayMs(sums.p50Ms)}</Cell>
                <Cell>{sayMs(sums.p95Ms)}</Cell>
                <Cell>{sayMs(sums.p99Ms)}</Cell>
                {hasSockets && <Cell>{sayCount(sums.webSocketsOpen)}</Cell>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

const Head = ({ children }: { children: string }) => (
  <th scope="col" className="px-3 py-2 text-right font-medium whitespace-nowrap last:pr-5">
    {children}
  </th>
)

const Cell = ({ children, isBad = false }: { children: ReactNode; isBad?: boolean }) => (
  <td
    className={`tabular px-3 py-2 text-right whitespace-nowrap last:pr-5 ${isBad ? 'text-bad' : ''}`}
  >
    {children}
  </td>
)
