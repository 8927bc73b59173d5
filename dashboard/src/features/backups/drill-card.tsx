import { useQuery } from '@tanstack/react-query'
import type { Backup, DrillCheck } from '@vastrox/shared/backup.ts'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { sayChecks, sayDrill } from '#features/backups/backup-words.ts'
import { drillsQuery } from '#features/backups/queries.ts'
import { cx } from '#lib/cx.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'

const AT_FIRST = 8

/** What the newest drill looked at, what it expected there and what it found. */
export function DrillCard({ backup }: { backup: Backup }) {
  const now = useNow()
  const { data: drills = [] } = useQuery(drillsQuery(backup.id))
  const newest = drills.find(({ state }) => state !== 'queued' && state !== 'running') ?? drills[0]
  const checks = newest?.checks ?? []
  const drill = newest ?? backup.drill
  return (
    <Card
      title={t('Proof')}
      lead={sayDrill(drill, now)}
      flush
      className="lg:col-span-2"
      {...(checks.length > 0 && { footer: <span>{sayChecks(checks)}</span> })}
    >
      {drill?.reason && (
        <div className="p-4">
          <Notice
            tone={drill.state === 'failed' ? 'bad' : 'info'}
            title={drill.state === 'failed' ? t('It could not be restored') : t('Put off')}
          >
            {drill.reason}
          </Notice>
        </div>
      )}
      {checks.length > 0 ? (
        <CheckList checks={checks} />
      ) : (
        !drill?.reason && (
          <p className="p-4 text-muted sm:p-5">
            {t(
              'It is restored into a throw-away place, compared with what was counted when it was made, and thrown away again.',
            )}
          </p>
        )
      )}
    </Card>
  )
}

/** What failed comes first. */
export function CheckList({ checks }: { checks: readonly DrillCheck[] }) {
  const [all, setAll] = useState(false)
  const sorted = checks.toSorted((a, b) => Number(a.isGood) - Number(b.isGood))
  const shown = all ? sorted : sorted.slice(0, AT_FIRST)
  return (
    <>
      <ul>
        {shown.map(({ what, expected, found, isGood }, index) => (
          <li
            // Names of tables may repeat among databases.
            key={`${what} ${index}`}
            className="flex items-start gap-2.5 border-b border-line px-4 py-2 text-sm last:border-0 sm:px-5"
          >
            {isGood ? (
              <CircleCheck size={15} aria-hidden className="mt-0.5 shrink-0 text-good" />
            ) : (
              <CircleAlert size={15} aria-hidden className="mt-0.5 shrink-0 text-bad" />
            )}
            <span className="min-w-0 flex-1 font-mono text-xs leading-5 break-all">
              <span className="sr-only">{isGood ? t('Good: ') : t('Bad: ')}</span>
              {what}
            </span>
            <span
              className={cx(
                'tabular max-w-[50%] text-right break-words',
                isGood ? 'text-muted' : 'text-bad',
              )}
            >
              {isGood || expected === null
                ? (found ?? t('good'))
                : t('{found} instead of {expected}', { found: found ?? t('nothing'), expected })}
            </span>
          </li>
        ))}
      </ul>
      {checks.length > AT_FIRST && (
        <p className="p-2 text-center">
          <Button size="sm" variant="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t('Show fewer') : t('Show all {checks}', { checks: checks.length })}
          </Button>
        </p>
      )}
    </>
  )
}
