import { useDestroyVolume } from '#features/volumes/queries.ts'
import { t } from '#lib/words.ts'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  volume: string
  open: boolean
  onClose: () => void
}

export function DestroyVolumeDialog({ app, volume, open, onClose }: Props) {
  const destroy = useDestroyVolume(app)
  return (
    <ConfirmDialog
      name={volume}
      title={t('Destroy the volume {volume}?', { volume })}
      lead={t('The instances lose it at once. Its data waits in the trash.')}
      act={t('Destroy the volume')}
      open={open}
      error={destroy.error}
      busy={destroy.isPending}
      onClose={onClose}
      onConfirm={() =>
        destroy.mutate(volume, {
          onSuccess: () => {
            toast.good(t('{volume} is in the trash, with its data.', { volume }))
            onClose()
          },
        })
      }
    />
  )
}
