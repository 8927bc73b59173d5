import { TeamName } from '@vastrox/shared/team.ts'
import { useState } from 'react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

interface Props {
  open: boolean
  title: string
  lead?: string
  act: string
  initial: string
  error: Error | null
  busy: boolean
  onClose: () => void
  onName: (name: string) => void
}

export function TeamNameDialog({ open, title, lead, ...form }: Props) {
  return (
    <Dialog open={open} onClose={form.onClose} title={title} lead={lead}>
      <NameForm {...form} />
    </Dialog>
  )
}

function NameForm({ act, initial, error, busy, onClose, onName }: Omit<Props, 'open' | 'title'>) {
  const [name, setName] = useState(initial)
  const parsed = TeamName.safeParse(name)
  const problem = name === '' || parsed.success ? undefined : parsed.error.issues[0]?.message
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (parsed.success) onName(parsed.data)
      }}
    >
      {error && <ErrorNotice error={error} />}
      <Field
        label={t('Name')}
        maxLength={40}
        value={name}
        error={problem}
        onChange={({ target }) => setName(target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" disabled={!parsed.success} busy={busy}>
          {act}
        </Button>
      </DialogActions>
    </form>
  )
}
