import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'

interface Props {
  /** Of what is to go; undefined closes the dialog. */
  name: string | undefined
  /** What follows from it. */
  lead: string
  busy: boolean
  onClose: () => void
  onRemove: () => void
}

/** Asks once before something goes that can be made again. */
export function RemoveDialog({ name, lead, busy, onClose, onRemove }: Props) {
  return (
    <Dialog
      open={name !== undefined}
      onClose={onClose}
      title={t('Remove {name}?', { name })}
      lead={lead}
    >
      <DialogActions>
        <Button onClick={onClose}>{t('Keep it')}</Button>
        <Button variant="danger" busy={busy} onClick={onRemove}>
          {t('Remove')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
