import { useQuery } from '@tanstack/react-query'
import type { CreatedToken } from '@vastrox/shared/token.ts'
import { useState } from 'react'
import { appsQuery } from '#features/apps/queries.ts'
import { useMe } from '#features/session/queries.ts'
import { Choices } from '#features/tokens/choices.tsx'
import { useCreateToken } from '#features/tokens/queries.ts'
import { ShownOnce } from '#features/tokens/shown-once.tsx'
import {
  isReady,
  NEVER,
  NEW_TOKEN,
  type TokenDraft,
  wishOf,
  wrongNetwork,
} from '#features/tokens/token-draft.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  open: boolean
  onClose: () => void
}

const USES: readonly [TokenDraft['use'], string][] = [
  ['push', t('Push with Git, and make apps by pushing')],
  ['deploy', t('Push and deploy one app, and nothing else')],
  ['read', t('Only look: apps, logs, the server')],
  ['chosen', t('What I choose')],
  ['all', t('Everything that I may do')],
]

/** Makes a token, then shows it: the only time that it can be seen. */
export function NewTokenDialog({ open, onClose }: Props) {
  const [created, setCreated] = useState<CreatedToken>()
  const close = () => {
    setCreated(undefined)
    onClose()
  }
  return (
    <Dialog open={open} onClose={close} title={created ? t('Your new token') : t('New token')}>
      {created ? (
        <ShownOnce token={created} onDone={close} />
      ) : (
        <NewTokenForm onCreated={setCreated} onClose={close} />
      )}
    </Dialog>
  )
}

interface FormProps {
  onCreated: (token: CreatedToken) => void
  onClose: () => void
}

function NewTokenForm({ onCreated, onClose }: FormProps) {
  const createToken = useCreateToken()
  const me = useMe()
  const { data: apps = [] } = useQuery(appsQuery)
  const [draft, setDraft] = useState(NEW_TOKEN)
  const change = (part: Partial<TokenDraft>) => setDraft((before) => ({ ...before, ...part }))
  const names = apps.map(({ name }) => name)

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        createToken.mutate(wishOf(draft, me.permissions), { onSuccess: onCreated })
      }}
    >
      {createToken.error && <ErrorNotice error={createToken.error} />}
      <Field
        label={t('Name')}
        placeholder={t('CI of the shop')}
        hint={t('To recognise it by when you revoke it one day.')}
        maxLength={80}
        value={draft.name}
        onChange={({ target }) => change({ name: target.value })}
      />
      <Select
        label={t('What it may do')}
        hint={t('Never more than you may yourself at that moment.')}
        value={draft.use}
        onChange={({ target }) => {
          const use = USES.find(([value]) => value === target.value)?.[0]
          if (use) change({ use, apps: [] })
        }}
      >
        {USES.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      {draft.use === 'chosen' && (
        <Choices
          legend={t('Permissions')}
          values={me.permissions}
          chosen={draft.permissions}
          onChange={(permissions) => change({ permissions })}
        />
      )}
      {draft.use === 'deploy' ? (
        <Select
          label={t('Which app')}
          value={draft.apps[0] ?? ''}
          onChange={({ target }) => change({ apps: target.value === '' ? [] : [target.value] })}
        >
          <option value="">{t('Choose one')}</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      ) : (
        names.length > 0 && (
          <Choices
            legend={t('On which apps')}
            hint={
              draft.apps.length === 0
                ? t('Every app, those to come too, unless some are chosen.')
                : undefined
            }
            values={names}
            chosen={draft.apps}
            onChange={(chosen) => change({ apps: chosen })}
          />
        )
      )}
      <Field
        label={t('From which networks')}
        placeholder={t('anywhere')}
        hint={t('Addresses and networks, such as 203.0.113.0/24, with commas between them.')}
        error={wrongNetwork(draft.networks)}
        mono
        value={draft.networks}
        onChange={({ target }) => change({ networks: target.value })}
      />
      <Select
        label={t('Expires')}
        value={draft.days}
        onChange={({ target }) => change({ days: target.value })}
      >
        <option value="7">{t('in a week')}</option>
        <option value="30">{t('in 30 days')}</option>
        <option value="90">{t('in 90 days')}</option>
        <option value="365">{t('in a year')}</option>
        <option value={NEVER}>{t('never')}</option>
      </Select>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button
          type="submit"
          variant="primary"
          disabled={!isReady(draft)}
          busy={createToken.isPending}
        >
          {createToken.isPending ? t('Creating …') : t('Create token')}
        </Button>
      </DialogActions>
    </form>
  )
}
