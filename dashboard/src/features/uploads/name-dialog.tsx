import { useState } from 'react'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

interface Props {
  open: boolean
  onClose: () => void
  title: string
  name: string
  onName: (name: string) => Promise<unknown>
}

/** Asks for one name. */
export function NameDialog({ open, onClose, title, name, onName }: Props) {
  const [typed, setTyped] = useState(name)
  const [error, setError] = useState<unknown>()
  const [isBusy, setIsBusy] = useState(false)
  const isName = typed !== '' && !typed.includes('/') && typed !== '.' && typed !== '..'

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
          label="Name"
          autoComplete="off"
          mono
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!isName} busy={isBusy}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
