import { useState } from 'react'
import { useAddDeployKey } from '#features/deploy-keys/queries.ts'
import { describeError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { TextArea } from '#ui/text-area.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  open: boolean
  onClose: () => void
}

const NEVER = 'never'

export function AddDeployKeyDialog({ app, open, onClose }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title={t('A deploy key for {app}', { app })}>
      {open && <AddForm app={app} onClose={onClose} />}
    </Dialog>
  )
}

function AddForm({ app, onClose }: { app: string; onClose: () => void }) {
  const addKey = useAddDeployKey(app)
  const [publicKey, setPublicKey] = useState('')
  const [name, setName] = useState('')
  const [access, setAccess] = useState<'read' | 'write'>('read')
  const [days, setDays] = useState(NEVER)
  const refused = addKey.error && describeError(addKey.error)

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        const given = name.trim()
        addKey.mutate(
          {
            publicKey: publicKey.trim(),
            access,
            expiresInDays: days === NEVER ? null : Number(days),
            ...(given === '' ? {} : { name: given }),
          },
          {
            onSuccess: (key) => {
              toast.good(
                key.access === 'write'
                  ? t('{name} may push {app} now.', { name: key.name, app })
                  : t('{name} may clone {app} now.', { name: key.name, app }),
              )
              onClose()
            },
          },
        )
      }}
    >
      <TextArea
        label={t('Public key')}
        rows={4}
        placeholder="ssh-ed25519 AAAA… ci@runner"
        hint={t('The line of the .pub file, never the file beside it.')}
        error={refused ? [refused.message, refused.hint].filter(Boolean).join(' ') : undefined}
        value={publicKey}
        onChange={({ target }) => setPublicKey(target.value)}
      />
      <Field
        label={t('Name')}
        placeholder={t('as in the key')}
        maxLength={80}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Select
        label={t('What it may do')}
        value={access}
        onChange={({ target }) => setAccess(target.value === 'write' ? 'write' : 'read')}
      >
        <option value="read">{t('Clone and fetch')}</option>
        <option value="write">{t('Push and upload as well')}</option>
      </Select>
      <Select label={t('Expires')} value={days} onChange={({ target }) => setDays(target.value)}>
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
          disabled={publicKey.trim() === ''}
          busy={addKey.isPending}
        >
          {t('Add it')}
        </Button>
      </DialogActions>
    </form>
  )
}
