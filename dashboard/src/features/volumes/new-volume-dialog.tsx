import { zodResolver } from '@hookform/resolvers/zod'
import { CreateVolume } from '@vastrox/shared/volume.ts'
import { useForm } from 'react-hook-form'
import { useCreateVolume } from '#features/volumes/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  open: boolean
  onClose: () => void
}

export function NewVolumeDialog({ app, open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('New volume')}
      lead={t('The instances get it with a restart that drops no request.')}
    >
      <NewVolumeForm app={app} onClose={onClose} />
    </Dialog>
  )
}

const Form = CreateVolume.pick({ name: true, mountPath: true, exclusive: true })

function NewVolumeForm({ app, onClose }: Omit<Props, 'open'>) {
  const create = useCreateVolume(app)
  const form = useForm({
    resolver: zodResolver(Form),
    defaultValues: { name: 'data', mountPath: '/data', exclusive: false },
  })
  const { errors } = form.formState

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        void form.handleSubmit((wish) =>
          create.mutate(wish, {
            onSuccess: ({ volume }) => {
              toast.good(t('{name} is made.', { name: volume.name }))
              onClose()
            },
          }),
        )(event)
      }}
    >
      {create.error && <ErrorNotice error={create.error} />}
      <Field
        label={t('Name')}
        autoComplete="off"
        mono
        error={errors.name?.message}
        {...form.register('name')}
      />
      <Field
        label={t('Path in the instances')}
        hint={t("A path such as uploads is taken from the app's own folder.")}
        autoComplete="off"
        mono
        error={errors.mountPath?.message}
        {...form.register('mountPath')}
      />
      <label className="flex items-start gap-3">
        <input type="checkbox" className="mt-1" {...form.register('exclusive')} />
        <span>
          {t('One instance at a time')}
          <span className="block text-sm text-muted">
            {t(
              'For SQLite and the like: at a deployment requests wait while the old instance stops and the new one starts.',
            )}
          </span>
        </span>
      </label>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {t('Create the volume')}
        </Button>
      </DialogActions>
    </form>
  )
}
