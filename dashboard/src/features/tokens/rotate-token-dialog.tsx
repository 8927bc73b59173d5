import type { ApiToken, CreatedToken } from '@vastrox/shared/token.ts'
import { useState } from 'react'
import { useRotateToken } from '#features/tokens/queries.ts'
import { ShownOnce } from '#features/tokens/shown-once.tsx'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

/** A new secret for the same token; what still uses the one before has a while to change. */
export function RotateTokenDialog({
  token,
  onClose,
}: {
  token: ApiToken | undefined
  onClose: () => void
}) {
  const [rotated, setRotated] = useState<CreatedToken>()
  const [grace, setGrace] = useState('24')
  const rotate = useRotateToken()
  const close = () => {
    setRotated(undefined)
    rotate.reset()
    onClose()
  }

  return (
    <Dialog
      open={token !== undefined}
      onClose={close}
      title={
        rotated
          ? t('{name} has a new secret', { name: rotated.name })
          : t('Rotate {name}?', { name: token?.name })
      }
      {...(!rotated && {
        lead: t('It gets a new secret and begins its time anew. What it may do stays as it is.'),
      })}
    >
      {rotated ? (
        <ShownOnce token={rotated} onDone={close} />
      ) : (
        <div className="space-y-4">
          {rotate.error && <ErrorNotice error={rotate.error} />}
          <Select
            label={t('The secret of now is good for')}
            value={grace}
            onChange={({ target }) => setGrace(target.value)}
          >
            <option value="0">{t('no longer: it has leaked')}</option>
            <option value="1">{t('an hour')}</option>
            <option value="24">{t('a day')}</option>
            <option value="168">{t('a week')}</option>
            <option value="720">{t('30 days')}</option>
          </Select>
          <DialogActions>
            <Button onClick={close}>{t('Cancel')}</Button>
            <Button
              variant="primary"
              busy={rotate.isPending}
              onClick={() =>
                token &&
                rotate.mutate(
                  { id: token.id, graceHours: Number(grace) },
                  { onSuccess: setRotated },
                )
              }
            >
              {rotate.isPending ? t('Rotating …') : t('Rotate')}
            </Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  )
}
