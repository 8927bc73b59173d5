import { useQuery } from '@tanstack/react-query'
import type { BackupSchedule, Destination } from '@vastrox/shared/backup.ts'
import { type FormEvent, useState } from 'react'
import { addonsQuery } from '#features/addons/queries.ts'
import { appsQuery } from '#features/apps/queries.ts'
import { MODE_CHOICES } from '#features/backups/backup-words.ts'
import { useChangeSchedule, useCreateSchedule } from '#features/backups/queries.ts'
import {
  draftOf,
  KEPT,
  readRetention,
  type ScheduleDraft,
} from '#features/backups/schedule-draft.ts'
import { sayReach, sayRetention, SCHEDULES } from '#features/backups/schedule-words.ts'
import { sayName } from '#features/backups/subject-words.ts'
import { useMay } from '#features/session/queries.ts'
import { volumesQuery } from '#features/volumes/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  schedule: BackupSchedule | 'new' | undefined
  destinations: readonly Destination[]
  onClose: () => void
}

export function ScheduleDialog({ schedule, destinations, onClose }: Props) {
  const known = schedule === 'new' ? undefined : schedule
  return (
    <Dialog
      open={schedule !== undefined}
      onClose={onClose}
      wide
      title={
        known ? t('Schedule of {subject}', { subject: sayName(known.subject) }) : t('New schedule')
      }
      lead={t('What is backed up, how often, and how many are kept.')}
    >
      <ScheduleForm schedule={known} destinations={destinations} onClose={onClose} />
    </Dialog>
  )
}

const OWN = 'own'

function ScheduleForm({
  schedule: known,
  destinations,
  onClose,
}: {
  schedule: BackupSchedule | undefined
  destinations: readonly Destination[]
  onClose: () => void
}) {
  const usual = destinations.find(({ isDefault }) => isDefault) ?? destinations[0]
  const [draft, setDraft] = useState(() => draftOf(known, usual?.name ?? ''))
  const [asked, setAsked] = useState(false)
  const create = useCreateSchedule()
  const change = useChangeSchedule()
  const set = (given: Partial<ScheduleDraft>) => setDraft({ ...draft, ...given })
  const { retention, errors } = readRetention(draft.retention)
  const isOwn = !SCHEDULES.some(([value]) => value === draft.schedule)
  const isOfVolume = known?.subject.type === 'volume' || draft.subject.startsWith('volume:')

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!retention || (!known && draft.subject === '')) return
    const { destination, schedule, mode } = draft
    const timeZone = draft.timeZone.trim() === '' ? null : draft.timeZone.trim()
    const wish = { schedule, timeZone, retention, mode }
    const done = {
      onSuccess: () => {
        toast.good(t('The schedule is kept.'))
        onClose()
      },
    }
    if (known) change.mutate({ id: known.id, ...wish }, done)
    else create.mutate({ subject: draft.subject, destination, ...wish }, done)
  }
  const error = create.error ?? change.error

  return (
    <form className="space-y-4" onSubmit={submit}>
      {error && <ErrorNotice error={error} />}
      {!known && (
        <SubjectSelect
          value={draft.subject}
          isMissing={asked && draft.subject === ''}
          onChange={(subject) => set({ subject })}
        />
      )}
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Select
          label={t('How often')}
          value={isOwn ? OWN : draft.schedule}
          onChange={({ target }) =>
            set({ schedule: target.value === OWN ? '30 2 * * *' : target.value })
          }
        >
          {SCHEDULES.map(([value, said]) => (
            <option key={value} value={value}>
              {said}
            </option>
          ))}
          <option value={OWN}>{t('at times of my own (cron)')}</option>
        </Select>
        <Select
          label={t('Where to')}
          value={draft.destination}
          disabled={known !== undefined}
          hint={known && t('A schedule stays with its destination: make another one for another.')}
          onChange={({ target }) => set({ destination: target.value })}
        >
          {destinations.map(({ name, title }) => (
            <option key={name} value={name}>
              {name} ({title})
            </option>
          ))}
        </Select>
        {isOwn && (
          <>
            <Field
              label={t('Times')}
              mono
              hint={t('Minute, hour, day, month, day of the week.')}
              autoComplete="off"
              value={draft.schedule}
              onChange={({ target }) => set({ schedule: target.value })}
            />
            <Field
              label={t('Time zone')}
              placeholder={t('of the server')}
              hint={t('Such as Europe/Berlin.')}
              autoComplete="off"
              value={draft.timeZone}
              onChange={({ target }) => set({ timeZone: target.value })}
            />
          </>
        )}
      </div>
      {isOfVolume && (
        <Select
          label={t('How still it is meanwhile')}
          hint={MODE_CHOICES.find(([value]) => value === draft.mode)?.[2]}
          value={draft.mode}
          onChange={({ target }) =>
            set({ mode: MODE_CHOICES.find(([value]) => value === target.value)?.[0] ?? 'live' })
          }
        >
          {MODE_CHOICES.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </Select>
      )}
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">{t('How many are kept')}</legend>
        <div className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
          {KEPT.map(([key, label]) => (
            <Field
              key={key}
              label={label}
              inputMode="numeric"
              value={draft.retention[key]}
              error={errors[key]}
              onChange={({ target }) =>
                set({ retention: { ...draft.retention, [key]: target.value } })
              }
            />
          ))}
        </div>
        {retention && (
          <p className="mt-2 text-sm text-muted" aria-live="polite">
            {t('{retention} That reaches back {retention2}.', {
              retention: sayRetention(retention),
              retention2: sayReach(retention),
            })}
          </p>
        )}
      </fieldset>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={create.isPending || change.isPending}>
          {t('Keep the schedule')}
        </Button>
      </DialogActions>
    </form>
  )
}

interface SubjectProps {
  value: string
  isMissing: boolean
  onChange: (subject: string) => void
}

/** Everything that can be backed up: apps, add-ons, the chosen app's volumes, the platform. */
function SubjectSelect({ value, isMissing, onChange }: SubjectProps) {
  const mayPlatform = useMay('node.change')
  const { data: apps = [] } = useQuery(appsQuery)
  const { data: addons = [] } = useQuery(addonsQuery)
  const app = /^(?:app:|volume:)([^/]+)/.exec(value)?.[1]
  return (
    <div className="space-y-4">
      <Select
        label={t('What')}
        value={app === undefined ? value : `app:${app}`}
        hint={
          isMissing
            ? t('Choose what is to be backed up.')
            : t(
                'Of an app: its code, settings and env. Its volumes and databases have schedules of their own.',
              )
        }
        onChange={({ target }) => onChange(target.value)}
      >
        <option value="">—</option>
        <optgroup label={t('Add-ons')}>
          {addons.map(({ name, title }) => (
            <option key={name} value={`addon:${name}`}>
              {name} ({title})
            </option>
          ))}
        </optgroup>
        <optgroup label={t('Apps and their volumes')}>
          {apps.map(({ name }) => (
            <option key={name} value={`app:${name}`}>
              {name}
            </option>
          ))}
        </optgroup>
        {mayPlatform && (
          <optgroup label={t('Vastrox')}>
            <option value="platform">
              {t('this installation: users, apps, keys, certificates')}
            </option>
          </optgroup>
        )}
      </Select>
      {app !== undefined && <PartSelect app={app} value={value} onChange={onChange} />}
    </div>
  )
}

/** The app itself, or one of its volumes. */
function PartSelect({
  app,
  value,
  onChange,
}: {
  app: string
  value: string
  onChange: (subject: string) => void
}) {
  const { data: volumes = [] } = useQuery(volumesQuery(app))
  if (volumes.length === 0) return null
  return (
    <Select
      label={t('Which part of {app}', { app })}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    >
      <option value={`app:${app}`}>{t('code, settings and env')}</option>
      {volumes.map(({ name }) => (
        <option key={name} value={`volume:${app}/${name}`}>
          {t('the volume {name}', { name })}
        </option>
      ))}
    </Select>
  )
}
