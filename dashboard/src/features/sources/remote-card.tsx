import type { RemoteSource } from '@vastrox/shared/remote-source.ts'
import { RefreshCw } from 'lucide-react'
import { useMay } from '#features/session/queries.ts'
import { type Fact, Facts } from '#features/sources/facts.tsx'
import { useRemoteAct } from '#features/sources/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Notice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  remote: RemoteSource
  onEdit: () => void
}

/** The folder on another server, and how it went last. */
export function RemoteCard({ app, remote, onEdit }: Props) {
  const mayChange = useMay('app.change')
  const mayDeploy = useMay('app.deploy')
  const act = useRemoteAct(app)
  const { summary } = remote
  const pull = (full: boolean) =>
    act.pull.mutate(full, {
      // What failed is said in the card, and stays there.
      onSuccess: ({ outcome, reason }) => {
        if (outcome !== 'failed') toast.good(reason)
      },
      onError: toast.error,
    })

  return (
    <Card
      title={t('Folder by SFTP')}
      lead={t('What differs there is pulled and deployed.')}
      aside={
        mayDeploy && (
          <span className="flex flex-wrap gap-2">
            <Button size="sm" busy={act.pull.isPending} onClick={() => pull(true)}>
              {t('Full check')}
            </Button>
            <Button
              size="sm"
              busy={act.pull.isPending}
              icon={<RefreshCw size={14} aria-hidden />}
              onClick={() => pull(false)}
            >
              {t('Pull now')}
            </Button>
          </span>
        )
      }
      footer={
        mayChange && (
          <>
            <span>
              {remote.pullEveryMs === null
                ? t('It is pulled by hand.')
                : t('It is pulled every {pullEveryMs} minutes.', {
                    pullEveryMs: remote.pullEveryMs / 60_000,
                  })}
            </span>
            <span className="flex flex-wrap gap-2">
              {remote.problem?.includes('another key') === true && (
                <Button
                  size="sm"
                  onClick={() => act.forgetHostKey.mutate(undefined, { onError: toast.error })}
                >
                  {t('Forget the host key')}
                </Button>
              )}
              <Button size="sm" onClick={onEdit}>
                {t('Change')}
              </Button>
              <Button
                size="sm"
                variant="quiet"
                busy={act.disconnect.isPending}
                onClick={() => act.disconnect.mutate(undefined, { onError: toast.error })}
              >
                {t('Disconnect')}
              </Button>
            </span>
          </>
        )
      }
    >
      {remote.problem !== null && (
        <div className="mb-4">
          <Notice tone="bad" title={remote.problem} />
        </div>
      )}
      <Facts facts={factsOf(remote)} />
      {remote.publicKey !== null && (
        <div className="mt-5">
          <p className="mb-1.5 text-sm text-muted">
            {t('Add this key to ~/.ssh/authorized_keys of {username}.', {
              username: remote.username,
            })}
          </p>
          <CopyBlock label={t('public key')} text={remote.publicKey} />
        </div>
      )}
      {summary !== null && summary.skipped.length > 0 && (
        <div className="mt-4">
          <Notice tone="warn" title={t('Left out')}>
            <ul className="font-mono text-sm">
              {summary.skipped.map((line) => (
                <li key={line} className="break-all">
                  {line}
                </li>
              ))}
            </ul>
          </Notice>
        </div>
      )}
    </Card>
  )
}

function factsOf({ username, host, folder, pulledAt, summary, hostKey }: RemoteSource): Fact[] {
  const say = (files: number, bytes: number): string =>
    t('{files} files, {bytes}', { files, bytes: sayBytes(bytes) })
  return [
    { label: t('Folder'), value: `${username}@${host}:${folder}`, mono: true },
    { label: t('Pulled'), value: pulledAt === null ? t('not yet') : <Ago at={pulledAt} /> },
    {
      label: t('In it'),
      value: summary === null ? t('not known yet') : say(summary.files, summary.sizeBytes),
    },
    {
      label: t('Fetched last'),
      value: summary === null ? 'nothing' : say(summary.fetchedFiles, summary.fetchedBytes),
    },
    ...(hostKey === null
      ? []
      : [
          {
            label: t('Host key, pinned at the first connection'),
            value: hostKey.fingerprint,
            mono: true,
          },
        ]),
  ]
}
