import { useQuery } from '@tanstack/react-query'
import type { HostFinding } from '@vastrox/shared/host-care.ts'
import { useState } from 'react'
import { hostCareQuery } from '#features/node/queries.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { Badge, StateDot } from '#ui/state.tsx'

const TONE = { ok: 'good', warn: 'warn', bad: 'bad' } as const
const WORD = { ok: t('In order'), warn: t('Look at it'), bad: t('Wrong') }

/** How the server is kept: updates, restarts, clock, disks, engine. */
export function HostCareCard() {
  const { data: care, error, refetch } = useQuery(hostCareQuery)
  const [showsAll, setShowsAll] = useState(false)
  if (error && !care) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!care) return <ListSkeleton rows={3} />
  const toDo = care.findings.filter(({ level }) => level !== 'ok')
  const shown = showsAll ? care.findings : toDo
  const hidden = care.findings.length - toDo.length
  return (
    <Card
      title={t('Host care')}
      lead={
        <>
          {rich(t('Looked at {at}. Nothing of it is changed by Vastrox.'), {
            at: <Ago at={care.at} />,
          })}
        </>
      }
      flush
      aside={
        <Badge tone={toDo.length === 0 ? 'good' : 'warn'} dot>
          {toDo.length === 0 ? t('In order') : t('{toDo} to look at', { toDo: toDo.length })}
        </Badge>
      }
      footer={
        <>
          <p>{t('`vastrox doctor` on the server looks at more, with the daemon dead, too.')}</p>
          {hidden > 0 && (
            <Button size="sm" variant="quiet" onClick={() => setShowsAll(!showsAll)}>
              {showsAll ? t('Hide what is in order') : t('Show {hidden} in order', { hidden })}
            </Button>
          )}
        </>
      }
    >
      <ul>
        {shown.map((finding) => (
          <FindingRow key={`${finding.check} ${finding.message}`} finding={finding} />
        ))}
      </ul>
    </Card>
  )
}

function FindingRow({ finding: { check, level, message, hint } }: { finding: HostFinding }) {
  return (
    <li className="flex gap-3 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <span className="mt-1.5 flex">
        <StateDot tone={TONE[level]} />
        <span className="sr-only">{WORD[level]}</span>
      </span>
      <div className="min-w-0 flex-1">
        <p className="break-words">
          <span className="mr-2 text-sm text-muted capitalize">{check}</span>
          {message}
        </p>
        {hint !== undefined && <p className="text-sm break-words text-muted">{hint}</p>}
      </div>
    </li>
  )
}
