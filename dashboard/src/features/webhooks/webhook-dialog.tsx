import { useQuery } from '@tanstack/react-query'
import type { OutgoingDelivery, OutgoingWebhook } from '@vastrox/shared/outgoing-webhook.ts'
import { useState } from 'react'
import { SecretShown } from '#features/webhooks/add-webhook-dialog.tsx'
import {
  useWebhookAct,
  webhookDeliveriesQuery,
  webhookDeliveryQuery,
} from '#features/webhooks/queries.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'
import type { Tone } from '#ui/tone.ts'

const STATE: Record<OutgoingDelivery['state'], { label: string; tone: Tone }> = {
  waiting: { label: t('Waiting'), tone: 'busy' },
  delivered: { label: t('Delivered'), tone: 'good' },
  failed: { label: t('Failed'), tone: 'bad' },
}

interface Props {
  webhook: OutgoingWebhook | undefined
  onClose: () => void
}

/** One webhook: what can be done with it, and what was delivered. */
export function WebhookDialog({ webhook, onClose }: Props) {
  return (
    <Dialog
      open={webhook !== undefined}
      onClose={onClose}
      title={webhook?.name ?? ''}
      lead={webhook && <span className="font-mono break-all">{webhook.url}</span>}
      wide
    >
      {webhook && <WebhookDetails webhook={webhook} onClose={onClose} />}
    </Dialog>
  )
}

function WebhookDetails({ webhook, onClose }: { webhook: OutgoingWebhook; onClose: () => void }) {
  const { change, remove, renewSecret, test } = useWebhookAct(webhook.id)
  const { data: deliveries = [] } = useQuery(webhookDeliveriesQuery(webhook.id))
  const [openId, setOpenId] = useState<string>()
  const isOn = webhook.state === 'on'

  if (renewSecret.data)
    return (
      <SecretShown secret={renewSecret.data.webhookSecret} onDone={() => renewSecret.reset()} />
    )
  return (
    <div className="space-y-4">
      <p className="text-sm text-muted">{webhook.events.join(', ')}</p>
      {webhook.oldSignatureUntil !== null && (
        <p className="text-sm text-muted">
          {t('Signed with the secret before as well until {oldSignatureUntil}.', {
            oldSignatureUntil: webhook.oldSignatureUntil,
          })}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          busy={test.isPending}
          onClick={() =>
            test.mutate(undefined, {
              onSuccess: () => toast.good(t('The test is on its way.')),
              onError: toast.error,
            })
          }
        >
          {t('Send a test')}
        </Button>
        <Button
          size="sm"
          busy={change.isPending}
          onClick={() => change.mutate({ isOn: !isOn }, { onError: toast.error })}
        >
          {isOn ? t('Switch off') : t('Switch on')}
        </Button>
        <Button
          size="sm"
          busy={renewSecret.isPending}
          onClick={() => renewSecret.mutate(undefined, { onError: toast.error })}
        >
          {t('New secret')}
        </Button>
        <Button
          size="sm"
          variant="danger"
          busy={remove.isPending}
          onClick={() => remove.mutate(undefined, { onSuccess: onClose, onError: toast.error })}
        >
          {t('Remove')}
        </Button>
      </div>
      <h3 className="font-medium">{t('Deliveries')}</h3>
      {deliveries.length === 0 ? (
        <p className="text-muted">
          {t('Nothing has been sent yet. A test shows whether it arrives.')}
        </p>
      ) : (
        <ul className="rounded-md border border-line">
          {deliveries.map((delivery) => (
            <DeliveryRow
              key={delivery.id}
              webhook={webhook}
              delivery={delivery}
              isOpen={openId === delivery.id}
              onToggle={() => setOpenId(openId === delivery.id ? undefined : delivery.id)}
            />
          ))}
        </ul>
      )}
    </div>
  )
}

interface RowProps {
  webhook: OutgoingWebhook
  delivery: OutgoingDelivery
  isOpen: boolean
  onToggle: () => void
}

function DeliveryRow({ webhook, delivery, isOpen, onToggle }: RowProps) {
  const { label, tone } = STATE[delivery.state]
  const last = delivery.lastAttempt
  return (
    <li className="border-b border-line px-3 py-2.5 last:border-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tone} dot>
          {label}
        </Badge>
        <code className="text-sm">{delivery.event}</code>
        <span className="min-w-0 flex-1 truncate text-sm text-muted">
          {last === null
            ? t('not sent yet')
            : (last.reason ??
              t('{status} in {durationMs} ms', {
                status: last.status,
                durationMs: last.durationMs,
              }))}
        </span>
        <span className="text-sm text-muted">
          <Ago at={delivery.createdAt} />
        </span>
        <Button size="sm" variant="quiet" aria-expanded={isOpen} onClick={onToggle}>
          {isOpen ? t('Less') : t('More')}
        </Button>
      </div>
      {isOpen && <DeliveryDetails webhook={webhook} delivery={delivery} />}
    </li>
  )
}

const CODE =
  'max-h-60 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs break-all whitespace-pre-wrap'

/** It scrolls, so the keyboard must reach it. */
function Code({ label, text }: { label: string; text: string }) {
  return (
    <pre
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
      tabIndex={0}
      aria-label={label}
      className={CODE}
    >
      {text}
    </pre>
  )
}

function DeliveryDetails({ webhook, delivery }: Pick<RowProps, 'webhook' | 'delivery'>) {
  const { data } = useQuery(webhookDeliveryQuery(webhook.id, delivery.id))
  const { redeliver } = useWebhookAct(webhook.id)
  if (!data) return null
  return (
    <div className="mt-3 space-y-3">
      <Code label={t('What is sent')} text={data.request.body} />
      <ol className="space-y-2">
        {data.tries.map((attempt) => (
          <li key={attempt.at} className="text-sm">
            <p className="text-muted">
              <Ago at={attempt.at} /> · {attempt.status ?? t('no answer')} ·{' '}
              {t('{durationMs} ms', { durationMs: attempt.durationMs })}
              {attempt.reason !== null && ` · ${attempt.reason}`}
            </p>
            {attempt.answer !== '' && <Code label={t('What it answered')} text={attempt.answer} />}
          </li>
        ))}
      </ol>
      {webhook.state === 'on' && (
        <Button
          size="sm"
          busy={redeliver.isPending}
          onClick={() =>
            redeliver.mutate(delivery.id, {
              onSuccess: () => toast.good(t('It is on its way again.')),
              onError: toast.error,
            })
          }
        >
          {t('Redeliver')}
        </Button>
      )}
    </div>
  )
}
