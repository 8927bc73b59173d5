import { NewcomerRole, type SignInProvider, type SignInProviders } from '@vastrox/shared/sign-in.ts'
import { useState } from 'react'
import { useSetProvider } from '#features/sign-in-providers/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  list: SignInProviders
  provider: SignInProvider | undefined
  onClose: () => void
}

export function ProviderForm({ list, provider, onClose }: Props) {
  const save = useSetProvider()
  const [preset, setPreset] = useState(provider?.preset ?? 'openid')
  const [name, setName] = useState(provider?.name ?? '')
  const [issuer, setIssuer] = useState(provider?.issuer ?? '')
  const [clientId, setClientId] = useState(provider?.clientId ?? '')
  const [clientSecret, setClientSecret] = useState('')
  const [domains, setDomains] = useState(provider?.domains.join(' ') ?? '')
  const [role, setRole] = useState<NewcomerRole>(provider?.role ?? 'viewer')
  const known = list.presets.find((each) => each.name === preset)
  const called = name === '' ? preset : name

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(
          {
            name: called,
            wish: {
              preset,
              clientId,
              role,
              domains: domains.split(/[\s,]+/).filter((domain) => domain !== ''),
              ...(issuer !== '' && { issuer }),
              ...(clientSecret !== '' && { clientSecret }),
            },
          },
          { onSuccess: onClose },
        )
      }}
    >
      {save.error && <ErrorNotice error={save.error} />}
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Select
          label={t('Kind')}
          value={preset}
          onChange={(event) => setPreset(event.target.value)}
        >
          {list.presets.map((each) => (
            <option key={each.name} value={each.name}>
              {each.title}
            </option>
          ))}
        </Select>
        <Field
          label={t('Name')}
          placeholder={preset}
          disabled={provider !== undefined}
          hint={t('In its address here.')}
          maxLength={32}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <Field
        label={t('Issuer')}
        placeholder={known?.issuer ?? 'https://id.example.com'}
        hint={known?.issuer ? t('Only for a server of your own.') : t('Where the provider is.')}
        value={issuer}
        onChange={(event) => setIssuer(event.target.value)}
      />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Field
          label={t('Client id')}
          autoComplete="off"
          value={clientId}
          onChange={(event) => setClientId(event.target.value)}
        />
        <Field
          label={t('Client secret')}
          type="password"
          autoComplete="off"
          hint={provider ? t('Left out, it stays what it is.') : undefined}
          value={clientSecret}
          onChange={(event) => setClientSecret(event.target.value)}
        />
        <Field
          label={t('Let in these domains')}
          placeholder={t('none')}
          hint={t('Everybody whose address there is verified, without an invitation.')}
          value={domains}
          onChange={(event) => setDomains(event.target.value)}
        />
        <Select
          label={t('As')}
          value={role}
          onChange={(event) => setRole(NewcomerRole.parse(event.target.value))}
        >
          {NewcomerRole.options.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </Select>
      </div>
      <div>
        <p className="mb-1.5 text-sm text-muted">{t('Tell the provider this redirect address:')}</p>
        <CopyBlock label={t('redirect address')} text={list.redirectUrl.replace(/NAME$/, called)} />
      </div>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" disabled={clientId === ''} busy={save.isPending}>
          {t('Save')}
        </Button>
      </DialogActions>
    </form>
  )
}
