import { Link } from '@tanstack/react-router'
import type { Backup } from '@vastrox/shared/backup.ts'
import { Pin } from 'lucide-react'
import { sayDrill, sayTook, standingOf } from '#features/backups/backup-words.ts'
import { sayName, sayType } from '#features/backups/subject-words.ts'
import { sayBytes } from '#lib/bytes.ts'
import { exactTime } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Badge } from '#ui/state.tsx'

interface Props {
  backup: Backup
  /** Left out where the page is about one subject. */
  withSubject?: boolean
}

/** One backup in a list; the whole row leads to it. */
export function BackupRow({ backup, withSubject = false }: Props) {
  const now = useNow()
  const { label, tone } = standingOf(backup)
  const { id, subject, startedAt, endedAt, state, progress, sizeBytes, addedBytes, reason } = backup
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 transition-colors last:border-0 hover:bg-hover sm:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          <Link
            to="/backups/$id"
            params={{ id }}
            title={exactTime(startedAt)}
            className="break-all after:absolute after:inset-0"
          >
            {withSubject ? sayName(subject) : exactTime(startedAt)}
          </Link>
          {withSubject && (
            <span className="text-sm font-normal text-muted">{sayType(subject.type)}</span>
          )}
          {backup.isKept && (
            <span className="flex items-center gap-1 text-xs font-normal text-muted">
              <Pin size={12} aria-hidden /> {t('kept')}
            </span>
          )}
        </p>
        <p className="text-sm break-words text-muted">
          <Ago at={startedAt} />
          {endedAt !== null &&
            state === 'done' &&
            t(', took {startedAt}', { startedAt: sayTook(msBetween(startedAt, endedAt)) })}
          {state === 'failed' && (
            <span className="text-bad">: {reason ?? t('it says no reason')}</span>
          )}
          {state === 'done' && ` · ${sayDrill(backup.drill, now)}`}
          {backup.damage && <span className="text-bad"> · {backup.damage}</span>}
        </p>
        {state === 'running' && (
          <progress
            className="mt-1.5 h-1.5 w-full max-w-60 accent-accent"
            aria-label={t('Backup of {subject}', { subject: sayName(subject) })}
            {...(progress !== null && { value: progress })}
          />
        )}
      </div>
      <p className="tabular text-sm text-muted sm:w-32 sm:text-right">
        {sizeBytes === null ? '' : sayBytes(sizeBytes)}
        {addedBytes !== null && (
          <span className="block text-xs">
            {t('+{addedBytes} stored', { addedBytes: sayBytes(addedBytes) })}
          </span>
        )}
      </p>
      <Badge tone={tone} dot>
        {label}
      </Badge>
    </li>
  )
}

const msBetween = (from: string, to: string): number =>
  new Date(to).getTime() - new Date(from).getTime()
