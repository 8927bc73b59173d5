import { useForm } from 'react-hook-form'
import { EMPTY_PORT_FORM, wishOf } from '#features/ports/port-form.ts'
import { useAddPort } from '#features/ports/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  open: boolean
  onClose: () => void
}

export function AddPortDialog({ app, open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Publish a port')}
      lead={t('Open as soon as it is published, over IPv4. Clients keep their addresses.')}
    >
      <AddPortForm app={app} onClose={onClose} />
    </Dialog>
  )
}

function AddPortForm({ app, onClose }: Omit<Props, 'open'>) {
  const add = useAddPort(app)
  const form = useForm({ defaultValues: EMPTY_PORT_FORM })
  const { errors } = form.formState
  const submit = form.handleSubmit((typed) => {
    const read = wishOf(typed)
    if ('field' in read) {
      form.setError(read.field, { message: read.message })
      return
    }
    add.mutate(read.wish, {
      onSuccess: ({ address, protocol }) => {
        toast.good(
          t('{address} is open.', { address }),
          protocol === 'udp' ? t('For UDP.') : t('For TCP.'),
        )
        onClose()
      },
    })
  })

  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      {add.error && <ErrorNotice error={add.error} />}
      <Select label={t('Protocol')} {...form.register('protocol')}>
        <option value="tcp">{t('TCP')}</option>
        <option value="udp">{t('UDP')}</option>
      </Select>
      <Field
        label={t('Port of the server')}
        hint={t('Or a range such as 27015-27030.')}
        autoComplete="off"
        inputMode="numeric"
        mono
        error={errors.ports?.message}
        {...form.register('ports')}
      />
      <Field
        label={t('Port in the app')}
        hint={t('Left empty: the same.')}
        autoComplete="off"
        inputMode="numeric"
        mono
        error={errors.to?.message}
        {...form.register('to')}
      />
      <Field
        label={t('Process')}
        autoComplete="off"
        mono
        error={errors.process?.message}
        {...form.register('process')}
      />
      <Field
        label={t('Only from')}
        hint={t('Addresses or networks. Left empty: from anywhere.')}
        autoComplete="off"
        mono
        error={errors.sources?.message}
        {...form.register('sources')}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending}>
          {t('Publish')}
        </Button>
      </DialogActions>
    </form>
  )
}
