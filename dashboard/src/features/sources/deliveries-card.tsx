import { useQuery } from '@tanstack/react-query'
import type { DeliveryState, WebhookDelivery } from '@vastrox/shared/external-source.ts'
import { Link } from '@tanstack/react-router'
import { useMay } from '#features/session/queries.ts'
import { deliveriesQuery, useGitAct } from '#features/sources/queries.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'
import type { Tone } from '#ui/tone.ts'

const STATE: Record<DeliveryState, { label: string; tone: Tone }> = {
  waiting: { label: t('Looking'), tone: 'busy' },
  deployed: { label: t('Deployed'), tone: 'good' },
  nothing: { label: t('Nothing done'), tone: 'idle' },
  refused: { label: t('Refused'), tone: 'bad' },
  failed: { label: t('Failed'), tone: 'bad' },
}

/** Each webhook that came, with what came of it and why. */
export function DeliveriesCard({ app }: { app: string }) {
  const { data = [] } = useQuery(deliveriesQuery(app))
  return (
    <Card title={t('Webhooks')} lead={t('What came, and why it did what it did.')} flush>
      {data.length === 0 ? (
        <p className="p-4 text-muted sm:p-5">
          {t('None has come yet. Until one does, the repository is asked now and then.')}
        </p>
      ) : (
        <ul>
          {data.map((delivery) => (
            <DeliveryRow key={delivery.id} app={app} delivery={delivery} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function DeliveryRow({ app, delivery }: { app: string; delivery: WebhookDelivery }) {
  const mayDeploy = useMay('app.deploy')
  const { redeliver } = useGitAct(app)
  const { label, tone } = STATE[delivery.state]
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={tone} dot>
            {label}
          </Badge>
          <span className="font-medium">{delivery.event}</span>
          {delivery.ref !== null && (
            <span className="font-mono text-sm break-all text-muted">{delivery.ref}</span>
          )}
        </p>
        <p className="mt-1 text-sm break-words text-muted">{delivery.reason}</p>
      </div>
      <p className="text-sm text-muted">
        {delivery.deployment !== null && (
          <Link
            to="/apps/$name/deployments/$number"
            params={{ name: app, number: String(delivery.deployment) }}
            className="mr-3 text-accent hover:underline"
          >
            {t('Deployment {deployment}', { deployment: delivery.deployment })}
          </Link>
        )}
        <Ago at={delivery.receivedAt} />
      </p>
      {mayDeploy && delivery.state !== 'refused' && (
        <Button
          size="sm"
          busy={redeliver.isPending}
          onClick={() =>
            redeliver.mutate(delivery.id, {
              onSuccess: ({ reason }) => toast.good(reason),
              onError: toast.error,
            })
          }
        >
          {t('Redeliver')}
        </Button>
      )}
    </li>
  )
}
