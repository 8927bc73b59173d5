import { useState } from 'react'
import { useDestroyVolume } from '#features/volumes/queries.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  volume: string
  open: boolean
  onClose: () => void
}

export function DestroyVolumeDialog({ app, volume, open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Destroy the volume ${volume}?`}
      lead="The instances lose it at once. Its data waits in the trash."
    >
      <DestroyVolumeForm app={app} volume={volume} onClose={onClose} />
    </Dialog>
  )
}

function DestroyVolumeForm({ app, volume, onClose }: Omit<Props, 'open'>) {
  const destroy = useDestroyVolume(app)
  const [typed, setTyped] = useState('')
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed !== volume) return
        destroy.mutate(volume, {
          onSuccess: () => {
            toast.good(`${volume} is in the trash, with its data.`)
            onClose()
          },
        })
      }}
    >
      {destroy.error && <ErrorNotice error={destroy.error} />}
      <Field
        label={`Type ${volume} to confirm`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        mono
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button type="submit" variant="danger" disabled={typed !== volume} busy={destroy.isPending}>
          Destroy the volume
        </Button>
      </DialogActions>
    </form>
  )
}
