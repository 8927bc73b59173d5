import { useQuery } from '@tanstack/react-query'
import type { CertificateEvent, CertificateState } from '@vastrox/shared/certificate.ts'
import { RotateCw } from 'lucide-react'
import { eventLabel, sayUntil } from '#features/certificates/certificate-words.ts'
import { historyQuery, useRenew } from '#features/certificates/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { exactTime } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { StateDot } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

/** Why a host stands as it does, what became of it until now, and what is done next. */
export function HostHistory({ state }: { state: CertificateState }) {
  const { host, certificate, reason, problem, nextAttemptAt } = state
  const now = useNow()
  const mayChange = useMay('node.change')
  const renew = useRenew()

  return (
    <div className="space-y-4 px-4 pb-4 sm:px-5">
      {problem && (
        <Notice tone="bad" title={t('{issuer} has refused it', { issuer: problem.issuer })}>
          <p className="font-mono text-sm break-words">{problem.detail}</p>
          {problem.subproblems.map(({ name, detail }) => (
            <p key={`${name}${detail}`} className="mt-1 font-mono text-sm break-words">
              {name !== null && `${name}: `}
              {detail}
            </p>
          ))}
        </Notice>
      )}
      {reason && (
        <Notice tone="warn" title={reason.message}>
          {reason.hint}
        </Notice>
      )}
      <Timeline host={host} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm text-muted">
        {mayChange && (
          <Button
            size="sm"
            busy={renew.isPending}
            icon={<RotateCw size={14} aria-hidden />}
            onClick={() =>
              renew.mutate(host, {
                onSuccess: () =>
                  toast.good(t('{host} is seen to now, within the limits of the CAs.', { host })),
                onError: toast.error,
              })
            }
          >
            {certificate?.source === 'issued' ? t('Renew now') : t('Order now')}
          </Button>
        )}
        {nextAttemptAt !== null && (
          <span title={exactTime(nextAttemptAt)}>
            {t('Tried again {nextAttemptAt}.', { nextAttemptAt: sayUntil(nextAttemptAt, now) })}
          </span>
        )}
        {nextAttemptAt === null && certificate?.renewAt && (
          <span title={exactTime(certificate.renewAt)}>
            {t('Renewed by itself {renewAt}.', { renewAt: sayUntil(certificate.renewAt, now) })}
          </span>
        )}
      </div>
    </div>
  )
}

function Timeline({ host }: { host: string }) {
  const { data: events, error, refetch } = useQuery(historyQuery(host))
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!events) return <Skeleton className="h-20 w-full" />
  if (events.length === 0)
    return <p className="text-sm text-muted">{t('Nothing has been done for it yet.')}</p>
  return (
    <ol aria-label={t('What became of the certificate of {host}', { host })}>
      {events.map((event, index) => (
        <Step key={`${event.at}${event.kind}`} event={event} isLast={index === events.length - 1} />
      ))}
    </ol>
  )
}

function Step({ event, isLast }: { event: CertificateEvent; isLast: boolean }) {
  const { label, tone } = eventLabel(event)
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3">
      <span className="flex flex-col items-center">
        <span className="mt-1.5">
          <StateDot tone={tone} moving={false} />
        </span>
        {!isLast && <span aria-hidden className="mt-1.5 w-px flex-1 bg-line" />}
      </span>
      <div className="pb-3">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span>{label}</span>
          {event.times > 1 && (
            <span className="text-sm text-muted">{t('{times} times', { times: event.times })}</span>
          )}
          <span className="text-sm text-muted">
            <Ago at={event.lastAt} />
          </span>
        </p>
        {event.detail !== null && <p className="text-sm break-words text-muted">{event.detail}</p>}
      </div>
    </li>
  )
}
