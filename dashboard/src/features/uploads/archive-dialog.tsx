import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'

interface Props {
  file: File | undefined
  onClose: () => void
  onDeploy: (file: File) => void
  onKeep: (file: File) => void
}

/** A zip or tar may be the whole app, or just one of its files. */
export function ArchiveDialog({ file, onClose, onDeploy, onKeep }: Props) {
  const choose = (act: (file: File) => void) => () => {
    if (file) act(file)
    onClose()
  }
  return (
    <Dialog
      open={file !== undefined}
      onClose={onClose}
      title={t('Deploy {name}?', { name: file?.name ?? '' })}
      lead={t(
        'Its content ({size} packed) takes the place of all of the app’s files and is deployed.',
        { size: sayBytes(file?.size ?? 0) },
      )}
    >
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button onClick={choose(onKeep)}>{t('Only upload the file')}</Button>
        <Button variant="primary" onClick={choose(onDeploy)}>
          {t('Deploy it')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
