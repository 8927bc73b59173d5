import { useState } from 'react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

interface Props {
  /** What has to be typed. */
  name: string
  title: string
  lead: string
  /** On the button: `Destroy the app`. */
  act: string
  open: boolean
  error: Error | null
  busy: boolean
  onClose: () => void
  onConfirm: () => void
}

/** For what cannot simply be undone: nothing happens before its name was typed. */
export function ConfirmDialog({ title, lead, open, ...form }: Props) {
  return (
    <Dialog open={open} onClose={form.onClose} title={title} lead={lead}>
      <ConfirmForm {...form} />
    </Dialog>
  )
}

function ConfirmForm({
  name,
  act,
  error,
  busy,
  onClose,
  onConfirm,
}: Omit<Props, 'title' | 'lead' | 'open'>) {
  const [typed, setTyped] = useState('')
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed === name) onConfirm()
      }}
    >
      {error && <ErrorNotice error={error} />}
      <Field
        label={t('Type {name} to confirm', { name })}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        mono
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Keep it')}</Button>
        <Button type="submit" variant="danger" disabled={typed !== name} busy={busy}>
          {act}
        </Button>
      </DialogActions>
    </form>
  )
}
