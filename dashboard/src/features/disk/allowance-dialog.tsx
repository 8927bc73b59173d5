import { zodResolver } from '@hookform/resolvers/zod'
import type { AppDisk } from '@vastrox/shared/disk-use.ts'
import { useForm } from 'react-hook-form'
import { AllowanceForm, toAllowanceText, toChange } from '#features/disk/allowance-form.ts'
import { useChangeAllowance } from '#features/disk/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  disk: AppDisk
  open: boolean
  onClose: () => void
}

export function AllowanceDialog({ disk, open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('What {app} may take', { app: disk.app })}
      lead={t('Of the disk, with all its volumes together. In force at once.')}
    >
      <Form disk={disk} onClose={onClose} />
    </Dialog>
  )
}

function Form({ disk, onClose }: Omit<Props, 'open'>) {
  const change = useChangeAllowance(disk.app)
  const form = useForm({
    resolver: zodResolver(AllowanceForm),
    defaultValues: { gigabytes: toAllowanceText(disk) },
  })
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        void form.handleSubmit((said) =>
          change.mutate(toChange(said), {
            onSuccess: () => {
              toast.good(t('Saved.'))
              onClose()
            },
          }),
        )(event)
      }}
    >
      {change.error && <ErrorNotice error={change.error} />}
      <Field
        label={t('Gigabytes')}
        hint={t('Nothing: a quarter of the disk, held to only while the disk is nearly full.')}
        inputMode="decimal"
        autoComplete="off"
        error={form.formState.errors.gigabytes?.message}
        {...form.register('gigabytes')}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={change.isPending}>
          {t('Save')}
        </Button>
      </DialogActions>
    </form>
  )
}
