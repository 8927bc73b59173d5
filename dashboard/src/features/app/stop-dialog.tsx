import { useAppVerb } from '#features/app/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'

interface Props {
  app: string
  open: boolean
  onClose: () => void
}

export function StopDialog({ app, open, onClose }: Props) {
  const verb = useAppVerb(app)
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Stop {app}?', { app })}
      lead={t(
        'Its instances are stopped and visitors see a page that says so. Releases, env and settings stay; starting it again takes a moment.',
      )}
    >
      <DialogActions>
        <Button onClick={onClose}>{t('Keep it running')}</Button>
        <Button
          variant="danger"
          busy={verb.isPending}
          onClick={() => verb.mutate('stop', { onSuccess: onClose })}
        >
          {t('Stop the app')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
