import type { Destination } from '@vastrox/shared/backup.ts'
import { type FormEvent, useState } from 'react'
import { useChangeDestination } from '#features/destinations/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  destination: Destination | undefined
  onClose: () => void
}

/** How fast backups may be sent there. */
export function LimitDialog({ destination, onClose }: Props) {
  return (
    <Dialog
      open={destination !== undefined}
      onClose={onClose}
      title={t('How fast to {name}', { name: destination?.name ?? '' })}
      lead={t('So that backups leave room for visitors on the way out.')}
    >
      {destination && <LimitForm destination={destination} onClose={onClose} />}
    </Dialog>
  )
}

function LimitForm({ destination, onClose }: { destination: Destination; onClose: () => void }) {
  const { name, uploadLimitKib } = destination
  const change = useChangeDestination()
  const [text, setText] = useState(uploadLimitKib === null ? '' : String(uploadLimitKib))
  const [asked, setAsked] = useState(false)
  const limit = text.trim() === '' ? null : Number(text)
  const isGood = limit === null || (Number.isInteger(limit) && limit >= 16 && limit <= 10_000_000)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!isGood) return
    change.mutate(
      { name, uploadLimitKib: limit },
      {
        onSuccess: () => {
          toast.good(t('Saved. It counts from the next backup on.'))
          onClose()
        },
      },
    )
  }
  return (
    <form className="space-y-4" onSubmit={submit}>
      {change.error && <ErrorNotice error={change.error} />}
      <Field
        label={t('At most')}
        unit="KB/s"
        inputMode="numeric"
        autoComplete="off"
        hint={t('Nothing: as fast as it goes.')}
        value={text}
        error={asked && !isGood ? t('A whole number from 16 to 10000000.') : undefined}
        onChange={({ target }) => setText(target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={change.isPending}>
          {t('Save')}
        </Button>
      </DialogActions>
    </form>
  )
}
