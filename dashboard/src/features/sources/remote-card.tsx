import type { RemoteSource } from '@vastrox/shared/remote-source.ts'
import { RefreshCw } from 'lucide-react'
import { useMay } from '#features/session/queries.ts'
import { type Fact, Facts } from '#features/sources/facts.tsx'
import { useRemoteAct } from '#features/sources/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
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
      title="Folder by SFTP"
      lead="What differs there is pulled and deployed."
      aside={
        mayDeploy && (
          <span className="flex flex-wrap gap-2">
            <Button size="sm" busy={act.pull.isPending} onClick={() => pull(true)}>
              Full check
            </Button>
            <Button
              size="sm"
              busy={act.pull.isPending}
              icon={<RefreshCw size={14} aria-hidden />}
              onClick={() => pull(false)}
            >
              Pull now
            </Button>
          </span>
        )
      }
      footer={
        mayChange && (
          <>
            <span>
              {remote.pullEveryMs === null
                ? 'It is pulled by hand.'
                : `It is pulled every ${remote.pullEveryMs / 60_000} minutes.`}
            </span>
            <span className="flex flex-wrap gap-2">
              {remote.problem?.includes('another key') === true && (
                <Button
                  size="sm"
                  onClick={() => act.forgetHostKey.mutate(undefined, { onError: toast.error })}
                >
                  Forget the host key
                </Button>
              )}
              <Button size="sm" onClick={onEdit}>
                Change
              </Button>
              <Button
                size="sm"
                variant="quiet"
                busy={act.disconnect.isPending}
                onClick={() => act.disconnect.mutate(undefined, { onError: toast.error })}
              >
                Disconnect
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
            Add this key to ~/.ssh/authorized_keys of {remote.username}.
          </p>
          <CopyBlock label="public key" text={remote.publicKey} />
        </div>
      )}
      {summary !== null && summary.skipped.length > 0 && (
        <div className="mt-4">
          <Notice tone="warn" title="Left out">
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
  const say = (files: number, bytes: number): string => `${files} files, ${sayBytes(bytes)}`
  return [
    { label: 'Folder', value: `${username}@${host}:${folder}`, mono: true },
    { label: 'Pulled', value: pulledAt === null ? 'not yet' : <Ago at={pulledAt} /> },
    {
      label: 'In it',
      value: summary === null ? 'not known yet' : say(summary.files, summary.sizeBytes),
    },
    {
      label: 'Fetched last',
      value: summary === null ? 'nothing' : say(summary.fetchedFiles, summary.fetchedBytes),
    },
    ...(hostKey === null
      ? []
      : [
          {
            label: 'Host key, pinned at the first connection',
            value: hostKey.fingerprint,
            mono: true,
          },
        ]),
  ]
}
