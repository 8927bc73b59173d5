import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { Volume } from '@vastrox/shared/volume.ts'
import { HardDrive, Plus, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { DiskHold } from '#features/disk/disk-hold.tsx'
import { useAppName } from '#features/app/use-app-name.ts'
import { appDiskQuery } from '#features/disk/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { DestroyVolumeDialog } from '#features/volumes/destroy-volume-dialog.tsx'
import { NewVolumeDialog } from '#features/volumes/new-volume-dialog.tsx'
import { destroyedVolumesQuery, useRestoreVolume, volumesQuery } from '#features/volumes/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read, params: { name } }) =>
  Promise.all([read(volumesQuery(name)), read(destroyedVolumesQuery), read(appDiskQuery(name))])

export function VolumesTab() {
  const name = useAppName()
  const { data: volumes } = useSuspenseQuery(volumesQuery(name))
  const mayChange = useMay('app.change')
  const [adding, setAdding] = useState(false)
  useTitle(t('Volumes · {name}', { name }))
  const add = mayChange && (
    <Button icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t('New volume')}
    </Button>
  )

  return (
    <>
      <DiskHold app={name} />
      <Card
        title={t('Volumes')}
        lead={t(
          'Directories that outlive deployments. Everything else an app writes is gone with its instance.',
        )}
        flush
        aside={volumes.length > 0 && add}
      >
        {volumes.length === 0 ? (
          <EmptyState
            icon={<HardDrive size={20} aria-hidden />}
            title={t('Nothing outlives a deployment yet')}
            docs="app-config"
            actions={add}
          >
            {t(
              'Give uploads, an SQLite file or a cache a volume. It appears in the instances at the path that you choose, and stays when they are replaced.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {volumes.map((volume) => (
              <VolumeRow key={volume.name} app={name} volume={volume} />
            ))}
          </ul>
        )}
      </Card>
      <VolumeTrash app={name} />
      <NewVolumeDialog app={name} open={adding} onClose={() => setAdding(false)} />
    </>
  )
}

function VolumeRow({ app, volume }: { app: string; volume: Volume }) {
  const mayDestroy = useMay('app.destroy')
  const [destroying, setDestroying] = useState(false)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-full sm:basis-60">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {volume.name}
          {volume.exclusive && <Badge tone="idle">{t('one instance at a time')}</Badge>}
        </p>
        <p className="truncate font-mono text-sm text-muted">{volume.mountPath}</p>
      </div>
      <p className="text-sm text-muted">{volume.processes?.join(', ') ?? t('every process')}</p>
      <p className="text-sm whitespace-nowrap tabular-nums sm:min-w-20 sm:text-right">
        {volume.sizeBytes === null ? t('not measured') : sayBytes(volume.sizeBytes)}
      </p>
      {mayDestroy && (
        <Button
          size="sm"
          variant="quiet"
          className="ml-auto sm:ml-0"
          aria-label={t('Destroy the volume {name}', { name: volume.name })}
          icon={<Trash2 size={15} aria-hidden />}
          onClick={() => setDestroying(true)}
        />
      )}
      <DestroyVolumeDialog
        app={app}
        volume={volume.name}
        open={destroying}
        onClose={() => setDestroying(false)}
      />
    </li>
  )
}

/** Those of this app that can still be taken back. */
function VolumeTrash({ app }: { app: string }) {
  const { data = [] } = useQuery(destroyedVolumesQuery)
  const restore = useRestoreVolume(app)
  const mine = data.filter((volume) => volume.app === app)
  if (mine.length === 0) return null
  return (
    <Card
      title={t('Trash')}
      lead={t(
        'With all their data. After 7 days they may be purged, by name: vastrox volumes:purge.',
      )}
      flush
      className="mt-6"
    >
      <ul>
        {mine.map(({ id, name, sizeBytes, destroyedAt, isPurging }) => (
          <li
            key={id}
            className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 last:border-0 sm:px-5"
          >
            <span className="font-medium">{name}</span>
            <span className="text-sm text-muted">
              {sizeBytes !== null && `${sayBytes(sizeBytes)}, `}
              {rich(t('destroyed {destroyedAt}'), { destroyedAt: <Ago at={destroyedAt} /> })}
              {isPurging && t(', being removed for good')}
            </span>
            <Button
              size="sm"
              className="ml-auto"
              busy={restore.isPending}
              disabled={isPurging}
              icon={<Undo2 size={14} aria-hidden />}
              onClick={() =>
                restore.mutate(id, {
                  onSuccess: () => toast.good(t('{name} is back.', { name })),
                  onError: toast.error,
                })
              }
            >
              {t('Restore')}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  )
}
