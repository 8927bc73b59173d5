import { useSuspenseQuery } from '@tanstack/react-query'
import type { OutgoingWebhook } from '@vastrox/shared/outgoing-webhook.ts'
import { Plus, Webhook } from 'lucide-react'
import { useState } from 'react'
import { AddWebhookDialog } from '#features/webhooks/add-webhook-dialog.tsx'
import { webhooksQuery } from '#features/webhooks/queries.ts'
import { WebhookDialog } from '#features/webhooks/webhook-dialog.tsx'
import type { Load } from '#lib/load.ts'
import { rich, t, tn } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'
import type { Tone } from '#ui/tone.ts'

const STATE: Record<OutgoingWebhook['state'], { label: string; tone: Tone }> = {
  on: { label: t('On'), tone: 'good' },
  off: { label: t('Off'), tone: 'idle' },
  stopped: { label: t('Stopped'), tone: 'bad' },
}

export const load: Load = ({ read }) => read(webhooksQuery)

/** Addresses elsewhere that are told what happens here. */
export function WebhooksPage() {
  const { data: webhooks } = useSuspenseQuery(webhooksQuery)
  const [adding, setAdding] = useState(false)
  const [openId, setOpenId] = useState<string>()

  return (
    <Page
      title={t('Webhooks')}
      lead={t(
        'Other programs are told what happens to your apps, signed and tried again for a day.',
      )}
      actions={
        <Button
          variant="primary"
          icon={<Plus size={16} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          {t('New webhook')}
        </Button>
      }
    >
      <Card flush>
        {webhooks.length === 0 ? (
          <EmptyState
            icon={<Webhook size={20} aria-hidden />}
            title={t('No webhooks yet')}
            docs="api#outgoing-webhooks"
          >
            {t(
              'Give an https address, and it gets a POST whenever a deployment goes live or fails, an app crashes, or a certificate could not be renewed.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {webhooks.map((webhook) => (
              <WebhookRow key={webhook.id} webhook={webhook} onOpen={() => setOpenId(webhook.id)} />
            ))}
          </ul>
        )}
      </Card>
      <AddWebhookDialog open={adding} onClose={() => setAdding(false)} />
      <WebhookDialog
        webhook={webhooks.find(({ id }) => id === openId)}
        onClose={() => setOpenId(undefined)}
      />
    </Page>
  )
}

function WebhookRow({ webhook, onOpen }: { webhook: OutgoingWebhook; onOpen: () => void }) {
  const { label, tone } = STATE[webhook.state]
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="truncate font-medium">{webhook.name}</span>
          <Badge tone={tone} dot>
            {label}
          </Badge>
          {webhook.state === 'on' && webhook.failingSince !== null && (
            <Badge tone="warn">{t('Failing')}</Badge>
          )}
        </p>
        <p className="truncate font-mono text-sm text-muted">{webhook.url}</p>
        <p className="text-sm text-muted">
          {webhook.app ?? t('every app')} · {webhook.events.length}{' '}
          {tn(webhook.events.length, 'event', 'events')} ·{' '}
          {webhook.deliveredAt === null ? (
            t('nothing delivered yet')
          ) : (
            <>
              {rich(t('delivered {deliveredAt}'), {
                deliveredAt: <Ago at={webhook.deliveredAt} />,
              })}
            </>
          )}
          {webhook.waiting > 0 && ` · ${t('{waiting} waiting', { waiting: webhook.waiting })}`}
        </p>
        {webhook.reason !== null && <p className="text-sm text-bad">{webhook.reason}</p>}
      </div>
      <Button size="sm" aria-label={t('Open {name}', { name: webhook.name })} onClick={onOpen}>
        {t('Open')}
      </Button>
    </li>
  )
}
