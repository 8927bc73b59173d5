import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Restore } from '@vastrox/shared/backup.ts'
import { Undo2 } from 'lucide-react'
import { restoresQuery } from '#features/backups/queries.ts'
import { isRestoreUnderWay, sayEnd, stepsOf } from '#features/backups/restore-words.ts'
import { sayName } from '#features/backups/subject-words.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'
import type { Tone } from '#ui/tone.ts'

export const load: Load = ({ read }) => read(restoresQuery)

/** What was put back, and what came of it. */
export function RestoresTab() {
  const { data: restores } = useSuspenseQuery(restoresQuery)
  useTitle(t('Restores · Backups'))
  return (
    <Card title={t('Restores')} lead={t('What was put back or imported, newest first.')} flush>
      {restores.length === 0 ? (
        <EmptyState icon={<Undo2 size={20} aria-hidden />} title={t('Nothing was restored yet')}>
          {t(
            'Open a backup and press “Restore”. The safest way makes a new database or volume beside the old one, so that it can be tried at any time.',
          )}
        </EmptyState>
      ) : (
        <ul>
          {restores.map((restore) => (
            <RestoreRow key={restore.id} restore={restore} />
          ))}
        </ul>
      )}
    </Card>
  )
}

export function RestoreRow({ restore }: { restore: Restore }) {
  const { id, subject, backupId, state, reason, startedAt } = restore
  const moving = isRestoreUnderWay(restore)
  const { label, tone } = standingOf(state)
  const step = stepsOf(restore).find((each) => each.state === 'now')
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 last:border-0 hover:bg-hover sm:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">
          <Link
            to="/backups/restores/$id"
            params={{ id }}
            className="break-all after:absolute after:inset-0"
          >
            {sayName(subject)}
          </Link>
          {backupId === null && (
            <span className="text-sm font-normal text-muted"> {t('import')}</span>
          )}
        </p>
        <p className="text-sm break-words text-muted">
          <Ago at={startedAt} /> ·{' '}
          {moving ? (step?.title ?? t('Waits')) : (reason ?? sayEnd(restore))}
        </p>
      </div>
      <Badge tone={tone} dot>
        {label}
      </Badge>
    </li>
  )
}

function standingOf(state: Restore['state']): { label: string; tone: Tone } {
  if (state === 'done') return { label: t('Done'), tone: 'good' }
  return state === 'failed'
    ? { label: t('Failed'), tone: 'bad' }
    : { label: t('Under way'), tone: 'busy' }
}
