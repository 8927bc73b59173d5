import { Link } from '@tanstack/react-router'
import type { Addon, AddonAttachment } from '@vastrox/shared/addon.ts'
import { Eye, EyeOff, Link2, Plus } from 'lucide-react'
import { useState } from 'react'
import { AttachDialog } from '#features/addons/attach-dialog.tsx'
import { useCredentials, useDetach } from '#features/addons/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { toast } from '#ui/toast.tsx'

/** Which apps use it, each with a user and variables of its own. */
export function AttachmentsCard({ addon }: { addon: Addon }) {
  const mayChange = useMay('addon.change')
  const [attaching, setAttaching] = useState(false)
  const { name, attachments } = addon
  const attach = mayChange && (
    <Button size="sm" icon={<Plus size={15} aria-hidden />} onClick={() => setAttaching(true)}>
      {t('Attach to an app')}
    </Button>
  )
  return (
    <Card
      title={t('Attached apps')}
      lead={t('Each has a user of its own; what one makes belongs to all of them.')}
      flush
      className="lg:col-span-3"
      aside={attachments.length > 0 && attach}
    >
      {attachments.length === 0 ? (
        <EmptyState
          icon={<Link2 size={20} aria-hidden />}
          title={t('No app uses it')}
          actions={attach}
        >
          {t(
            'An app that it is attached to gets its address and a password as variables, and restarts with them.',
          )}
        </EmptyState>
      ) : (
        <ul>
          {attachments.map((attachment) => (
            <AttachmentRow
              key={`${attachment.app} ${attachment.prefix}`}
              addon={name}
              attachment={attachment}
            />
          ))}
        </ul>
      )}
      <AttachDialog addon={addon} open={attaching} onClose={() => setAttaching(false)} />
    </Card>
  )
}

interface RowProps {
  addon: string
  attachment: AddonAttachment
  /** On an app's page the add-on is named instead. */
  isOfApp?: boolean
}

export function AttachmentRow({ addon, attachment, isOfApp = false }: RowProps) {
  const { app, username, variables, attachedAt } = attachment
  const mayChange = useMay('addon.change')
  const mayOpen = useMay('addon.open')
  const [detaching, setDetaching] = useState(false)
  const credentials = useCredentials()
  const values = credentials.data
  const isShown = values !== undefined

  return (
    <li className="border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-48">
          {isOfApp ? (
            <Link
              to="/addons/$addon"
              params={{ addon }}
              className="font-medium break-all hover:text-accent hover:underline"
            >
              {addon}
            </Link>
          ) : (
            <Link
              to="/apps/$name/databases"
              params={{ name: app }}
              className="font-medium break-all hover:text-accent hover:underline"
            >
              {app}
            </Link>
          )}
          <p className="text-sm break-words text-muted">
            {rich(t('as {username}, {attachedAt}'), {
              username: <code>{username}</code>,
              attachedAt: <Ago at={attachedAt} />,
            })}
          </p>
        </div>
        {mayOpen && (
          <Button
            size="sm"
            busy={credentials.isPending}
            aria-label={
              isShown
                ? t('Hide values: {addon}', { addon: isOfApp ? addon : app })
                : t('Show values: {addon}', { addon: isOfApp ? addon : app })
            }
            title={isShown ? t('Hide') : t('Show (this is audited)')}
            icon={isShown ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
            onClick={() =>
              isShown
                ? credentials.reset()
                : credentials.mutate({ addon, app }, { onError: toast.error })
            }
          >
            {isShown ? t('Hide values') : t('Show values')}
          </Button>
        )}
        {mayChange && (
          <Button
            size="sm"
            variant="quiet"
            aria-label={t('Detach: {addon}', { addon: isOfApp ? addon : app })}
            onClick={() => setDetaching(true)}
          >
            {t('Detach')}
          </Button>
        )}
      </div>
      <dl className="mt-2 space-y-1 text-sm">
        {variables
          .map((variable) => ({ variable, value: values?.[variable] }))
          .map(({ variable, value }) => (
            <div key={variable} className="flex min-w-0 flex-wrap items-center gap-x-2">
              <dt>
                <code className="break-all">{variable}</code>
              </dt>
              {value !== undefined && (
                <dd className="flex min-w-0 items-center gap-1">
                  <code className="break-all text-muted">{value}</code>
                  <CopyButton
                    text={value}
                    label={t('Copy {variable}', { variable })}
                    className="-my-1.5"
                  />
                </dd>
              )}
            </div>
          ))}
      </dl>
      <DetachDialog addon={addon} app={app} open={detaching} onClose={() => setDetaching(false)} />
    </li>
  )
}

interface DetachProps {
  addon: string
  app: string
  open: boolean
  onClose: () => void
}

function DetachDialog({ addon, app, open, onClose }: DetachProps) {
  const detach = useDetach()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Detach {addon} from {app}?', { addon, app })}
      lead={t(
        '{app} loses its variables and restarts. Its user is removed; what it stored stays in the database.',
        { app },
      )}
    >
      <DialogActions>
        <Button onClick={onClose}>{t('Keep it attached')}</Button>
        <Button
          variant="danger"
          busy={detach.isPending}
          onClick={() =>
            detach.mutate(
              { addon, app },
              {
                onSuccess: () => {
                  toast.good(t('{addon} is detached from {app}.', { addon, app }))
                  onClose()
                },
                onError: toast.error,
              },
            )
          }
        >
          {t('Detach')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
