import { readHostName } from '@vastrox/shared/host-name.ts'
import { useState } from 'react'
import { previewOf } from '#features/domains/domain-words.ts'
import { useAddDomain } from '#features/domains/queries.ts'
import { ApiError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  open: boolean
  onClose: () => void
}

export function AddDomainDialog({ app, open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Add a domain')}
      lead={t('It is served at once. HTTPS comes by itself when its DNS records lead here.')}
    >
      <AddDomainForm app={app} onClose={onClose} />
    </Dialog>
  )
}

function AddDomainForm({ app, onClose }: Omit<Props, 'open'>) {
  const add = useAddDomain(app)
  const [typed, setTyped] = useState('')
  const [withCounterpart, setWithCounterpart] = useState(true)
  const [wasSent, setWasSent] = useState(false)
  const preview = previewOf(typed)
  const problem = readHostName(typed).problem
  const isTaken = add.error instanceof ApiError && add.error.code === 'DOMAIN_TAKEN'

  const send = (prove: boolean) => {
    setWasSent(true)
    if (!preview) return
    add.mutate(
      { host: typed, withCounterpart: withCounterpart && preview.counterpart !== null, prove },
      {
        onSuccess: ({ domain, also }) => {
          toast.good(
            also
              ? t('{unicode} and {unicode2} are added.', {
                  unicode: domain.unicode,
                  unicode2: also.unicode,
                })
              : t('{unicode} is added.', { unicode: domain.unicode }),
          )
          onClose()
        },
      },
    )
  }

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        send(false)
      }}
    >
      {add.error && <ErrorNotice error={add.error} />}
      <Field
        label={t('Domain')}
        placeholder="www.example.com"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        inputMode="url"
        mono
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        error={wasSent ? problem : undefined}
        hint={
          preview && preview.host !== typed.trim()
            ? t('Stored as {host}', { host: preview.host })
            : t('A name such as example.com, shop.example.com or *.example.com.')
        }
      />
      {preview && preview.counterpart !== null && (
        <label className="flex items-start gap-3">
          <input
            type="checkbox"
            className="mt-1"
            checked={withCounterpart}
            onChange={(event) => setWithCounterpart(event.target.checked)}
          />
          <span>
            {t('Add {counterpart} too', { counterpart: preview.counterpart })}
            <span className="block text-sm text-muted">
              {t('Its visitors are sent on to {host}.', { host: preview.host })}
            </span>
          </span>
        </label>
      )}
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        {isTaken && (
          <Button busy={add.isPending} onClick={() => send(true)}>
            {t('It is mine: prove it')}
          </Button>
        )}
        <Button type="submit" variant="primary" busy={add.isPending}>
          {t('Add the domain')}
        </Button>
      </DialogActions>
    </form>
  )
}
