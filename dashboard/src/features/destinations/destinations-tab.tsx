import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { Destination, DestinationKey } from '@vastrox/shared/backup.ts'
import { HardDriveUpload, Plus } from 'lucide-react'
import { useState } from 'react'
import { AddDestinationDialog } from '#features/destinations/add-destination-dialog.tsx'
import { KeyOnce } from '#features/destinations/key-once.tsx'
import { LimitDialog } from '#features/destinations/limit-dialog.tsx'
import {
  destinationsQuery,
  kindsQuery,
  useChangeDestination,
  useCheckDestination,
  useRemoveDestination,
  useRevealKey,
  useTestDestination,
} from '#features/destinations/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Menu, type MenuEntry } from '#ui/menu.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) => Promise.all([read(destinationsQuery), read(kindsQuery)])

/** Where backups are kept. */
export function DestinationsTab() {
  const { data: destinations } = useSuspenseQuery(destinationsQuery)
  const { data: kinds = [] } = useQuery(kindsQuery)
  const mayManage = useMay('backup.manage')
  const [adding, setAdding] = useState(false)
  const [key, setKey] = useState<DestinationKey & { name: string }>()
  const [limiting, setLimiting] = useState<Destination>()
  const [removing, setRemoving] = useState<string>()
  const remove = useRemoveDestination()
  useTitle(t('Destinations · Backups'))
  const add = mayManage && (
    <Button icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t('New destination')}
    </Button>
  )

  return (
    <>
      {key && <KeyOnce key={key.name} shown={key} onKept={() => setKey(undefined)} />}
      <Card
        title={t('Destinations')}
        lead={t(
          'Where backups are kept. What leaves this server is encrypted first, deduplicated and compressed.',
        )}
        flush
        aside={destinations.length > 0 && add}
      >
        {destinations.length === 0 ? (
          <EmptyState
            icon={<HardDriveUpload size={20} aria-hidden />}
            title={t('Backups need a place to go')}
            docs="backups#destinations"
            actions={add}
          >
            {t(
              'Another disk, another server by SFTP, or object storage (S3). A copy on the same disk helps against a mistake, not against the end of the disk: best have one elsewhere.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {destinations.map((destination) => (
              <DestinationRow
                key={destination.name}
                destination={destination}
                mayManage={mayManage}
                onKey={setKey}
                onLimit={() => setLimiting(destination)}
                onRemove={() => setRemoving(destination.name)}
              />
            ))}
          </ul>
        )}
      </Card>
      <AddDestinationDialog
        open={adding}
        kinds={kinds}
        isFirst={destinations.length === 0}
        onKey={setKey}
        onClose={() => setAdding(false)}
      />
      <LimitDialog destination={limiting} onClose={() => setLimiting(undefined)} />
      <ConfirmDialog
        name={removing ?? ''}
        title={t('Keep no more backups in {removing}?', { removing: removing ?? '' })}
        lead={t(
          'What lies there stays there, encrypted, and is not listed here any more. Schedules that use it stop.',
        )}
        act={t('Remove the destination')}
        open={removing !== undefined}
        error={remove.error}
        busy={remove.isPending}
        onClose={() => setRemoving(undefined)}
        onConfirm={() =>
          removing !== undefined &&
          remove.mutate(removing, {
            onSuccess: () => {
              toast.good(t('{removing} is no destination any more.', { removing }))
              setRemoving(undefined)
            },
          })
        }
      />
    </>
  )
}

interface RowProps {
  destination: Destination
  mayManage: boolean
  onKey: (key: DestinationKey & { name: string }) => void
  onLimit: () => void
  onRemove: () => void
}

function DestinationRow({ destination, mayManage, onKey, onLimit, onRemove }: RowProps) {
  const test = useTestDestination()
  const check = useCheckDestination()
  const reveal = useRevealKey()
  const change = useChangeDestination()
  const { name, title, settings, location, isDefault, uploadLimitKib } = destination
  const { sizeBytes, freeBytes } = destination
  const entries: MenuEntry[] = [
    {
      label: t('Make it the default'),
      disabled: isDefault,
      onSelect: () =>
        change.mutate(
          { name, isDefault: true },
          {
            onSuccess: () => toast.good(t('New backups go to {name}.', { name })),
            onError: toast.error,
          },
        ),
    },
    {
      label: t('Read everything again'),
      onSelect: () =>
        check.mutate(name, {
          onSuccess: () => toast.good(t('Everything in {name} is being read again.', { name })),
          onError: toast.error,
        }),
    },
    { label: t('Limit its speed …'), onSelect: onLimit },
    {
      label: t('Show its key …'),
      onSelect: () =>
        reveal.mutate(name, {
          onSuccess: (key) => onKey({ ...key, name }),
          onError: toast.error,
        }),
    },
    'line',
    { label: t('Remove …'), danger: true, onSelect: onRemove },
  ]

  return (
    <li className="space-y-2 border-b border-line px-4 py-3.5 last:border-0 sm:px-5">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium">{name}</span>
            <span className="text-sm text-muted">{title}</span>
            {isDefault && <Badge tone="idle">{t('default')}</Badge>}
          </p>
          <p className="font-mono text-xs break-all text-muted">
            {location ??
              Object.entries(settings)
                .map(([key, value]) => `${key}=${String(value)}`)
                .join('  ')}
          </p>
          <p className="mt-1 text-sm text-muted">
            {sizeBytes === null
              ? t('not measured yet')
              : t('{sizeBytes} in it', { sizeBytes: sayBytes(sizeBytes) })}
            {freeBytes !== null && t(', {freeBytes} free', { freeBytes: sayBytes(freeBytes) })}
            {uploadLimitKib !== null &&
              t(', at most {uploadLimitKib} a second', {
                uploadLimitKib: sayBytes(uploadLimitKib * 1_024),
              })}
          </p>
          <Checked destination={destination} />
        </div>
        {mayManage && (
          <div className="flex gap-2">
            <Button
              size="sm"
              busy={test.isPending}
              aria-label={t('Test this: {name}', { name })}
              onClick={() =>
                test.mutate(name, {
                  onSuccess: () =>
                    toast.good(t('{name} can be written to and read from.', { name })),
                })
              }
            >
              {test.isPending ? t('Testing …') : t('Test this')}
            </Button>
            <Menu
              trigger={
                <Button size="sm" aria-label={t('More for {name}', { name })}>
                  {t('More')}
                </Button>
              }
              entries={entries}
            />
          </div>
        )}
      </div>
      {test.error && <ErrorNotice error={test.error} />}
    </li>
  )
}

/** What the last look at what lies there said. */
function Checked({ destination: { checkedAt, checkFailure } }: { destination: Destination }) {
  if (checkFailure !== null)
    return (
      <p className="text-sm break-words text-bad">
        {t('Not as it should be: {checkFailure}', { checkFailure })}
      </p>
    )
  if (checkedAt === null) return <p className="text-sm text-muted">{t('not verified yet')}</p>
  return (
    <p className="text-sm text-muted">
      {rich(t('content verified {checkedAt}'), { checkedAt: <Ago at={checkedAt} /> })}
    </p>
  )
}
