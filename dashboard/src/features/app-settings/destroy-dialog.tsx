import { useNavigate } from '@tanstack/react-router'
import { useDestroyApp } from '#features/app-settings/queries.ts'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  name: string
  open: boolean
  onClose: () => void
}

export function DestroyDialog({ name, open, onClose }: Props) {
  const navigate = useNavigate()
  const destroy = useDestroyApp(name)
  return (
    <ConfirmDialog
      name={name}
      title={`Destroy ${name}?`}
      lead="Visitors get an error page from this moment on."
      act={destroy.isPending ? 'Destroying …' : 'Destroy the app'}
      open={open}
      error={destroy.error}
      busy={destroy.isPending}
      onClose={onClose}
      onConfirm={() =>
        destroy.mutate(undefined, {
          onSuccess: () => {
            toast.good(`${name} is destroyed. It waits in the trash.`)
            void navigate({ to: '/apps' })
          },
        })
      }
    />
  )
}
