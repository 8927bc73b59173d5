import { ConnectRemote, type RemoteSource } from '@vastrox/shared/remote-source.ts'
import { type FormEvent, useState } from 'react'
import { useConnectRemote } from '#features/sources/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  app: string
  remote: RemoteSource | null
  open: boolean
  onClose: () => void
}

/** A folder on another server, read by SFTP. */
export function ConnectRemoteDialog(props: Props) {
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.remote ? t('The folder') : t('Pull a folder by SFTP')}
      wide
    >
      <ConnectRemoteForm {...props} />
    </Dialog>
  )
}

function ConnectRemoteForm({ app, remote, onClose }: Props) {
  const [text, setText] = useState({
    host: remote?.host ?? '',
    port: String(remote?.port ?? 22),
    username: remote?.username ?? '',
    folder: remote?.folder ?? '',
    ignore: (remote?.ignore ?? ['.git', 'node_modules']).join(', '),
    password: '',
  })
  const [access, setAccess] = useState(remote?.access ?? 'key')
  const [every, setEvery] = useState(String(remote?.pullEveryMs ?? ''))
  const [errors, setErrors] = useState<Record<string, string>>({})
  const connect = useConnectRemote(app)

  const field = (name: keyof typeof text) => ({
    value: text[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) =>
      setText({ ...text, [name]: event.target.value }),
  })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { password, ...others } = text
    const wish = ConnectRemote.safeParse({
      ...others,
      port: Number(text.port),
      access,
      ...(access === 'password' && password !== '' ? { password } : {}),
      ignore: text.ignore
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
      pullEveryMs: every === '' ? null : Number(every),
    })
    if (!wish.success) {
      const said = wish.error.issues.map(({ path, message }) => [String(path[0]), message])
      setErrors(Object.fromEntries(said))
      return
    }
    setErrors({})
    connect.mutate(wish.data, { onSuccess: onClose })
  }

  return (
    <form onSubmit={submit} className="space-y-5" aria-label={t('Folder by SFTP')}>
      {connect.error && <ErrorNotice error={connect.error} />}
      <div className="grid grid-cols-1 gap-x-6 gap-y-5 sm:grid-cols-2">
        <Field label={t('Server')} mono placeholder="files.example.com" {...field('host')} />
        <Field label={t('Port')} mono inputMode="numeric" {...field('port')} />
        <Field label={t('User')} mono autoComplete="off" {...field('username')} />
        <Field label={t('Folder')} mono placeholder="/var/www/site" {...field('folder')} />
        <Select
          label={t('Sign in with')}
          value={access}
          onChange={(event) => setAccess(event.target.value === 'password' ? 'password' : 'key')}
        >
          <option value="key">{t('a key that is made for it')}</option>
          <option value="password">{t('a password')}</option>
        </Select>
        {access === 'password' && (
          <Field
            label={t('Password')}
            type="password"
            autoComplete="off"
            hint={
              remote?.access === 'password'
                ? t('Left empty, the one from before stays.')
                : t('It is kept encrypted and never shown again.')
            }
            {...field('password')}
          />
        )}
        <Select label={t('Pull')} value={every} onChange={(event) => setEvery(event.target.value)}>
          <option value="">{t('by hand')}</option>
          <option value="300000">{t('every 5 minutes')}</option>
          <option value="3600000">{t('every hour')}</option>
          <option value="86400000">{t('every day')}</option>
          {!['', '300000', '3600000', '86400000'].includes(every) && (
            <option value={every}>
              {t('every {every} minutes', { every: Number(every) / 60_000 })}
            </option>
          )}
        </Select>
        <Field
          label={t('Left out')}
          mono
          hint={t('As in .gitignore, separated by commas.')}
          {...field('ignore')}
        />
      </div>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={connect.isPending}>
          {remote ? t('Save') : t('Connect')}
        </Button>
      </DialogActions>
    </form>
  )
}
