import type { CreatedToken } from '@vastrox/shared/token.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { DialogActions } from '#ui/dialog.tsx'
import { Notice } from '#ui/notice.tsx'

/** The only time that a token can be seen. */
export function ShownOnce({ token, onDone }: { token: CreatedToken; onDone: () => void }) {
  return (
    <>
      <Notice tone="warn" title={t('Copy it now')}>
        {t('It is kept only as a hash and cannot be shown again.')}
      </Notice>
      <CopyBlock label={t('token')} text={token.token} className="mt-4" />
      <DialogActions>
        <Button variant="primary" onClick={onDone}>
          {t('Done')}
        </Button>
      </DialogActions>
    </>
  )
}
