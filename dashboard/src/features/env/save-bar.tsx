import { useBlocker } from '@tanstack/react-router'
import { type EnvDraft, sayChanges } from '#features/env/env-draft.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'

interface Props {
  draft: EnvDraft
  busy: boolean
  onDiscard: () => void
  onSave: () => void
}

/** Appears with the first change and stays in sight: one save, one release, one deployment. */
export function SaveBar({ draft, busy, onDiscard, onSave }: Props) {
  const blocker = useBlocker({
    shouldBlockFn: () => draft.size > 0,
    enableBeforeUnload: () => draft.size > 0,
    withResolver: true,
  })

  return (
    <>
      {draft.size > 0 && (
        <div className="rise sticky bottom-16 z-20 mt-4 flex flex-wrap items-center justify-between gap-3 rounded-lg border border-accent/50 bg-raised px-4 py-3 shadow-float lg:bottom-4">
          <p>
            <strong className="font-semibold">{sayChanges(draft)}</strong>
            <span className="text-muted"> · {t('not saved yet')}</span>
          </p>
          <div className="flex gap-2">
            <Button variant="quiet" disabled={busy} onClick={onDiscard}>
              {t('Discard')}
            </Button>
            <Button variant="primary" busy={busy} onClick={onSave}>
              {busy ? t('Saving …') : t('Save and deploy')}
            </Button>
          </div>
        </div>
      )}
      <Dialog
        open={blocker.status === 'blocked'}
        onClose={() => blocker.reset?.()}
        title={t('Leave without saving?')}
        lead={t('The changes of the env variables are not saved yet.')}
      >
        <DialogActions>
          <Button onClick={() => blocker.proceed?.()}>{t('Leave')}</Button>
          <Button variant="primary" onClick={() => blocker.reset?.()}>
            {t('Stay')}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
