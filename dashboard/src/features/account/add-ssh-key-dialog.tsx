import { useState } from 'react'
import { useAddSshKey } from '#features/account/ssh-keys-queries.ts'
import { describeError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { TextArea } from '#ui/text-area.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  open: boolean
  onClose: () => void
}

export function AddSshKeyDialog({ open, onClose }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title={t('Add an SSH key')}>
      {open && <AddSshKeyForm onClose={onClose} />}
    </Dialog>
  )
}

function AddSshKeyForm({ onClose }: { onClose: () => void }) {
  const addKey = useAddSshKey()
  const [publicKey, setPublicKey] = useState('')
  const [name, setName] = useState('')
  const [days, setDays] = useState('never')
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
            expiresInDays: days === 'never' ? null : Number(days),
            ...(given === '' ? {} : { name: given }),
          },
          {
            onSuccess: (key) => {
              toast.good(t('{name} may sign in now.', { name: key.name }))
              onClose()
            },
          },
        )
      }}
    >
      <TextArea
        label={t('Public key')}
        rows={4}
        placeholder="ssh-ed25519 AAAA… you@laptop"
        hint={t('The line of the .pub file, never the file beside it.')}
        error={refused ? [refused.message, refused.hint].filter(Boolean).join(' ') : undefined}
        value={publicKey}
        onChange={(event) => setPublicKey(event.target.value)}
      />
      <Field
        label={t('Name')}
        placeholder={t('as in the key')}
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Select label={t('Expires')} value={days} onChange={({ target }) => setDays(target.value)}>
        <option value="30">{t('in 30 days')}</option>
        <option value="90">{t('in 90 days')}</option>
        <option value="365">{t('in a year')}</option>
        <option value="never">{t('never')}</option>
      </Select>
      <details className="text-sm text-muted">
        <summary className="w-fit hover:text-ink">
          {t('You have no key on this machine yet')}
        </summary>
        <CopyBlock
          label={t('key commands')}
          text={'ssh-keygen -t ed25519\ncat ~/.ssh/id_ed25519.pub'}
          className="mt-2"
        />
      </details>
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
