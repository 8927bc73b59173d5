import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Notice } from '#ui/notice.tsx'

interface Props {
  codes: readonly string[] | undefined
  onClose: () => void
}

/** The only time that they can be seen. */
export function RecoveryCodesDialog({ codes, onClose }: Props) {
  return (
    <Dialog open={codes !== undefined} onClose={onClose} title={t('Your recovery codes')}>
      <Notice tone="warn" title={t('Put them away now')}>
        {t('Each lets you in once in place of your second factor. They cannot be shown again.')}
      </Notice>
      <CopyBlock label={t('recovery codes')} text={(codes ?? []).join('\n')} className="mt-4" />
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          {t('I have them')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
