import { AddGitAccount } from '@vastrox/shared/git-account.ts'
import { ExternalLink } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useAddAccount } from '#features/sources/queries.ts'
import { t } from '#lib/words.ts'
import { Button, ExternalButton } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  onDone: () => void
  onCancel: () => void
}

const WAYS = {
  'github-app': { label: t('GitHub, as an App'), host: 'github', url: 'https://github.com' },
  'github-token': { label: t('GitHub, with a token'), host: 'github', url: 'https://github.com' },
  'gitlab-oauth': { label: t('GitLab, by OAuth'), host: 'gitlab', url: 'https://gitlab.com' },
  'gitlab-token': { label: t('GitLab, with a token'), host: 'gitlab', url: 'https://gitlab.com' },
  'gitea-oauth': {
    label: t('Gitea or Forgejo, by OAuth'),
    host: 'gitea',
    url: 'https://codeberg.org',
  },
  'gitea-token': {
    label: t('Gitea or Forgejo, with a token'),
    host: 'gitea',
    url: 'https://codeberg.org',
  },
} as const
type Way = keyof typeof WAYS
const isWay = (text: string): text is Way => text in WAYS

/** An account that repositories are picked with; agreed to at the host where it takes that. */
export function AddAccountForm({ onDone, onCancel }: Props) {
  const [way, setWay] = useState<Way>('github-app')
  const [baseUrl, setBaseUrl] = useState<string>(WAYS['github-app'].url)
  const [clientId, setClientId] = useState('')
  const [secret, setSecret] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [goTo, setGoTo] = useState<string>()
  const add = useAddAccount()
  const isOAuth = way.endsWith('-oauth')
  const isToken = way.endsWith('-token')

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const hostKind = WAYS[way].host
    const wish = AddGitAccount.safeParse(
      isToken
        ? { kind: 'token', hostKind, baseUrl, token: secret }
        : isOAuth
          ? { kind: 'oauth', hostKind, baseUrl, clientId, clientSecret: secret }
          : { kind: 'github-app', baseUrl },
    )
    if (!wish.success) {
      setWrong(wish.error.issues[0]?.message)
      return
    }
    setWrong(undefined)
    add.mutate(wish.data, {
      onSuccess: (added) => (added.goTo === null ? onDone() : setGoTo(added.goTo)),
    })
  }

  if (goTo !== undefined)
    return (
      <>
        <Notice tone="info" title={t('One more step, at the host')}>
          {t(
            'Agree to it there; you come back here by yourself. A GitHub App asks on which repositories it may work.',
          )}
        </Notice>
        <DialogActions>
          <Button onClick={onCancel}>{t('Later')}</Button>
          <ExternalButton
            variant="primary"
            href={goTo}
            icon={<ExternalLink size={15} aria-hidden />}
          >
            {t('Go there')}
          </ExternalButton>
        </DialogActions>
      </>
    )

  return (
    <form onSubmit={submit} className="space-y-5" aria-label={t('An account at a Git host')}>
      {add.error && <ErrorNotice error={add.error} />}
      {wrong !== undefined && <Notice tone="bad" title={wrong} />}
      <Select
        label={t('Host')}
        value={way}
        onChange={(event) => {
          const chosen = event.target.value
          if (!isWay(chosen)) return
          setWay(chosen)
          setBaseUrl(WAYS[chosen].url)
        }}
      >
        {Object.entries(WAYS).map(([value, { label }]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <Field
        label={t('Address')}
        mono
        hint={t('Change it for a host of your own.')}
        value={baseUrl}
        onChange={(event) => setBaseUrl(event.target.value)}
      />
      {isOAuth && (
        <>
          <div>
            <p className="mb-1.5 text-sm text-muted">
              {t(
                'Make an OAuth application at the host, confidential, with this address to come back to:',
              )}
            </p>
            <CopyBlock
              label={t('address to come back to')}
              text={`${window.location.origin}/api/v1/git-accounts/callback`}
            />
          </div>
          <Field
            label={t('Application id')}
            mono
            value={clientId}
            onChange={(event) => setClientId(event.target.value)}
          />
        </>
      )}
      {way !== 'github-app' && (
        <Field
          label={isToken ? t('Token') : t('Secret')}
          type="password"
          autoComplete="off"
          hint={
            isToken
              ? t('It has to be allowed to add deploy keys, webhooks and statuses.')
              : undefined
          }
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
      )}
      <DialogActions>
        <Button onClick={onCancel}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending}>
          {t('Add account')}
        </Button>
      </DialogActions>
    </form>
  )
}
