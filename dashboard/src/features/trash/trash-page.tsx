import { useSuspenseQuery } from '@tanstack/react-query'
import type { TrashItem } from '@vastrox/shared/trash.ts'
import { Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '#features/session/queries.ts'
import { usePurge, useRestore, wholeTrashQuery } from '#features/trash/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { Load } from '#lib/load.ts'
import { exactTime } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

const KIND: Record<TrashItem['kind'], string> = {
  app: t('App'),
  volume: t('Volume'),
  addon: t('Database'),
}
const KEEPS: Record<TrashItem['kind'], string> = {
  app: t(
    'Its code, uploads, env, domains, releases and logs are gone for ever. Its volumes stay in the trash on their own.',
  ),
  volume: t('Every file in it is gone for ever.'),
  addon: t('Everything in it is gone for ever; backups of it stay.'),
}

export const load: Load = ({ read }) => read(wholeTrashQuery)

/** Everything that was destroyed, in one place. */
export function TrashPage() {
  const { data: items } = useSuspenseQuery(wholeTrashQuery)
  return (
    <Page
      title={t('Trash')}
      lead={t(
        'What was destroyed is stopped and kept. Nothing here goes by itself: after 7 days it can be purged by its name.',
      )}
    >
      <Card flush>
        {items.length === 0 ? (
          <EmptyState icon={<Trash2 size={20} aria-hidden />} title={t('The trash is empty')}>
            {t('Apps, volumes and databases that somebody destroys wait here, with their data.')}
          </EmptyState>
        ) : (
          <ul>
            {items.map((item) => (
              <TrashRow key={`${item.kind} ${item.id}`} item={item} />
            ))}
          </ul>
        )}
      </Card>
    </Page>
  )
}

function TrashRow({ item }: { item: TrashItem }) {
  const mayPurge = useMay(item.kind === 'addon' ? 'addon.destroy' : 'app.destroy')
  const now = useNow()
  const restore = useRestore()
  const [purging, setPurging] = useState(false)
  const isPurgeable = now >= new Date(item.purgeableAt)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {item.app === null ? item.name : `${item.app}/${item.name}`}
          <Badge tone="idle">{KIND[item.kind]}</Badge>
        </p>
        <p className="text-sm text-muted">
          {rich(t('destroyed {destroyedAt}'), { destroyedAt: <Ago at={item.destroyedAt} /> })}
          {item.sizeBytes !== null && `, ${sayBytes(item.sizeBytes)}`}
          {!isPurgeable &&
            t(', can be purged from {purgeableAt} on', {
              purgeableAt: exactTime(item.purgeableAt),
            })}
        </p>
      </div>
      {item.isPurging ? (
        <span className="text-sm text-muted">{t('being removed')}</span>
      ) : (
        <>
          <Button
            size="sm"
            busy={restore.isPending}
            icon={<Undo2 size={14} aria-hidden />}
            onClick={() =>
              restore.mutate(item, {
                onSuccess: () => toast.good(t('{name} is back.', { name: item.name })),
                onError: toast.error,
              })
            }
          >
            {t('Restore')}
          </Button>
          {mayPurge && (
            <Button
              size="sm"
              variant="danger"
              disabled={!isPurgeable}
              onClick={() => setPurging(true)}
            >
              {t('Purge')}
            </Button>
          )}
        </>
      )}
      <PurgeDialog item={item} open={purging} onClose={() => setPurging(false)} />
    </li>
  )
}

function PurgeDialog({
  item,
  open,
  onClose,
}: {
  item: TrashItem
  open: boolean
  onClose: () => void
}) {
  const purge = usePurge()
  return (
    <ConfirmDialog
      name={item.name}
      title={t('Purge {name}?', { name: item.name })}
      lead={KEEPS[item.kind]}
      act={t('Purge for ever')}
      open={open}
      error={purge.error}
      busy={purge.isPending}
      onClose={onClose}
      onConfirm={() =>
        purge.mutate(item, {
          onSuccess: () => {
            toast.good(t('{name} is gone.', { name: item.name }))
            onClose()
          },
        })
      }
    />
  )
}
