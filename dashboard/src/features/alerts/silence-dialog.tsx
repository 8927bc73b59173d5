import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { rulesQuery, useAddSilence } from '#features/alerts/queries.ts'
import { appsQuery } from '#features/apps/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  open: boolean
  /** What is chosen at first. */
  rule?: string
  app?: string | null
  onClose: () => void
}

const HOUR_MS = 3_600_000
const TIMES = [
  [t('15 minutes'), HOUR_MS / 4],
  [t('1 hour'), HOUR_MS],
  [t('4 hours'), 4 * HOUR_MS],
  [t('1 day'), 24 * HOUR_MS],
  [t('1 week'), 7 * 24 * HOUR_MS],
  [t('30 days'), 30 * 24 * HOUR_MS],
] as const

/** Nobody is told for a while; alerts are shown all the same. */
export function SilenceDialog({ open, ...form }: Props) {
  return (
    <Dialog
      open={open}
      onClose={form.onClose}
      title={t('Silence alerts')}
      lead={t('Nobody is told of them for a while. They are shown here all the same.')}
    >
      <SilenceForm {...form} />
    </Dialog>
  )
}

function SilenceForm({ rule: firstRule = '', app: firstApp, onClose }: Omit<Props, 'open'>) {
  const { data: rules = [] } = useQuery(rulesQuery)
  const { data: apps = [] } = useQuery(appsQuery)
  const add = useAddSilence()
  const [rule, setRule] = useState(firstRule)
  const [app, setApp] = useState(firstApp ?? '')
  const [forMs, setForMs] = useState(String(HOUR_MS))
  const [reason, setReason] = useState('')

  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(
      {
        rule: rule === '' ? null : rule,
        app: app === '' ? null : app,
        reason,
        forMs: Number(forMs),
      },
      {
        onSuccess: () => {
          toast.good(t('Nobody is told of it meanwhile.'))
          onClose()
        },
      },
    )
  }

  return (
    <form className="space-y-4" onSubmit={submit}>
      {add.error && <ErrorNotice error={add.error} />}
      <Select label={t('Rule')} value={rule} onChange={({ target }) => setRule(target.value)}>
        <option value="">{t('Every rule')}</option>
        {rules.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select label={t('App')} value={app} onChange={({ target }) => setApp(target.value)}>
        <option value="">{t('Every app, and what is of none')}</option>
        {apps.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
      <Select label={t('For')} value={forMs} onChange={({ target }) => setForMs(target.value)}>
        {TIMES.map(([label, ms]) => (
          <option key={label} value={ms}>
            {label}
          </option>
        ))}
      </Select>
      <Field
        label={t('Why')}
        placeholder={t('Maintenance of the database')}
        maxLength={200}
        value={reason}
        hint={t('May be left empty. Others see it.')}
        onChange={({ target }) => setReason(target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending}>
          {t('Silence')}
        </Button>
      </DialogActions>
    </form>
  )
}
