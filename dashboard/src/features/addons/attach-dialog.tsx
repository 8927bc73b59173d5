import { useQuery } from '@tanstack/react-query'
import { type Addon, EnvPrefix } from '@vastrox/shared/addon.ts'
import { type FormEvent, useState } from 'react'
import { variablesOf } from '#features/addons/addon-words.ts'
import { catalogQuery, useAttach } from '#features/addons/queries.ts'
import { VariableList } from '#features/addons/variable-list.tsx'
import { appsQuery } from '#features/apps/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  addon: Pick<Addon, 'name' | 'kind' | 'attachments'>
  /** Known where it is begun on an app's page. */
  app?: string
  open: boolean
  onClose: () => void
}

export function AttachDialog({ addon, app, open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={
        app === undefined
          ? t('Attach {name} to an app', { name: addon.name })
          : t('Attach {name} to {app}', { name: addon.name, app })
      }
      lead={t(
        'The app gets a user of its own, these variables, and a restart that drops no request.',
      )}
    >
      <AttachForm addon={addon} {...(app !== undefined && { app })} onClose={onClose} />
    </Dialog>
  )
}

function AttachForm({ addon, app: given, onClose }: Omit<Props, 'open'>) {
  const attach = useAttach()
  const { data: apps = [] } = useQuery(appsQuery)
  const { data: catalog = [] } = useQuery(catalogQuery)
  const usual = catalog.find(({ kind }) => kind === addon.kind)?.prefix ?? 'DATABASE'
  const free = apps.filter(
    ({ name }) => !addon.attachments.some((attachment) => attachment.app === name),
  )
  const [chosen, setChosen] = useState<string>()
  const [typed, setTyped] = useState<string>()
  const app = given ?? chosen ?? free[0]?.name ?? ''
  const prefix = typed ?? usual
  const wrongPrefix = EnvPrefix.safeParse(prefix).error?.issues[0]?.message

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wrongPrefix !== undefined || app === '') return
    attach.mutate(
      { addon: addon.name, app, prefix },
      {
        onSuccess: () => {
          toast.good(t('{name} is attached to {app}.', { name: addon.name, app }))
          onClose()
        },
      },
    )
  }
  return (
    <form className="space-y-4" onSubmit={submit}>
      {attach.error && <ErrorNotice error={attach.error} />}
      {given === undefined && (
        <Select label={t('App')} value={app} onChange={({ target }) => setChosen(target.value)}>
          {free.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      )}
      <Field
        label={t('Prefix of its variables')}
        mono
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        hint={t('Another one where the app has a second database.')}
        value={prefix}
        error={wrongPrefix}
        onChange={({ target }) => setTyped(target.value.toUpperCase())}
      />
      {app !== '' && <VariableList app={app} names={variablesOf(addon.kind, prefix)} />}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" disabled={app === ''} busy={attach.isPending}>
          {t('Attach')}
        </Button>
      </DialogActions>
    </form>
  )
}
