import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Alert } from '@vastrox/shared/alert.ts'
import { BellOff, ChevronRight, UserCheck } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Before } from '#features/alerts/alert-row.tsx'
import { pathOf, SEVERITY, SUBJECT_WORD } from '#features/alerts/alert-words.ts'
import { alertQuery, useAcknowledge } from '#features/alerts/queries.ts'
import { SilenceDialog } from '#features/alerts/silence-dialog.tsx'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { exactTime, spanBetween } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read, params: { id } }) => read(alertQuery(id))

/** One alert: what is wrong, the value and the limit, what came before, and the ways on. */
export function AlertPage() {
  const { id = '' } = useParams({ strict: false })
  const { data: alert } = useSuspenseQuery(alertQuery(id))
  const acknowledge = useAcknowledge()
  const mayAnswer = useMay('alert.answer')
  const [silencing, setSilencing] = useState(false)
  useTitle(t('Alert'))
  const { label, tone } = SEVERITY[alert.severity]
  const isFiring = alert.resolvedAt === null
  const there = pathOf(alert.link)

  return (
    <div className="mx-auto w-full max-w-4xl px-4 py-6 sm:px-6 lg:px-8">
      <nav aria-label={t('Path')} className="mb-3 flex items-center gap-1 text-sm text-muted">
        <Link to="/alerts" className="hover:text-ink">
          {t('Alerts')}
        </Link>
        <ChevronRight size={14} aria-hidden className="text-faint" />
        <span aria-current="page">{SUBJECT_WORD[alert.subject.kind]}</span>
      </nav>
      <header className="mb-6 flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <p className="mb-2 flex flex-wrap gap-2">
            <Badge tone={isFiring ? tone : 'idle'} dot>
              {label}
            </Badge>
            <Badge tone={isFiring ? tone : 'good'}>
              {isFiring ? t('Firing') : t('Well again')}
            </Badge>
          </p>
          <h1 className="text-2xl font-semibold tracking-tight break-words">{alert.title}</h1>
        </div>
        {isFiring && mayAnswer && (
          <div className="flex flex-wrap gap-2">
            {alert.acknowledgedBy === null && (
              <Button
                icon={<UserCheck size={15} aria-hidden />}
                busy={acknowledge.isPending}
                onClick={() =>
                  acknowledge.mutate(alert.id, {
                    onSuccess: () => toast.good(t('Nobody is reminded of it any more.')),
                    onError: toast.error,
                  })
                }
              >
                {t('I look after it')}
              </Button>
            )}
            <Button icon={<BellOff size={15} aria-hidden />} onClick={() => setSilencing(true)}>
              {t('Silence')}
            </Button>
          </div>
        )}
      </header>
      <Card>
        <p className="break-words whitespace-pre-line">{alert.detail}</p>
        {isFiring && alert.isDataMissing && (
          <div className="mt-4">
            <Notice tone="warn" title={t('It is not measured any more')}>
              {t(
                'Whether it is so still, nobody knows. It ends by itself once it is measured again and well.',
              )}
            </Notice>
          </div>
        )}
        <dl className="mt-5 grid grid-cols-1 gap-x-6 gap-y-4 sm:grid-cols-2">
          <Fact label={t('About')}>
            {SUBJECT_WORD[alert.subject.kind]} {alert.subject.name}
          </Fact>
          <Times alert={alert} />
          {alert.before && (
            <Fact label={t('Just before')}>
              <Before alert={alert} />
            </Fact>
          )}
          {alert.acknowledgedBy !== null && (
            <Fact label={t('Looked after by')}>{alert.acknowledgedBy}</Fact>
          )}
          {alert.silencedUntil !== null && (
            <Fact label={t('Silenced until')}>{exactTime(alert.silencedUntil)}</Fact>
          )}
          {alert.becauseOf !== null && (
            <Fact label={t('Follows from')}>
              <Link
                to="/alerts/$id"
                params={{ id: alert.becauseOf }}
                className="underline hover:text-accent"
              >
                {t('another alert')}
              </Link>
            </Fact>
          )}
        </dl>
        <div className="mt-6 flex flex-wrap gap-2">
          {there !== undefined && there !== `/alerts/${alert.id}` && (
            <ButtonLink to={there} variant="primary">
              {t('Go there')}
            </ButtonLink>
          )}
          {alert.app !== null && (
            <>
              <ButtonLink
                to="/apps/$name/metrics"
                params={{ name: alert.app }}
                search={around(alert)}
              >
                {t('Charts of that time')}
              </ButtonLink>
              <ButtonLink to="/apps/$name/logs" params={{ name: alert.app }}>
                {t('Logs')}
              </ButtonLink>
            </>
          )}
        </div>
      </Card>
      <SilenceDialog
        open={silencing}
        rule={alert.rule}
        app={alert.app}
        onClose={() => setSilencing(false)}
      />
    </div>
  )
}

function Times({ alert: { since, resolvedAt } }: { alert: Alert }) {
  const now = useNow()
  return (
    <Fact label={resolvedAt === null ? t('Since') : t('Lasted')}>
      {exactTime(since)} ({spanBetween(since, resolvedAt ?? now.toISOString())})
    </Fact>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="mb-0.5 text-sm text-muted">{label}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}

const AROUND_MS = 30 * 60_000

/** From half an hour before it began to half an hour behind its end, or now. */
function around({ since, resolvedAt }: Alert): { from: string; to: string } {
  const end = resolvedAt === null ? Date.now() : Date.parse(resolvedAt) + AROUND_MS
  return {
    from: new Date(Date.parse(since) - AROUND_MS).toISOString(),
    to: new Date(Math.min(Date.now(), end)).toISOString(),
  }
}
