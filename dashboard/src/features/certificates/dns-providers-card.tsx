import { useSuspenseQuery } from '@tanstack/react-query'
import type { DnsProviderInfo } from '@vastrox/shared/certificate.ts'
import { Globe, Plus } from 'lucide-react'
import { useState } from 'react'
import { AddDnsProviderDialog } from '#features/certificates/add-dns-provider-dialog.tsx'
import {
  dnsProvidersQuery,
  useRemoveDnsProvider,
  useTestDnsProvider,
} from '#features/certificates/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

/** Who makes the records that names of a zone, wildcards above all, are proven by. */
export function DnsProvidersCard() {
  const { data } = useSuspenseQuery(dnsProvidersQuery)
  const mayChange = useMay('node.change')
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<string>()
  const remove = useRemoveDnsProvider()
  const add = mayChange && (
    <Button size="sm" icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t('Set up a zone')}
    </Button>
  )

  return (
    <>
      <Card
        title={t('DNS providers')}
        lead={t(
          'A wildcard is proven by a record in its zone; somebody has to be able to make it.',
        )}
        flush
        aside={data.providers.length > 0 && add}
      >
        {data.providers.length === 0 ? (
          <EmptyState
            icon={<Globe size={20} aria-hidden />}
            title={t('No zone is set up')}
            actions={add}
          >
            {t('Only wildcards need one, and names that cannot be reached on port 80.')}
          </EmptyState>
        ) : (
          <ul>
            {data.providers.map((provider) => (
              <ProviderRow
                key={provider.zone}
                provider={provider}
                onRemove={mayChange ? () => setRemoving(provider.zone) : undefined}
              />
            ))}
          </ul>
        )}
      </Card>
      <AddDnsProviderDialog open={adding} kinds={data.kinds} onClose={() => setAdding(false)} />
      <ConfirmDialog
        name={removing ?? ''}
        title={t('Make no more records in {removing}?', { removing: removing ?? '' })}
        lead={t('Certificates of its wildcards stay until they expire, and are not renewed.')}
        act={t('Remove it')}
        open={removing !== undefined}
        error={remove.error}
        busy={remove.isPending}
        onClose={() => setRemoving(undefined)}
        onConfirm={() =>
          removing !== undefined &&
          remove.mutate(removing, {
            onSuccess: () => {
              toast.good(t('No more records are made in {removing}.', { removing }))
              setRemoving(undefined)
            },
          })
        }
      />
    </>
  )
}

function ProviderRow({
  provider,
  onRemove,
}: {
  provider: DnsProviderInfo
  onRemove: (() => void) | undefined
}) {
  const { zone, title, settings } = provider
  const test = useTestDnsProvider()
  return (
    <li className="space-y-2 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <p className="font-medium break-all">{zone}</p>
          <p className="text-sm text-muted">{title}</p>
          <p className="font-mono text-xs break-all text-muted">
            {Object.entries(settings)
              .map(([name, value]) => `${name}=${value}`)
              .join('  ')}
          </p>
        </div>
        {onRemove && (
          <div className="flex gap-2">
            <Button
              size="sm"
              aria-label={t('Test this: {zone}', { zone })}
              busy={test.isPending}
              onClick={() =>
                test.mutate(zone, {
                  onSuccess: () =>
                    toast.good(
                      t('A record was made in {zone}, seen, and removed again.', { zone }),
                    ),
                })
              }
            >
              {t('Test this')}
            </Button>
            <Button size="sm" aria-label={t('Remove {zone}', { zone })} onClick={onRemove}>
              {t('Remove')}
            </Button>
          </div>
        )}
      </div>
      {test.error && <ErrorNotice error={test.error} />}
    </li>
  )
}
