import { useQuery } from '@tanstack/react-query'
import type { CreatedToken, TokenKind } from '@vastrox/shared/token.ts'
import type { z } from 'zod'
import { useState } from 'react'
import { appsQuery } from '#features/apps/queries.ts'
import { useCreateToken } from '#features/tokens/queries.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  open: boolean
  onClose: () => void
}

const NEVER = 'never'

/** Makes a token, then shows it: the only time that it can be seen. */
export function NewTokenDialog({ open, onClose }: Props) {
  const [created, setCreated] = useState<CreatedToken>()
  const close = () => {
    setCreated(undefined)
    onClose()
  }
  return (
    <Dialog open={open} onClose={close} title={created ? 'Your new token' : 'New token'}>
      {created ? (
        <>
          <Notice tone="warn" title="Copy it now">
            It is kept only as a hash and cannot be shown again.
          </Notice>
          <CopyBlock label="token" text={created.token} className="mt-4" />
          <DialogActions>
            <Button variant="primary" onClick={close}>
              Done
            </Button>
          </DialogActions>
        </>
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
  const { data: apps = [] } = useQuery(appsQuery)
  const [name, setName] = useState('')
  const [kind, setKind] = useState<z.infer<typeof TokenKind>>('deploy')
  const [app, setApp] = useState('')
  const [days, setDays] = useState('90')

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        createToken.mutate(
          {
            name: name.trim(),
            kind,
            apps: app === '' ? null : [app],
            expiresInDays: days === NEVER ? null : Number(days),
          },
          { onSuccess: onCreated },
        )
      }}
    >
      {createToken.error && <ErrorNotice error={createToken.error} />}
      <Field
        label="Name"
        placeholder="CI of the shop"
        hint="To recognise it by when you revoke it one day."
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Select
        label="What it may do"
        value={kind}
        onChange={(event) => setKind(event.target.value === 'api' ? 'api' : 'deploy')}
      >
        <option value="deploy">Push with Git, and nothing else</option>
        <option value="api">Use the API with all of your permissions</option>
      </Select>
      <Select
        label="On which apps"
        value={app}
        onChange={(event) => setApp(event.target.value)}
        hint={
          app === '' && kind === 'deploy'
            ? 'It can create apps by pushing to a new name.'
            : undefined
        }
      >
        <option value="">Every app</option>
        {apps.map((each) => (
          <option key={each.id}>{each.name}</option>
        ))}
      </Select>
      <Select label="Expires" value={days} onChange={(event) => setDays(event.target.value)}>
        <option value="30">in 30 days</option>
        <option value="90">in 90 days</option>
        <option value="365">in a year</option>
        <option value={NEVER}>never</option>
      </Select>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          disabled={name.trim() === ''}
          busy={createToken.isPending}
        >
          {createToken.isPending ? 'Creating …' : 'Create token'}
        </Button>
      </DialogActions>
    </form>
  )
}
