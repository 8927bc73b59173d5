import { useQuery } from '@tanstack/react-query'
import type { AuditVerification } from '@vastrox/shared/audit-event.ts'
import { ShieldCheck } from 'lucide-react'
import { verificationQuery } from '#features/audit/queries.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'

const count = new Intl.NumberFormat('en')

/** Whether the log is as it was written, and up to where that was signed outside the database. */
export function VerifiedCard() {
  const { data, error, isFetching, refetch } = useQuery(verificationQuery)
  return (
    <Card
      title="As it was written?"
      lead="Each event is chained to the one before; the end is signed every hour, outside the database. Events are kept for as long as the installation."
      aside={
        <Button
          size="sm"
          icon={<ShieldCheck size={14} aria-hidden />}
          busy={isFetching}
          onClick={() => void refetch()}
        >
          {isFetching ? 'Reading the whole log …' : 'Verify'}
        </Button>
      }
    >
      {error && <ErrorNotice error={error} />}
      {data ? <Verdict verified={data} /> : <p className="text-muted">Not verified yet.</p>}
    </Card>
  )
}

function Verdict({ verified }: { verified: AuditVerification }) {
  const { intact, events, findings, anchors, verifiedAt } = verified
  if (!intact)
    return (
      <Notice tone="bad" title="The audit log was changed from outside">
        <ul className="list-disc pl-5">
          {findings.map(({ kind, id, reason }) => (
            <li key={`${kind} ${id} ${reason}`}>{reason}</li>
          ))}
        </ul>
      </Notice>
    )
  return (
    <p>
      {count.format(events)} events, none edited, added or missing; verified <Ago at={verifiedAt} />
      {anchors.last && (
        <>
          , signed up to number {anchors.last.id} <Ago at={anchors.last.at} />
        </>
      )}
      .
    </p>
  )
}
