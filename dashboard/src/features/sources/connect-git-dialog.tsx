import { ConnectExternal, type ExternalSource } from '@vastrox/shared/external-source.ts'
import { type FormEvent, useState } from 'react'
import { useChangeGit, useConnectGit } from '#features/sources/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  app: string
  /** What it is now, where it is to be changed. */
  source: ExternalSource | null
  open: boolean
  onClose: () => void
  onConnected: (webhookSecret: string | null) => void
}

/** A repository by its address: how it is read, and what of it counts. */
export function ConnectGitDialog(props: Props) {
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.source ? t('The repository') : t('Connect a repository')}
      wide
    >
      <ConnectGitForm {...props} />
    </Dialog>
  )
}

const isSsh = (url: string): boolean => url.trim() !== '' && !/^https?:/i.test(url.trim())

const POLLS = [
  ['300000', t('every 5 minutes')],
  ['900000', t('every 15 minutes')],
  ['3600000', t('every hour')],
  ['', 'never'],
] as const

function ConnectGitForm({ app, source, onClose, onConnected }: Props) {
  const [url, setUrl] = useState(source?.url ?? '')
  const [token, setToken] = useState('')
  const [kind, setKind] = useState(source?.follow.kind ?? 'branch')
  const [ref, setRef] = useState(
    source
      ? source.follow.kind === 'branch'
        ? source.follow.name
        : source.follow.pattern
      : 'main',
  )
  const [root, setRoot] = useState(source?.rootDirectory ?? '')
  const [watch, setWatch] = useState(source?.watchPaths.join(', ') ?? '')
  const [submodules, setSubmodules] = useState(source?.submodules ?? false)
  const [poll, setPoll] = useState(source ? String(source.pollEveryMs ?? '') : '300000')
  const [errors, setErrors] = useState<Record<string, string>>({})
  const connect = useConnectGit(app)
  const change = useChangeGit(app)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isKept = source?.url === url.trim() && token === ''
    const wish = ConnectExternal.safeParse({
      url,
      access: isSsh(url)
        ? 'deploy-key'
        : token !== '' || (isKept && source.access === 'token')
          ? 'token'
          : 'open',
      ...(token === '' || isSsh(url) ? {} : { token }),
      follow: kind === 'branch' ? { kind, name: ref } : { kind, pattern: ref },
      watchPaths: watch
        .split(',')
        .map((path) => path.trim())
        .filter((path) => path !== ''),
      submodules,
      pollEveryMs: poll === '' ? null : Number(poll),
      rootDirectory: root.trim() === '' ? null : root.trim(),
    })
    if (!wish.success) {
      const said = wish.error.issues.map(({ path, message }) => [String(path[0]), message])
      setErrors(Object.fromEntries(said))
      return
    }
    setErrors({})
    const { follow, watchPaths, submodules: wanted, pollEveryMs, rootDirectory = null } = wish.data
    if (isKept)
      change.mutate(
        { follow, watchPaths, submodules: wanted, pollEveryMs, rootDirectory },
        { onSuccess: () => onConnected(null) },
      )
    else
      connect.mutate(wish.data, {
        onSuccess: ({ webhookSecret }) => onConnected(webhookSecret),
      })
  }
  const problem = connect.error ?? change.error

  return (
    <form onSubmit={submit} className="space-y-5" aria-label={t('Repository')}>
      {problem && <ErrorNotice error={problem} />}
      <Field
        label={t('Address')}
        mono
        placeholder="git@github.com:anna/blog.git"
        hint={
          isSsh(url)
            ? t('By SSH: a deploy key is made, which you add to the repository.')
            : t('https://… or git@host:owner/name.git')
        }
        error={errors['url']}
        value={url}
        onChange={(event) => setUrl(event.target.value)}
      />
      {!isSsh(url) && (
        <Field
          label={t('Token')}
          type="password"
          autoComplete="off"
          hint={
            source?.access === 'token'
              ? t('Left empty, the one from before stays.')
              : t('For a private repository. It is kept encrypted and never shown again.')
          }
          error={errors['token']}
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
      )}
      <div className="grid grid-cols-1 gap-x-6 gap-y-5 sm:grid-cols-2">
        <Select
          label={t('Deploy')}
          value={kind}
          onChange={(event) => setKind(event.target.value === 'tag' ? 'tag' : 'branch')}
        >
          <option value="branch">{t('a branch')}</option>
          <option value="tag">{t('the highest tag that matches')}</option>
        </Select>
        <Field
          label={kind === 'branch' ? t('Branch') : t('Tags')}
          mono
          placeholder={kind === 'branch' ? t('main') : t('v*')}
          error={errors['follow']}
          value={ref}
          onChange={(event) => setRef(event.target.value)}
        />
        <Field
          label={t('Root directory')}
          mono
          placeholder={t('the whole repository')}
          error={errors['rootDirectory']}
          value={root}
          onChange={(event) => setRoot(event.target.value)}
        />
        <Field
          label={t('Watch paths')}
          mono
          placeholder={t('everything')}
          hint={t('Separated by commas. A push that touches none of them does nothing.')}
          error={errors['watchPaths']}
          value={watch}
          onChange={(event) => setWatch(event.target.value)}
        />
        <Select
          label={t('Ask the repository')}
          value={poll}
          onChange={(event) => setPoll(event.target.value)}
          hint={t('Should a webhook get lost.')}
        >
          {POLLS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
          {!POLLS.some(([value]) => value === poll) && (
            <option value={poll}>
              {t('every {poll} minutes', { poll: Number(poll) / 60_000 })}
            </option>
          )}
        </Select>
        <Select
          label={t('Submodules')}
          value={submodules ? 'yes' : 'no'}
          onChange={(event) => setSubmodules(event.target.value === 'yes')}
        >
          <option value="no">{t('left out')}</option>
          <option value="yes">{t('fetched too')}</option>
        </Select>
      </div>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={connect.isPending || change.isPending}>
          {source ? t('Save') : t('Connect')}
        </Button>
      </DialogActions>
    </form>
  )
}
