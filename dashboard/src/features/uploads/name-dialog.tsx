import { useState } from 'react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

interface Props {
  open: boolean
  onClose: () => void
  title: string
  hint?: string
  name: string
  onName: (name: string) => Promise<unknown>
}

/** Asks for one name, or a path below where it is asked. */
export function NameDialog({ open, onClose, title, hint, name, onName }: Props) {
  const [typed, setTyped] = useState(name)
  const [error, setError] = useState<unknown>()
  const [isBusy, setIsBusy] = useState(false)
  const isName = typed.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

  async function send(): Promise<void> {
    setIsBusy(true)
    try {
      await onName(typed)
      onClose()
    } catch (failure) {
      setError(failure)
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (isName) void send()
        }}
      >
        {error !== undefined && <ErrorNotice error={error} />}
        <Field
          label={t('Name')}
          autoComplete="off"
          mono
          hint={hint}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <DialogActions>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" variant="primary" disabled={!isName} busy={isBusy}>
            {t('Save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
