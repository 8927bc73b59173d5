import { useQuery } from '@tanstack/react-query'
import {
  type CreatedOutgoingWebhook,
  OUTGOING_EVENT_WORDS,
  isOfTeam,
  SubscribedEvent,
} from '@vastrox/shared/outgoing-webhook.ts'
import { useState } from 'react'
import { appsQuery } from '#features/apps/queries.ts'
import { useAddWebhook } from '#features/webhooks/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  open: boolean
  onClose: () => void
}

const AT_FIRST: readonly SubscribedEvent[] = [
  'deployment.live',
  'deployment.failed',
  'deployment.reverted',
  'app.crash_looping',
]

/** Makes a webhook, then shows its secret: the only time that it can be seen. */
export function AddWebhookDialog({ open, onClose }: Props) {
  const [created, setCreated] = useState<CreatedOutgoingWebhook>()
  const close = () => {
    setCreated(undefined)
    onClose()
  }
  return (
    <Dialog open={open} onClose={close} title={created ? t('Its secret') : t('New webhook')}>
      {created ? (
        <SecretShown secret={created.webhookSecret} onDone={close} />
      ) : (
        <AddWebhookForm onCreated={setCreated} onClose={close} />
      )}
    </Dialog>
  )
}

export function SecretShown({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <>
      <Notice tone="warn" title={t('Copy it now')}>
        {t('Deliveries are signed with it, as Standard Webhooks has it. It cannot be shown again.')}
      </Notice>
      <CopyBlock label={t('webhook secret')} text={secret} className="mt-4" />
      <DialogActions>
        <Button variant="primary" onClick={onDone}>
          {t('Done')}
        </Button>
      </DialogActions>
    </>
  )
}

interface FormProps {
  onCreated: (created: CreatedOutgoingWebhook) => void
  onClose: () => void
}

function AddWebhookForm({ onCreated, onClose }: FormProps) {
  const add = useAddWebhook()
  const { data: apps = [] } = useQuery(appsQuery)
  const [url, setUrl] = useState('')
  const [name, setName] = useState('')
  const [app, setApp] = useState('')
  const [events, setEvents] = useState<readonly SubscribedEvent[]>(AT_FIRST)
  const offered = SubscribedEvent.options.filter((event) => app === '' || !isOfTeam(event))
  const chosen = offered.filter((event) => events.includes(event))

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        const named = name.trim()
        add.mutate(
          {
            url: url.trim(),
            events: chosen,
            app: app === '' ? null : app,
            ...(named === '' ? {} : { name: named }),
          },
          { onSuccess: onCreated },
        )
      }}
    >
      {add.error && <ErrorNotice error={add.error} />}
      <Field
        label={t('Address')}
        placeholder="https://hooks.example.com/vastrox"
        type="url"
        mono
        maxLength={2_000}
        value={url}
        onChange={(event) => setUrl(event.target.value)}
      />
      <Field
        label={t('Name')}
        hint={t('Its host where you leave it out.')}
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Select
        label={t('Of which apps')}
        value={app}
        onChange={(event) => setApp(event.target.value)}
      >
        <option value="">{t('Every app, and the certificates')}</option>
        {apps.map((each) => (
          <option key={each.id}>{each.name}</option>
        ))}
      </Select>
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">{t('What it is told of')}</legend>
        <ul className="space-y-1.5">
          {offered.map((event) => (
            <li key={event}>
              <label className="flex items-start gap-2.5 text-sm">
                <input
                  type="checkbox"
                  className="mt-1"
                  checked={events.includes(event)}
                  onChange={({ target }) =>
                    setEvents(
                      target.checked ? [...events, event] : events.filter((each) => each !== event),
                    )
                  }
                />
                <span>
                  <code className="text-xs text-muted">{event}</code>
                  <br />
                  {OUTGOING_EVENT_WORDS[event]}
                </span>
              </label>
            </li>
          ))}
        </ul>
      </fieldset>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button
          type="submit"
          variant="primary"
          disabled={url.trim() === '' || chosen.length === 0}
          busy={add.isPending}
        >
          {add.isPending ? t('Adding …') : t('Add webhook')}
        </Button>
      </DialogActions>
    </form>
  )
}
