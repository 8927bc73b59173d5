import { useQuery } from '@tanstack/react-query'
import { AddLogDrain, type LogDrainFormat, type LogDrainKind } from '@vastrox/shared/log-drain.ts'
import { type FormEvent, useState } from 'react'
import { appsQuery } from '#features/apps/queries.ts'
import { useAddDrain } from '#features/drains/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { TextArea } from '#ui/text-area.tsx'

interface Props {
  open: boolean
  onClose: () => void
}

export function AddDrainDialog({ open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('New drain')}
      lead={t('Each line is sent on as it comes, with its app, process and release.')}
    >
      <AddForm onClose={onClose} />
    </Dialog>
  )
}

function AddForm({ onClose }: { onClose: () => void }) {
  const { data: apps = [] } = useQuery(appsQuery)
  const add = useAddDrain()
  const [kind, setKind] = useState<LogDrainKind>('syslog')
  const [target, setTarget] = useState('')
  const [format, setFormat] = useState<LogDrainFormat>('ndjson')
  const [app, setApp] = useState('')
  const [secret, setSecret] = useState('')
  const [caPem, setCaPem] = useState('')
  const [asked, setAsked] = useState(false)
  const isSyslog = kind === 'syslog'

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    const wish = AddLogDrain.safeParse({
      kind,
      target: target.trim(),
      app: app === '' ? null : app,
      ...(!isSyslog && { format }),
      ...(!isSyslog && secret !== '' && { secret }),
      ...(caPem.trim() !== '' && { caPem: caPem.trim() }),
    })
    if (wish.success) add.mutate(wish.data, { onSuccess: onClose })
  }

  return (
    <form className="space-y-4" onSubmit={submit}>
      {add.error && <ErrorNotice error={add.error} />}
      <Select
        label={t('What it is')}
        value={kind}
        onChange={({ target: { value } }) => setKind(value === 'http' ? 'http' : 'syslog')}
      >
        <option value="syslog">{t('syslog (RFC 5424 over TLS)')}</option>
        <option value="http">{t('HTTP, batches of JSON')}</option>
      </Select>
      <Field
        label={isSyslog ? t('Server and port') : t('Address')}
        mono
        placeholder={isSyslog ? 'logs.example.com:6514' : 'https://logs.example.com/in'}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={target}
        error={asked && target.trim() === '' ? t('This has to be filled in.') : undefined}
        onChange={(event) => setTarget(event.target.value)}
      />
      {!isSyslog && (
        <Select
          label={t('Each batch is')}
          value={format}
          onChange={({ target: { value } }) => setFormat(value === 'array' ? 'array' : 'ndjson')}
        >
          <option value="ndjson">{t('an object a line (NDJSON)')}</option>
          <option value="array">{t('one array of objects')}</option>
        </Select>
      )}
      {!isSyslog && (
        <Field
          label={t('Secret')}
          type="password"
          mono
          autoComplete="off"
          value={secret}
          hint={t(
            'Sent as “Authorization: Bearer …”. Kept encrypted, never shown again. May be left empty.',
          )}
          onChange={(event) => setSecret(event.target.value)}
        />
      )}
      <Select label={t('Of')} value={app} onChange={(event) => setApp(event.target.value)}>
        <option value="">{t('All apps')}</option>
        {apps.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
      <TextArea
        label={t('Authority of its certificate (PEM)')}
        rows={3}
        value={caPem}
        hint={t('Only where no public one signed it.')}
        onChange={(event) => setCaPem(event.target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending}>
          {t('Send them on')}
        </Button>
      </DialogActions>
    </form>
  )
}
