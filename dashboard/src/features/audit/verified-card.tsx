import { useQuery } from '@tanstack/react-query'
import type { AuditVerification } from '@vastrox/shared/audit-event.ts'
import { ShieldCheck } from 'lucide-react'
import { verificationQuery } from '#features/audit/queries.ts'
import { language } from '#lib/language.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'

const count = new Intl.NumberFormat(language)

/** Whether the log is as it was written, and up to where that was signed outside the database. */
export function VerifiedCard() {
  const { data, error, isFetching, refetch } = useQuery(verificationQuery)
  return (
    <Card
      title={t('As it was written?')}
      lead={t(
        'Each event is chained to the one before; the end is signed every hour, outside the database. Events are kept for as long as the installation.',
      )}
      aside={
        <Button
          size="sm"
          icon={<ShieldCheck size={14} aria-hidden />}
          busy={isFetching}
          onClick={() => void refetch()}
        >
          {isFetching ? t('Reading the whole log …') : t('Verify')}
        </Button>
      }
    >
      {error && <ErrorNotice error={error} />}
      {data ? <Verdict verified={data} /> : <p className="text-muted">{t('Not verified yet.')}</p>}
    </Card>
  )
}

function Verdict({ verified }: { verified: AuditVerification }) {
  const { intact, events, findings, anchors, verifiedAt } = verified
  if (!intact)
    return (
      <Notice tone="bad" title={t('The audit log was changed from outside')}>
        <ul className="list-disc pl-5">
          {findings.map(({ kind, id, reason }) => (
            <li key={`${kind} ${id} ${reason}`}>{reason}</li>
          ))}
        </ul>
      </Notice>
    )
  return (
    <p>
      {rich(t('{events} events, none edited, added or missing; verified {verifiedAt}'), {
        events: count.format(events),
        verifiedAt: <Ago at={verifiedAt} />,
      })}
      {anchors.last && (
        <>
          {rich(t(', signed up to number {id} {at}'), {
            id: anchors.last.id,
            at: <Ago at={anchors.last.at} />,
          })}
        </>
      )}
      .
    </p>
  )
}
