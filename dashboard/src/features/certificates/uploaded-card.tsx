import { useSuspenseQuery } from '@tanstack/react-query'
import type { Certificate } from '@vastrox/shared/certificate.ts'
import { FileKey, Upload } from 'lucide-react'
import { useState } from 'react'
import { sayLeft } from '#features/certificates/certificate-words.ts'
import { certificatesQuery, useRemoveCertificate } from '#features/certificates/queries.ts'
import { UploadDialog } from '#features/certificates/upload-dialog.tsx'
import { useMay } from '#features/session/queries.ts'
import { exactTime } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'
import { TONE_TEXT } from '#ui/tone.ts'

const NAMES_SHOWN = 6

/** Certificates that somebody brought: they come before those of CAs, and nobody renews them. */
export function UploadedCard() {
  const { data: certificates } = useSuspenseQuery(certificatesQuery)
  const mayChange = useMay('node.change')
  const [uploading, setUploading] = useState(false)
  const [removing, setRemoving] = useState<Certificate>()
  const uploaded = certificates.filter(({ source }) => source === 'uploaded')
  const upload = mayChange && (
    <Button size="sm" icon={<Upload size={15} aria-hidden />} onClick={() => setUploading(true)}>
      {t('Upload a certificate')}
    </Button>
  )

  return (
    <>
      <Card
        title={t('Uploaded')}
        lead={t('They come before those of CAs, and are not renewed by Vastrox.')}
        flush
        aside={uploaded.length > 0 && upload}
      >
        {uploaded.length === 0 ? (
          <EmptyState
            icon={<FileKey size={20} aria-hidden />}
            title={t('None: the CAs below do the work')}
            actions={upload}
          >
            {t(
              'Bring one where you must: from your company’s CA, or with a name on it that no CA proves.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {uploaded.map((certificate) => (
              <UploadedRow
                key={certificate.id}
                certificate={certificate}
                onRemove={mayChange ? () => setRemoving(certificate) : undefined}
              />
            ))}
          </ul>
        )}
      </Card>
      <UploadDialog open={uploading} onClose={() => setUploading(false)} />
      <RemoveDialog certificate={removing} onClose={() => setRemoving(undefined)} />
    </>
  )
}

function UploadedRow({
  certificate,
  onRemove,
}: {
  certificate: Certificate
  onRemove: (() => void) | undefined
}) {
  const { names, issuer, notAfter, isTrusted, isServed } = certificate
  const left = sayLeft(notAfter, useNow())
  const more = names.length - NAMES_SHOWN
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium break-all">{names.slice(0, NAMES_SHOWN).join(', ')}</span>
          {more > 0 && <span className="text-sm text-muted">{t('and {more} more', { more })}</span>}
          {!isServed && <Badge tone="idle">{t('not in use')}</Badge>}
          {!isTrusted && <Badge tone="warn">{t('browsers warn')}</Badge>}
        </p>
        <p className="flex flex-wrap gap-x-3 text-sm text-muted">
          <span>{issuer}</span>
          <span className={TONE_TEXT[left.tone]} title={exactTime(notAfter)}>
            {left.label}
          </span>
        </p>
      </div>
      {onRemove && (
        <Button
          size="sm"
          aria-label={t('Remove the certificate of {names}', { names: names[0] ?? '' })}
          onClick={onRemove}
        >
          {t('Remove')}
        </Button>
      )}
    </li>
  )
}

function RemoveDialog({
  certificate,
  onClose,
}: {
  certificate: Certificate | undefined
  onClose: () => void
}) {
  const remove = useRemoveCertificate()
  return (
    <Dialog
      open={certificate !== undefined}
      onClose={onClose}
      title={t('Remove this certificate?')}
      lead={t('Its key is gone with it. Visitors of {names} get the next best one from then on.', {
        names: certificate?.names.slice(0, NAMES_SHOWN).join(', ') ?? '',
      })}
    >
      {remove.error && <ErrorNotice error={remove.error} />}
      <DialogActions>
        <Button onClick={onClose}>{t('Keep it')}</Button>
        <Button
          variant="danger"
          busy={remove.isPending}
          onClick={() =>
            certificate &&
            remove.mutate(certificate.id, {
              onSuccess: () => {
                toast.good(t('The certificate is removed.'))
                onClose()
              },
            })
          }
        >
          {t('Remove')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
