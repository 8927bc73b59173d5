import { CreateJob } from '@vastrox/shared/scheduled-job.ts'
import { type FormEvent, useState } from 'react'
import { useCreateJob } from '#features/jobs/queries.ts'
import { describeError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { Notice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

type Text = Record<'name' | 'schedule' | 'timeZone' | 'command', string>

/** The reader's own time zone is the one that they mean. */
const EMPTY: Text = {
  name: '',
  schedule: '',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  command: '',
}

export function NewJobForm({ app, onClose }: { app: string; onClose: () => void }) {
  const [text, setText] = useState(EMPTY)
  const [overlap, setOverlap] = useState<CreateJob['overlap']>('skip')
  const [errors, setErrors] = useState<Record<string, string>>({})
  const create = useCreateJob(app)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wish = CreateJob.safeParse({ ...text, overlap })
    if (!wish.success) {
      const said = wish.error.issues.map(({ path, message }) => [String(path[0]), message])
      setErrors(Object.fromEntries(said))
      return
    }
    setErrors({})
    create.mutate(wish.data, {
      onSuccess: () => {
        toast.good(t('{name} is scheduled.', { name: wish.data.name }))
        onClose()
      },
    })
  }
  const field = (name: keyof Text) => ({
    value: text[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) =>
      setText({ ...text, [name]: event.target.value }),
  })

  return (
    <form onSubmit={submit} className="space-y-5" aria-label={t('New job')}>
      <Field
        label={t('Name')}
        mono
        placeholder={t('clean-up')}
        autoComplete="off"
        {...field('name')}
      />
      <div className="grid grid-cols-1 gap-x-6 gap-y-5 sm:grid-cols-2">
        <Field
          label={t('Schedule')}
          mono
          placeholder="30 2 * * *"
          hint={t('Minute hour day month weekday, or @hourly, @daily, @weekly.')}
          {...field('schedule')}
        />
        <Field label={t('Time zone')} mono {...field('timeZone')} />
      </div>
      <Field
        label={t('Command')}
        mono
        placeholder={t('node clean-up.js')}
        hint={t("Runs in a container of its own with the app's image and env.")}
        {...field('command')}
      />
      <Select
        label={t('When the run before has not ended')}
        value={overlap}
        onChange={(event) => setOverlap(CreateJob.shape.overlap.parse(event.target.value))}
      >
        <option value="skip">{t('Leave this one out')}</option>
        <option value="allow">{t('Run both')}</option>
        <option value="replace">{t('End the one before')}</option>
      </Select>
      {create.error && <Failure error={create.error} />}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {t('Add job')}
        </Button>
      </DialogActions>
    </form>
  )
}

function Failure({ error }: { error: unknown }) {
  const { message, hint } = describeError(error)
  return (
    <Notice tone="bad" title={message}>
      {hint}
    </Notice>
  )
}
