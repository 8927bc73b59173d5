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
    <Dialog open={codes !== undefined} onClose={onClose} title="Your recovery codes">
      <Notice tone="warn" title="Put them away now">
        Each lets you in once in place of your second factor. They cannot be shown again.
      </Notice>
      <CopyBlock label="recovery codes" text={(codes ?? []).join('\n')} className="mt-4" />
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          I have them
        </Button>
      </DialogActions>
    </Dialog>
  )
}
