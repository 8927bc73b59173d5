import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { CrashDetails } from '@vastrox/shared/process.ts'
import { ArrowLeft } from 'lucide-react'
import { pathOf } from '#features/alerts/alert-words.ts'
import { useAppName } from '#features/app/use-app-name.ts'
import { crashQuery } from '#features/crashes/queries.ts'
import { sayEnd } from '#features/processes/say-end.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { Load } from '#lib/load.ts'
import { exactTime, spanBetween } from '#lib/time.ts'
import { useTitle } from '#lib/use-title.ts'
import { Ago } from '#ui/ago.tsx'
import { ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Figure } from '#ui/chart.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { Ansi } from '#ui/log-text.tsx'
import { Notice } from '#ui/notice.tsx'
import { Plot } from '#ui/plot.tsx'
import { plainText } from '#lib/ansi.ts'
import { t } from '#lib/words.ts'

export const load: Load = ({ read, params: { name, number } }) =>
  read(crashQuery(name, Number(number)))

/** The black box of one end: what it said, what it took, what had changed. */
export function CrashTab() {
  const name = useAppName()
  const { number = '' } = useParams({ strict: false })
  const { data: crash } = useSuspenseQuery(crashQuery(name, Number(number)))
  const { process, ordinal, release, at, exitCode, signal, oomKilled, explanation } = crash
  useTitle(t('Crash · {name}', { name }))
  return (
    <div className="space-y-5">
      <div>
        <Link
          to="/apps/$name/crashes"
          params={{ name }}
          className="mb-2 inline-flex items-center gap-1.5 text-sm text-muted hover:text-ink"
        >
          <ArrowLeft size={14} aria-hidden />
          {t('All crashes')}
        </Link>
        <h2 className="text-xl font-semibold">
          {process}.{ordinal} {sayEnd(crash)}
        </h2>
        <p className="text-muted">
          {exactTime(at)}
          {', '}
          <Ago at={at} /> · {t('release v{release}', { release })}
        </p>
      </div>
      {explanation !== null && (
        <Notice
          tone="warn"
          title={explanation}
          actions={
            oomKilled && (
              <ButtonLink size="sm" to="/apps/$name/processes" params={{ name }}>
                {t('Change its limits')}
              </ButtonLink>
            )
          }
        />
      )}
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure
          label={t('Ended with')}
          note={signal ?? (exitCode === null ? undefined : t('by itself'))}
        >
          {exitCode === null ? '–' : t('code {exitCode}', { exitCode })}
        </Figure>
        <Figure label={t('Memory limit')} note={oomKilled ? t('it was reached') : undefined}>
          {sayBytes(crash.memoryBytes)}
        </Figure>
        <Figure label={t('Requests under way')}>
          {crash.requestsInFlight === null ? '–' : crash.requestsInFlight}
        </Figure>
        <Figure
          label={t('Was well until')}
          note={
            crash.healthyAt === null
              ? undefined
              : t('{healthyAt} before', { healthyAt: spanBetween(crash.healthyAt, at) })
          }
        >
          {crash.healthyAt === null ? t('never') : <Ago at={crash.healthyAt} />}
        </Figure>
      </div>
      <Changes crash={crash} />
      <Curves crash={crash} app={name} />
      <LastLines crash={crash} />
      <ButtonLink
        to="/apps/$name/logs"
        params={{ name }}
        search={{ from: minutesBefore(at, 5), to: minutesBefore(at, -1) }}
      >
        {t('The log of that time')}
      </ButtonLink>
    </div>
  )
}

const minutesBefore = (at: string, minutes: number): string =>
  new Date(Date.parse(at) - minutes * 60_000).toISOString()

function Changes({ crash: { changes, at } }: { crash: CrashDetails }) {
  return (
    <Card title={t('What changed since it was well')} flush>
      {changes.length === 0 ? (
        <p className="px-4 py-5 text-muted sm:px-5">{t('Nothing that Vastrox knows of.')}</p>
      ) : (
        <ul>
          {changes.map((change) => {
            const path = pathOf(change.link)
            return (
              <li
                key={`${change.at} ${change.title}`}
                className="flex items-center justify-between gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5"
              >
                {path === undefined ? (
                  <span className="min-w-0 break-words">{change.title}</span>
                ) : (
                  <Link to={path} className="min-w-0 break-words underline hover:text-accent">
                    {change.title}
                  </Link>
                )}
                <span className="tabular shrink-0 text-sm text-muted">
                  {t('{at} before', { at: spanBetween(change.at, at) })}
                </span>
              </li>
            )
          })}
        </ul>
      )}
    </Card>
  )
}

function Curves({ crash: { curve, at, memoryBytes }, app }: { crash: CrashDetails; app: string }) {
  const { times, memory, cpu } = curve
  const [first] = times
  if (first === undefined) return null
  const shared = {
    times,
    from: first,
    to: Math.max(Date.parse(at) / 1_000, (times.at(-1) ?? first) + 1),
    group: `crash ${app}`,
    marks: [{ at, kind: 'crash' as const, title: t('It ended here'), link: null }],
  }
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      <Plot
        {...shared}
        title={t('Memory before')}
        unit="bytes"
        limit={memoryBytes}
        series={[{ name: t('Memory'), tone: 'accent', values: memory }]}
      />
      <Plot
        {...shared}
        title={t('CPU before')}
        unit="cores"
        series={[{ name: 'CPU', tone: 'busy', values: cpu }]}
      />
    </div>
  )
}

function LastLines({ crash: { lines } }: { crash: CrashDetails }) {
  return (
    <Card
      title={t('Its last lines')}
      flush
      aside={
        lines.length > 0 && (
          <CopyButton text={() => lines.map(plainText).join('\n')} label={t('Copy the lines')} />
        )
      }
    >
      {lines.length === 0 ? (
        <p className="px-4 py-5 text-muted sm:px-5">{t('It printed nothing.')}</p>
      ) : (
        // A region that scrolls must be reached by keyboard too.
        <pre
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
          tabIndex={0}
          aria-label="Its last lines"
          className="max-h-96 overflow-auto rounded-b-lg bg-console px-4 py-3 font-mono text-xs whitespace-pre-wrap break-all sm:px-5"
        >
          {lines.map((line, index) => (
            // The lines of a crash never move.
            <div key={index}>
              <Ansi text={line} />
            </div>
          ))}
        </pre>
      )}
    </Card>
  )
}
