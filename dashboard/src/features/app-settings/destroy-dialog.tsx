import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useDestroyApp } from '#features/app-settings/queries.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  name: string
  open: boolean
  onClose: () => void
}

export function DestroyDialog({ name, open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Destroy ${name}?`}
      lead="Visitors get an error page from this moment on."
    >
      <DestroyForm name={name} onClose={onClose} />
    </Dialog>
  )
}

function DestroyForm({ name, onClose }: Omit<Props, 'open'>) {
  const navigate = useNavigate()
  const destroy = useDestroyApp(name)
  const [typed, setTyped] = useState('')

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed !== name) return
        destroy.mutate(undefined, {
          onSuccess: () => {
            toast.good(`${name} is destroyed. It waits in the trash for 7 days.`)
            void navigate({ to: '/apps' })
          },
        })
      }}
    >
      {destroy.error && <ErrorNotice error={destroy.error} />}
      <Field
        label={`Type ${name} to confirm`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        mono
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button type="submit" variant="danger" disabled={typed !== name} busy={destroy.isPending}>
          {destroy.isPending ? 'Destroying …' : 'Destroy the app'}
        </Button>
      </DialogActions>
    </form>
  )
}
