import { useSuspenseQuery } from '@tanstack/react-query'
import type { BackupSchedule } from '@vastrox/shared/backup.ts'
import { CalendarClock, Plus } from 'lucide-react'
import { useState } from 'react'
import { schedulesQuery, useChangeSchedule, useRemoveSchedule } from '#features/backups/queries.ts'
import { RetentionDialog } from '#features/backups/retention-dialog.tsx'
import { ScheduleDialog } from '#features/backups/schedule-dialog.tsx'
import { sayRetention, saySchedule } from '#features/backups/schedule-words.ts'
import { sayName, sayType } from '#features/backups/subject-words.ts'
import { destinationsQuery } from '#features/destinations/queries.ts'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { exactTime } from '#lib/time.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { RemoveDialog } from '#ui/remove-dialog.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) => Promise.all([read(schedulesQuery), read(destinationsQuery)])

/** What is backed up by itself, when, and for how long it is kept. */
export function SchedulesTab() {
  const { data: schedules } = useSuspenseQuery(schedulesQuery)
  const { data: destinations } = useSuspenseQuery(destinationsQuery)
  const mayManage = useMay('backup.manage')
  const [open, setOpen] = useState<BackupSchedule | 'new'>()
  const [removing, setRemoving] = useState<BackupSchedule>()
  const [looking, setLooking] = useState<BackupSchedule>()
  const remove = useRemoveSchedule()
  useTitle(t('Schedules · Backups'))
  const hasPlace = destinations.length > 0
  const add = mayManage && hasPlace && (
    <Button icon={<Plus size={15} aria-hidden />} onClick={() => setOpen('new')}>
      {t('New schedule')}
    </Button>
  )

  return (
    <>
      <Card
        title={t('Schedules')}
        lead={t(
          'Each run begins within some minutes of its time, so that not all begin at once. The three newest backups of anything are never removed by retention.',
        )}
        flush
        aside={schedules.length > 0 && add}
      >
        {schedules.length === 0 ? (
          <EmptyState
            icon={<CalendarClock size={20} aria-hidden />}
            title={t('Nothing is backed up by itself yet')}
            actions={
              add ||
              (mayManage && (
                <ButtonLink variant="primary" to="/backups/destinations">
                  {t('Set up a destination first')}
                </ButtonLink>
              ))
            }
          >
            {t(
              'A schedule says what, how often, and how many are kept: the newest ones, one a day, one a week, one a month.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {schedules.map((schedule) => (
              <ScheduleRow
                key={schedule.id}
                schedule={schedule}
                mayManage={mayManage}
                onLook={() => setLooking(schedule)}
                onChange={() => setOpen(schedule)}
                onRemove={() => setRemoving(schedule)}
              />
            ))}
          </ul>
        )}
      </Card>
      <ScheduleDialog
        schedule={open}
        destinations={destinations}
        onClose={() => setOpen(undefined)}
      />
      <RetentionDialog schedule={looking} onClose={() => setLooking(undefined)} />
      <RemoveDialog
        name={removing && `the schedule of ${sayName(removing.subject)}`}
        lead={t('Backups that it made stay, and are not removed by retention any more.')}
        busy={remove.isPending}
        onClose={() => setRemoving(undefined)}
        onRemove={() =>
          removing &&
          remove.mutate(removing.id, {
            onSuccess: () => {
              toast.good(t('The schedule is gone. Its backups are still there.'))
              setRemoving(undefined)
            },
            onError: toast.error,
          })
        }
      />
    </>
  )
}

interface RowProps {
  schedule: BackupSchedule
  mayManage: boolean
  onLook: () => void
  onChange: () => void
  onRemove: () => void
}

function ScheduleRow({ schedule, mayManage, onLook, onChange, onRemove }: RowProps) {
  const change = useChangeSchedule()
  const { id, subject, destination, retention, isEnabled, nextAt, timeZone } = schedule
  const name = sayName(subject)
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-4 py-3.5 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium break-all">{name}</span>
          <span className="text-sm text-muted">{sayType(subject.type)}</span>
          {!isEnabled && <Badge tone="idle">{t('off')}</Badge>}
        </p>
        <p className="text-muted">
          {saySchedule(schedule.schedule)}
          {timeZone !== null && ` (${timeZone})`} {t('to {destination}', { destination })}
          {isEnabled && nextAt !== null && t(', next {nextAt}', { nextAt: exactTime(nextAt) })}
        </p>
        <p className="text-sm text-muted">
          {sayRetention(retention)}{' '}
          <button
            type="button"
            className="text-accent hover:underline"
            aria-label={t('What it removes next: {name}', { name })}
            onClick={onLook}
          >
            {t('What it removes next')}
          </button>
        </p>
      </div>
      {mayManage && (
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            busy={change.isPending}
            aria-label={`${isEnabled ? t('Switch off') : t('Switch on')}: ${name}`}
            onClick={() => change.mutate({ id, isEnabled: !isEnabled }, { onError: toast.error })}
          >
            {isEnabled ? t('Switch off') : t('Switch on')}
          </Button>
          <Button size="sm" aria-label={t('Change: {name}', { name })} onClick={onChange}>
            {t('Change')}
          </Button>
          <Button
            size="sm"
            variant="quiet"
            aria-label={t('Remove: {name}', { name })}
            onClick={onRemove}
          >
            {t('Remove')}
          </Button>
        </div>
      )}
    </li>
  )
}
