import type { Uploads } from '@vastrox/shared/upload.ts'
import { FileDown, KeyRound } from 'lucide-react'
import { startTransition, useOptimistic } from 'react'
import { useMay } from '#features/session/queries.ts'
import { useChangeUploads, useCreatePassword } from '#features/uploads/queries.ts'
import { siteFileOf, sitesOf } from '#features/uploads/site-file.ts'
import { sayBytes } from '#lib/bytes.ts'
import { saveText } from '#lib/save-text.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

/** How FTP and SFTP clients get here, and how what they bring is taken. */
export function ConnectCard({ app, uploads }: { app: string; uploads: Uploads }) {
  const { sftp, ftps, clients, passwordChangedAt } = uploads
  const change = useChangeUploads(app)
  const password = useCreatePassword(app)
  const mayChange = useMay('app.change')
  const mayAllowPlain = useMay('node.change')
  const ways = [
    ...(sftp ? [`sftp://${sftp.user}@${sftp.host}:${sftp.port}`] : []),
    ...(ftps ? [`ftpes://${ftps.user}@${ftps.host}:${ftps.port}`] : []),
  ]

  function saveSite(): void {
    const text = siteFileOf(sitesOf(app, uploads, password.data?.password))
    saveText(`${app}-filezilla.xml`, text, 'application/xml')
  }

  return (
    <Card
      title={t('Connect a client')}
      lead={t('FileZilla, WinSCP, Cyberduck, lftp, sftp, curl: by SFTP, or FTP with explicit TLS.')}
      className="mt-6"
      aside={
        mayChange && (
          <Button
            icon={<KeyRound size={15} aria-hidden />}
            busy={password.isPending}
            onClick={() => password.mutate(undefined, { onError: toast.error })}
          >
            {passwordChangedAt === null ? t('Make a password') : t('New password')}
          </Button>
        )
      }
      footer={
        <span>
          {t('{usedBytes} of {maxBytes}, {usedEntries} of {maxEntries} files and folders', {
            usedBytes: sayBytes(uploads.usedBytes),
            maxBytes: sayBytes(uploads.maxBytes),
            usedEntries: uploads.usedEntries,
            maxEntries: uploads.maxEntries,
          })}
        </span>
      }
    >
      <div className="space-y-4">
        {change.error && <ErrorNotice error={change.error} />}
        {ways.length > 0 && (
          <>
            <CopyBlock label={t('addresses')} text={ways.join('\n')} />
            <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
              <Button size="sm" icon={<FileDown size={14} aria-hidden />} onClick={saveSite}>
                {t('Site file for FileZilla')}
              </Button>
              <span className="text-sm text-muted">
                {password.data
                  ? t('With the password in it. In FileZilla: File, Import.')
                  : t(
                      'In FileZilla: File, Import. It asks for the password; make a new one and it is in the file.',
                    )}
              </span>
            </div>
          </>
        )}
        {password.data ? (
          <Notice tone="info" title={t('The password, shown this once')}>
            <CopyBlock className="mt-2" label={t('password')} text={password.data.password} />
          </Notice>
        ) : (
          <p className="text-sm text-muted">
            {passwordChangedAt === null ? (
              t('There is no password yet: SFTP lets in by the SSH keys of your account.')
            ) : (
              <>
                {rich(t('The password was made {passwordChangedAt}.'), {
                  passwordChangedAt: <Ago at={passwordChangedAt} />,
                })}
              </>
            )}
          </p>
        )}
        {clients.length > 0 && (
          <ul aria-label={t('Connected clients')} className="text-sm">
            {clients.map(({ protocol, address, name, since }) => (
              <li key={`${protocol} ${address} ${since}`}>
                {rich(t('{name} by {protocol} from {address}, {since}'), {
                  name,
                  protocol: protocol.toUpperCase(),
                  address,
                  since: <Ago at={since} />,
                })}
              </li>
            ))}
          </ul>
        )}
        <Switch
          label={t('Publish by itself')}
          hint={t('When nothing has changed for 10 seconds and no transfer is open.')}
          isOn={uploads.publishOnIdle}
          disabled={!mayChange}
          onChange={(publishOnIdle) => change.mutateAsync({ publishOnIdle })}
        />
        {ftps && (
          <Switch
            label={t('Allow plain FTP')}
            hint={
              mayAllowPlain || uploads.plainFtp
                ? t('For clients that know no TLS.')
                : t('For clients that know no TLS. An operator may switch it on.')
            }
            isOn={uploads.plainFtp}
            disabled={!mayChange || (!mayAllowPlain && !uploads.plainFtp)}
            onChange={(plainFtp) => change.mutateAsync({ plainFtp })}
          />
        )}
        {uploads.plainFtp && (
          <Notice tone="warn" title={t('Plain FTP is on')}>
            {t(
              'The password and every file can be read by anybody on the way. Use SFTP or FTP with TLS where the client can.',
            )}
          </Notice>
        )}
      </div>
    </Card>
  )
}

interface SwitchProps {
  label: string
  hint: string
  isOn: boolean
  disabled: boolean
  /** Its failure is told by who owns the change. */
  onChange: (isOn: boolean) => Promise<unknown>
}

/** Shows what somebody has just chosen in the same frame; where it is refused it goes back. */
function Switch({ label, hint, isOn, disabled, onChange }: SwitchProps) {
  const [shown, show] = useOptimistic(isOn)
  function choose(wanted: boolean): void {
    startTransition(async () => {
      show(wanted)
      await onChange(wanted).catch(() => undefined)
    })
  }
  return (
    <label className="flex items-start gap-3">
      <input
        type="checkbox"
        className="mt-1"
        checked={shown}
        disabled={disabled}
        onChange={({ target }) => choose(target.checked)}
      />
      <span>
        {label}
        <span className="block text-sm text-muted">{hint}</span>
      </span>
    </label>
  )
}
