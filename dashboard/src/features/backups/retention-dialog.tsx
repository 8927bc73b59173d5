import { useQuery } from '@tanstack/react-query'
import type { BackupSchedule } from '@vastrox/shared/backup.ts'
import { retentionQuery } from '#features/backups/queries.ts'
import { sayName } from '#features/backups/subject-words.ts'
import { exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { Badge } from '#ui/state.tsx'

interface Props {
  schedule: BackupSchedule | undefined
  onClose: () => void
}

/** What would go and what stays, and why, before it happens. */
export function RetentionDialog({ schedule, onClose }: Props) {
  return (
    <Dialog
      open={schedule !== undefined}
      onClose={onClose}
      wide
      title={t('What stays of {subject}', { subject: schedule ? sayName(schedule.subject) : '' })}
      lead={t(
        'Retention removes by name what is listed here, and nothing else. The three newest always stay.',
      )}
    >
      {schedule && <Plan id={schedule.id} />}
    </Dialog>
  )
}

function Plan({ id }: { id: string }) {
  const { data: plan, error, refetch } = useQuery(retentionQuery(id))
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!plan) return <ListSkeleton rows={4} />
  const rows = [
    ...plan.remove.map(({ id: backupId, startedAt }) => ({ backupId, startedAt, why: undefined })),
    ...plan.keep.map(({ id: backupId, startedAt, why }) => ({ backupId, startedAt, why })),
  ].toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))
  return (
    <div className="space-y-3">
      {plan.refused !== null && (
        <Notice tone="warn" title={t('Nothing is removed at all')}>
          {plan.refused}
        </Notice>
      )}
      <p className="text-muted">
        {t('{keep} stay, {remove} go next', { keep: plan.keep.length, remove: plan.remove.length })}
        {plan.later > 0 && t(', {later} later', { later: plan.later })}.
      </p>
      <ul className="max-h-96 overflow-y-auto rounded-md border border-line">
        {rows.map(({ backupId, startedAt, why }) => (
          <li
            key={backupId}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-2 last:border-0"
          >
            <span className="tabular min-w-0 flex-1 basis-44">{exactTime(startedAt)}</span>
            {why === undefined ? (
              <Badge tone="warn">{t('goes')}</Badge>
            ) : (
              <span className="text-sm text-muted">{why.join(', ')}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
