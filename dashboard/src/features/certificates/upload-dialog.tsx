import type { CheckedCertificate } from '@vastrox/shared/certificate.ts'
import { FileUp } from 'lucide-react'
import { useId, useState } from 'react'
import { type PemTexts, sortPem, wrongWithPem } from '#features/certificates/pem-texts.ts'
import { useCheckUpload, useUpload } from '#features/certificates/queries.ts'
import { cx } from '#lib/cx.ts'
import { exactTime } from '#lib/time.ts'
import { rich, t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { TextArea } from '#ui/text-area.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  open: boolean
  onClose: () => void
}

/** Certificate and key are looked at first: what they would be served for is seen before they are. */
export function UploadDialog({ open, onClose }: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      wide
      title={t('Upload a certificate')}
      lead={t(
        'With its chain and its private key, in PEM. The key is kept encrypted and never shown again.',
      )}
    >
      <UploadForm onClose={onClose} />
    </Dialog>
  )
}

/** What a certificate may be; more is no certificate. */
const MAX_BYTES = 200_000

function UploadForm({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string>()
  const [pem, setPem] = useState<PemTexts>()
  const check = useCheckUpload()
  const upload = useUpload()
  const failure = check.error ?? upload.error

  const begin = (texts: readonly string[]): void => {
    const sorted = sortPem(texts)
    const wrong = wrongWithPem(sorted)
    setProblem(wrong)
    upload.reset()
    if (wrong === undefined) check.mutate(sorted, { onSuccess: () => setPem(sorted) })
    else check.reset()
  }
  const take = async (files: readonly File[]): Promise<void> => {
    if (files.some(({ size }) => size > MAX_BYTES)) {
      setProblem(t('That file is too large to be a certificate.'))
      return
    }
    const texts = await Promise.all(files.map((file) => file.text()))
    // Also what was pasted before: certificate and key may come one after the other.
    const all = [text, ...texts].filter((each) => each.trim() !== '').join('\n')
    setText(all)
    begin([all])
  }

  if (pem && check.data)
    return (
      <Found
        found={check.data}
        error={failure}
        busy={upload.isPending}
        onBack={() => {
          setPem(undefined)
          check.reset()
        }}
        onTake={() =>
          upload.mutate(pem, {
            onSuccess: ({ certificate }) => {
              toast.good(
                t('Served for {names} from now on.', {
                  names: certificate.names.slice(0, 3).join(', '),
                }),
              )
              onClose()
            },
          })
        }
      />
    )

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        begin([text])
      }}
    >
      {failure && <ErrorNotice error={failure} />}
      <DropZone onFiles={(files) => void take(files)} />
      <TextArea
        label={t('Or paste it')}
        rows={8}
        placeholder={t('-----BEGIN CERTIFICATE-----\n…')}
        autoComplete="off"
        value={text}
        error={problem}
        hint={t('Certificate, chain and key, one after the other; the order does not matter.')}
        onChange={({ target }) => {
          setText(target.value)
          setProblem(undefined)
        }}
      />
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button
          type="submit"
          variant="primary"
          disabled={text.trim() === ''}
          busy={check.isPending}
        >
          {t('Look at it')}
        </Button>
      </DialogActions>
    </form>
  )
}

/** The field lies over all of it: files that are dropped on it are its own. */
function DropZone({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const id = useId()
  const [over, setOver] = useState(false)
  return (
    <div
      className={cx(
        'relative flex flex-col items-center gap-2 rounded-md border border-dashed px-4 py-6 text-center text-muted transition-colors focus-within:border-accent',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong hover:bg-hover',
      )}
    >
      <FileUp size={20} aria-hidden />
      <label htmlFor={id}>
        {rich(t('Drop the files here, or <part>choose them</part>'), {
          part: <span className="font-medium text-accent" />,
        })}
      </label>
      <input
        id={id}
        type="file"
        multiple
        accept=".pem,.crt,.cer,.key,.txt"
        className="absolute inset-0 size-full cursor-pointer opacity-0"
        onDragEnter={() => setOver(true)}
        onDragLeave={() => setOver(false)}
        onDrop={() => setOver(false)}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])])
          // The same files can be chosen again.
          target.value = ''
        }}
      />
    </div>
  )
}

interface FoundProps {
  found: CheckedCertificate
  error: Error | null
  busy: boolean
  onBack: () => void
  onTake: () => void
}

function Found({ found, error, busy, onBack, onTake }: FoundProps) {
  return (
    <div className="space-y-4">
      {error && <ErrorNotice error={error} />}
      {found.warnings.map((warning) => (
        <Notice key={warning} tone="warn" title={warning} />
      ))}
      {found.hosts.length === 0 && (
        <Notice tone="warn" title={t('No host here would be served with it')}>
          {t('Add a domain that it names to an app; it is used from then on.')}
        </Notice>
      )}
      <dl className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-[9rem_minmax(0,1fr)]">
        <Fact term={t('It is for')}>{found.names.join(', ')}</Fact>
        <Fact term={t('By')}>{found.issuer}</Fact>
        <Fact term={t('Expires')}>{exactTime(found.notAfter)}</Fact>
        {found.hosts.length > 0 && (
          <Fact term={t('Would be served for')}>{found.hosts.join(', ')}</Fact>
        )}
        {found.replaces && (
          <Fact term={t('Replaces')}>{t('the one that was uploaded for the same names')}</Fact>
        )}
      </dl>
      <DialogActions>
        <Button onClick={onBack}>{t('Back')}</Button>
        <Button variant="primary" busy={busy} onClick={onTake}>
          {t('Use it')}
        </Button>
      </DialogActions>
    </div>
  )
}

const Fact = ({ term, children }: { term: string; children: string }) => (
  <>
    <dt className="text-sm text-muted">{term}</dt>
    <dd className="-mt-2 break-words sm:mt-0">{children}</dd>
  </>
)
