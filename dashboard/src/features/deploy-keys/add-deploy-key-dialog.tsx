import { useState } from 'react'
import { useAddDeployKey } from '#features/deploy-keys/queries.ts'
import { describeError } from '#lib/api-error.ts'
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
    <Dialog open={open} onClose={onClose} title={`A deploy key for ${app}`}>
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
              toast.good(`${key.name} may ${key.access === 'write' ? 'push' : 'clone'} ${app} now.`)
              onClose()
            },
          },
        )
      }}
    >
      <TextArea
        label="Public key"
        rows={4}
        placeholder="ssh-ed25519 AAAA… ci@runner"
        hint="The line of the .pub file, never the file beside it."
        error={refused ? [refused.message, refused.hint].filter(Boolean).join(' ') : undefined}
        value={publicKey}
        onChange={({ target }) => setPublicKey(target.value)}
      />
      <Field
        label="Name"
        placeholder="as in the key"
        maxLength={80}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Select
        label="What it may do"
        value={access}
        onChange={({ target }) => setAccess(target.value === 'write' ? 'write' : 'read')}
      >
        <option value="read">Clone and fetch</option>
        <option value="write">Push and upload as well</option>
      </Select>
      <Select label="Expires" value={days} onChange={({ target }) => setDays(target.value)}>
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
          disabled={publicKey.trim() === ''}
          busy={addKey.isPending}
        >
          Add it
        </Button>
      </DialogActions>
    </form>
  )
}
