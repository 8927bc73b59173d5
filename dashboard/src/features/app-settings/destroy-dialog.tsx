import { useNavigate } from '@tanstack/react-router'
import { useDestroyApp } from '#features/app-settings/queries.ts'
import { t } from '#lib/words.ts'
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
      title={t('Destroy {name}?', { name })}
      lead={t('Visitors get an error page from this moment on.')}
      act={destroy.isPending ? t('Destroying …') : t('Destroy the app')}
      open={open}
      error={destroy.error}
      busy={destroy.isPending}
      onClose={onClose}
      onConfirm={() =>
        destroy.mutate(undefined, {
          onSuccess: () => {
            toast.good(t('{name} is destroyed. It waits in the trash.', { name }))
            void navigate({ to: '/apps' })
          },
        })
      }
    />
  )
}
