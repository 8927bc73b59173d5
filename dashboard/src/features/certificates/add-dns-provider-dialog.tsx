import { AddDnsProvider, type DnsProviderList } from '@vastrox/shared/certificate.ts'
import { useMemo, useState } from 'react'
import { useAddDnsProvider } from '#features/certificates/queries.ts'
import { fieldsOf, missingIn, settingsOf } from '#lib/json-form.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { JsonFields } from '#ui/json-fields.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  open: boolean
  kinds: DnsProviderList['kinds']
  onClose: () => void
}

export function AddDnsProviderDialog({ open, kinds, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Prove names by the DNS')}
      lead={t('A record is made and removed again before anything is kept.')}
    >
      <AddForm kinds={kinds} onClose={onClose} />
    </Dialog>
  )
}

function AddForm({ kinds, onClose }: Omit<Props, 'open'>) {
  const add = useAddDnsProvider()
  const [zone, setZone] = useState('')
  const [type, setType] = useState(kinds[0]?.type ?? '')
  const [values, setValues] = useState<Record<string, string>>({})
  const [asked, setAsked] = useState(false)
  const kind = kinds.find((each) => each.type === type)
  const fields = useMemo(() => (kind ? fieldsOf(kind.settings, kind.neverShown) : []), [kind])
  const wish = AddDnsProvider.safeParse({
    zone: zone.trim(),
    type,
    settings: settingsOf(fields, values),
  })
  const missing = asked ? missingIn(fields, values) : undefined

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (!wish.success || missingIn(fields, values)) return
        add.mutate(wish.data, {
          onSuccess: (added) => {
            toast.good(
              t('Names of {zone} are proven by its DNS from now on.', { zone: added.zone }),
            )
            onClose()
          },
        })
      }}
    >
      {add.error && <ErrorNotice error={add.error} />}
      <Field
        label={t('Zone')}
        mono
        placeholder="example.com"
        hint={t('The domain itself, not a name beneath it.')}
        autoComplete="off"
        value={zone}
        error={
          asked ? wish.error?.issues.find(({ path }) => path[0] === 'zone')?.message : undefined
        }
        onChange={({ target }) => setZone(target.value)}
      />
      <Select
        label={t('Who makes its records')}
        value={type}
        onChange={({ target }) => {
          setType(target.value)
          setValues({})
          setAsked(false)
        }}
      >
        {kinds.map((each) => (
          <option key={each.type} value={each.type}>
            {each.title}
          </option>
        ))}
      </Select>
      <JsonFields
        fields={fields}
        values={values}
        errors={missing ? { [missing.name]: t('This has to be filled in.') } : {}}
        onChange={setValues}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending}>
          {add.isPending ? t('Trying it out …') : t('Try it out and keep it')}
        </Button>
      </DialogActions>
    </form>
  )
}
