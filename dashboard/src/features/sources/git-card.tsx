import type { ExternalSource } from '@vastrox/shared/external-source.ts'
import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '#features/session/queries.ts'
import { type Fact, Facts } from '#features/sources/facts.tsx'
import { useGitAct } from '#features/sources/queries.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Notice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  source: ExternalSource
  onEdit: () => void
  onSecret: (secret: string | null) => void
}

/** The repository, what of it is deployed, and how it went last. */
export function GitCard({ app, source, onEdit, onSecret }: Props) {
  const mayChange = useMay('app.change')
  const mayDeploy = useMay('app.deploy')
  const act = useGitAct(app)
  const [leaving, setLeaving] = useState(false)

  const fetch = () =>
    act.fetch.mutate(undefined, {
      // What failed is said in the card, and stays there.
      onSuccess: ({ outcome, reason }) => {
        if (outcome !== 'failed') toast.good(reason)
      },
      onError: toast.error,
    })

  return (
    <Card
      title={t('Repository')}
      lead={t('A push there deploys here.')}
      aside={
        mayDeploy && (
          <Button
            size="sm"
            busy={act.fetch.isPending}
            icon={<RefreshCw size={14} aria-hidden />}
            onClick={fetch}
          >
            {t('Look now')}
          </Button>
        )
      }
      footer={
        mayChange && (
          <>
            <span>
              {source.pollEveryMs === null
                ? t('It is only asked when a webhook comes.')
                : t('It is asked every {pollEveryMs} minutes, should a webhook get lost.', {
                    pollEveryMs: source.pollEveryMs / 60_000,
                  })}
            </span>
            <span className="flex flex-wrap gap-2">
              <Button
                size="sm"
                busy={act.newSecret.isPending}
                onClick={() =>
                  act.newSecret.mutate(undefined, {
                    onSuccess: ({ webhookSecret }) => onSecret(webhookSecret),
                    onError: toast.error,
                  })
                }
              >
                {t('New webhook secret')}
              </Button>
              <Button size="sm" onClick={onEdit}>
                {t('Change')}
              </Button>
              <Button size="sm" variant="quiet" onClick={() => setLeaving(true)}>
                {t('Disconnect')}
              </Button>
            </span>
          </>
        )
      }
    >
      {source.problem !== null && (
        <div className="mb-4">
          <Notice tone="bad" title={source.problem}>
            {source.nextPollAt !== null && t('It is tried again by itself, less and less often.')}
          </Notice>
        </div>
      )}
      <Facts facts={factsOf(source)} />
      {source.publicKey !== null && (
        <div className="mt-5">
          <p className="mb-1.5 text-sm text-muted">
            {t('Deploy key: add it to the repository, reading is enough.')}
          </p>
          <CopyBlock label={t('deploy key')} text={source.publicKey} />
        </div>
      )}
      {source.statusProblem !== null && (
        <div className="mt-4">
          <Notice tone="warn" title={t('The host could not be told of the last deployment')}>
            {source.statusProblem}
          </Notice>
        </div>
      )}
      {mayChange && source.problem?.includes('another key') === true && (
        <Button
          size="sm"
          className="mt-4"
          busy={act.forgetHostKey.isPending}
          onClick={() => act.forgetHostKey.mutate(undefined, { onError: toast.error })}
        >
          {t('Forget the host key')}
        </Button>
      )}
      <Dialog
        open={leaving}
        onClose={() => setLeaving(false)}
        title={t('Disconnect the repository?')}
        lead={t(
          "What runs goes on running; nothing more is fetched, and the webhook's address is gone.",
        )}
      >
        <DialogActions>
          <Button onClick={() => setLeaving(false)}>{t('Cancel')}</Button>
          <Button
            variant="danger"
            busy={act.disconnect.isPending}
            onClick={() =>
              act.disconnect.mutate(undefined, {
                onSuccess: () => setLeaving(false),
                onError: toast.error,
              })
            }
          >
            {t('Disconnect')}
          </Button>
        </DialogActions>
      </Dialog>
    </Card>
  )
}

function factsOf(source: ExternalSource): Fact[] {
  const { follow, commit, hostKey, watchPaths } = source
  return [
    { label: t('Address'), value: source.url, mono: true },
    {
      label: t('Follows'),
      value:
        follow.kind === 'branch'
          ? t('the branch {name}', { name: follow.name })
          : t('tags like {pattern}', { pattern: follow.pattern }),
    },
    { label: t('Folder'), value: source.rootDirectory ?? t('the whole repository') },
    { label: t('Watches'), value: watchPaths.length === 0 ? 'everything' : watchPaths.join(', ') },
    {
      label: t('Taken up last'),
      value: commit === null ? t('nothing yet') : `${commit.sha.slice(0, 7)} ${commit.subject}`,
    },
    {
      label: t('Asked'),
      value: source.fetchedAt === null ? t('not yet') : <Ago at={source.fetchedAt} />,
    },
    {
      label: t('Webhook came'),
      value: source.webhookAt === null ? 'never' : <Ago at={source.webhookAt} />,
    },
    { label: t('Submodules'), value: source.submodules ? t('fetched too') : t('left out') },
    ...(hostKey === null
      ? []
      : [
          {
            label: hostKey.known
              ? t('Host key, as the host publishes it')
              : t('Host key, pinned at the first connection'),
            value: hostKey.fingerprint,
            mono: true,
          },
        ]),
  ]
}
