import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Uploads } from '@vastrox/shared/upload.ts'
import { Rocket, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '#features/session/queries.ts'
import { ChangeLine } from '#features/uploads/change-line.tsx'
import { differenceQuery, useDiscard, usePublish } from '#features/uploads/queries.ts'
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
      { onSuccess: ({ number }) => toast.good(`Deployment ${number} is on its way.`) },
    )

  return (
    <Card
      title="Not published yet"
      lead={sayCounts(added, changed, removed, release)}
      aside={
        mayDeploy && (
          <span className="flex flex-wrap gap-2">
            <Button icon={<Undo2 size={15} aria-hidden />} onClick={() => setDiscarding(true)}>
              Discard
            </Button>
            <Button
              variant="primary"
              icon={<Rocket size={15} aria-hidden />}
              busy={publish.isPending}
              onClick={send}
            >
              {isCutOff ? 'Publish as it is' : 'Publish'}
            </Button>
          </span>
        )
      }
      footer={
        <span>
          {uploads.publishOnIdle
            ? 'Published by itself 10 seconds after the last change.'
            : 'Published when you say so, or upload a file called .deploy.'}
          {uploads.changedAt !== null && (
            <>
              {' '}
              First change <Ago at={uploads.changedAt} />.
            </>
          )}
        </span>
      }
    >
      <div className="space-y-4">
        {publish.error && <ErrorNotice error={publish.error} />}
        {uploads.problem !== null && (
          <Notice tone="warn" title="It was not published by itself">
            {uploads.problem}
          </Notice>
        )}
        {isCutOff && (
          <Notice tone="warn" title="An upload broke off">
            {uploads.incomplete.join(', ')}: resume it, or publish it as it is.
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
        {count > SHOWN && <p className="text-sm text-muted">and {count - SHOWN} more</p>}
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
      title="Discard what is not published?"
      lead="The files become those of the live release again. This cannot be undone."
    >
      {discard.error && <ErrorNotice error={discard.error} />}
      <DialogActions>
        <Button onClick={props.onClose}>Keep it</Button>
        <Button
          variant="danger"
          busy={discard.isPending}
          onClick={() => discard.mutate(undefined, { onSuccess: props.onClose })}
        >
          Discard
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function sayCounts(added: number, changed: number, removed: number, release: number | null) {
  const parts = [
    added > 0 && `${added} added`,
    changed > 0 && `${changed} changed`,
    removed > 0 && `${removed} removed`,
  ].filter((part) => part !== false)
  const than = release === null ? 'nothing is live yet' : `compared with release v${release}`
  return `${parts.join(', ') || 'Nothing'}, ${than}`
}
