import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Uploads } from '@vastrox/shared/upload.ts'
import { Rocket, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '#features/session/queries.ts'
import { ChangeLine } from '#features/uploads/change-line.tsx'
import { differenceQuery, useDiscard, usePublish } from '#features/uploads/queries.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

const SHOWN = 50

/** What is different from the live release, and the two ways on from there. */
export function DifferenceCard({ app, uploads }: { app: string; uploads: Uploads }) {
  const { data: difference, error } = useQuery(differenceQuery(app))
  const publish = usePublish(app)
  const mayDeploy = useMay('app.deploy')
  const [discarding, setDiscarding] = useState(false)
  if (error) return <ErrorNotice error={error} />
  if (!difference) return null
  const { added, changed, removed, changes, release } = difference
  const count = added + changed + removed
  const isCutOff = uploads.incomplete.length > 0
  if (count === 0 && !isCutOff) return null

  const send = () =>
    publish.mutate(
      { incomplete: isCutOff },
      {
        onSuccess: ({ number }) => toast.good(t('Deployment {number} is on its way.', { number })),
      },
    )

  return (
    <Card
      title={t('Not published yet')}
      lead={sayCounts(added, changed, removed, release)}
      aside={
        mayDeploy && (
          <span className="flex flex-wrap gap-2">
            <Button icon={<Undo2 size={15} aria-hidden />} onClick={() => setDiscarding(true)}>
              {t('Discard')}
            </Button>
            <Button
              variant="primary"
              icon={<Rocket size={15} aria-hidden />}
              busy={publish.isPending}
              onClick={send}
            >
              {isCutOff ? t('Publish as it is') : t('Publish')}
            </Button>
          </span>
        )
      }
      footer={
        <span>
          {uploads.publishOnIdle
            ? t('Published by itself 10 seconds after the last change.')
            : t('Published when you say so, or upload a file called .deploy.')}
          {uploads.changedAt !== null && (
            <>
              {' '}
              {rich(t('First change {changedAt}.'), { changedAt: <Ago at={uploads.changedAt} /> })}
            </>
          )}
        </span>
      }
    >
      <div className="space-y-4">
        {publish.error && <ErrorNotice error={publish.error} />}
        {uploads.problem !== null && (
          <Notice tone="warn" title={t('It was not published by itself')}>
            {uploads.problem}
          </Notice>
        )}
        {isCutOff && (
          <Notice tone="warn" title={t('An upload broke off')}>
            {t('{incomplete}: resume it, or publish it as it is.', {
              incomplete: uploads.incomplete.join(', '),
            })}
          </Notice>
        )}
        <ul className="space-y-1 font-mono text-sm">
          {changes.slice(0, SHOWN).map((change) => (
            <li key={change.path}>
              {change.kind === 'removed' ? (
                <ChangeLine change={change} />
              ) : (
                <Link
                  to="/apps/$name/files/edit"
                  params={{ name: app }}
                  search={{ path: `/${change.path}` }}
                  preload={false}
                  className="block rounded-sm hover:bg-hover"
                >
                  <ChangeLine change={change} />
                </Link>
              )}
            </li>
          ))}
        </ul>
        {count > SHOWN && (
          <p className="text-sm text-muted">{t('and {count} more', { count: count - SHOWN })}</p>
        )}
      </div>
      <DiscardDialog app={app} open={discarding} onClose={() => setDiscarding(false)} />
    </Card>
  )
}

function DiscardDialog(props: { app: string; open: boolean; onClose: () => void }) {
  const discard = useDiscard(props.app)
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={t('Discard what is not published?')}
      lead={t('The files become those of the live release again. This cannot be undone.')}
    >
      {discard.error && <ErrorNotice error={discard.error} />}
      <DialogActions>
        <Button onClick={props.onClose}>{t('Keep it')}</Button>
        <Button
          variant="danger"
          busy={discard.isPending}
          onClick={() => discard.mutate(undefined, { onSuccess: props.onClose })}
        >
          {t('Discard')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function sayCounts(added: number, changed: number, removed: number, release: number | null) {
  const parts = [
    added > 0 && t('{added} added', { added }),
    changed > 0 && t('{changed} changed', { changed }),
    removed > 0 && t('{removed} removed', { removed }),
  ].filter((part) => part !== false)
  const than =
    release === null ? t('nothing is live yet') : t('compared with release v{release}', { release })
  return `${parts.join(', ') || t('Nothing')}, ${than}`
}
