import type { CodeSetUp } from '@vastrox/shared/sign-in.ts'
import { useEffect, useState } from 'react'
import { QrCode } from '#features/account/qr-code.tsx'
import { useBeginApp, useConfirmApp } from '#features/account/sign-in-ways-queries.ts'
import { CodeField } from '#features/session/code-field.tsx'
import { describeError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

interface Props {
  open: boolean
  onClose: () => void
  /** With recovery codes, where there were none before. */
  onDone: (codes: readonly string[]) => void
}

export function AppDialog({ open, onClose, onDone }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Set up an authenticator app')}
      lead={t('Scan this with the app on your phone, then type the code that it shows.')}
    >
      {open && <Begin onClose={onClose} onDone={onDone} />}
    </Dialog>
  )
}

type FormProps = Omit<Props, 'open'>

function Begin(props: FormProps) {
  const begin = useBeginApp()
  const { mutate } = begin
  useEffect(() => mutate(), [mutate])

  if (begin.error) return <ErrorNotice error={begin.error} onRetry={() => mutate()} />
  if (!begin.data) return <p className="text-muted">{t('One moment …')}</p>
  return <Confirm {...props} setUp={begin.data} />
}

function Confirm({ setUp, onClose, onDone }: FormProps & { setUp: CodeSetUp }) {
  const confirm = useConfirmApp()
  const [code, setCode] = useState('')
  const refused = confirm.error && describeError(confirm.error)

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        confirm.mutate({ ticket: setUp.ticket, code }, { onSuccess: ({ codes }) => onDone(codes) })
      }}
    >
      <QrCode text={setUp.uri} label={t('QR code for the authenticator app')} />
      <details className="text-sm text-muted">
        <summary className="w-fit hover:text-ink">{t('It cannot be scanned')}</summary>
        <p className="mt-2 mb-1.5">{t('Type this key into the app, as one that goes by time:')}</p>
        <CopyBlock
          label={t('key')}
          text={setUp.key}
          shown={setUp.key.replaceAll(/.{4}(?=.)/g, '$& ')}
        />
      </details>
      <CodeField
        value={code}
        onChange={setCode}
        error={refused ? [refused.message, refused.hint].filter(Boolean).join(' ') : undefined}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={confirm.isPending}>
          {t('Turn it on')}
        </Button>
      </DialogActions>
    </form>
  )
}
