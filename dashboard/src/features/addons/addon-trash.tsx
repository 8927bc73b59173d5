import { useQuery } from '@tanstack/react-query'
import type { DestroyedAddon } from '@vastrox/shared/addon.ts'
import { Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { destroyedAddonsQuery, usePurge, useTakeBack } from '#features/addons/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { exactTime } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { toast } from '#ui/toast.tsx'

/** What was destroyed, with its data; it goes by a named act only, and after 7 days at the soonest. */
export function AddonTrash() {
  const { data: destroyed = [] } = useQuery(destroyedAddonsQuery)
  const [purging, setPurging] = useState<DestroyedAddon>()
  const purge = usePurge()
  if (destroyed.length === 0) return null
  return (
    <details className="mt-8 text-muted">
      <summary className="w-fit hover:text-ink">
        <span className="inline-flex items-center gap-2">
          <Trash2 size={14} aria-hidden />
          {t('Trash ({destroyed})', { destroyed: destroyed.length })}
        </span>
      </summary>
      <ul className="mt-3 max-w-3xl rounded-lg border border-line bg-surface">
        {destroyed.map((addon) => (
          <TrashRow key={addon.id} addon={addon} onPurge={() => setPurging(addon)} />
        ))}
      </ul>
      <ConfirmDialog
        name={purging?.name ?? ''}
        title={t('Purge {name}?', { name: purging?.name ?? '' })}
        lead={t('Its data is gone for ever. Backups of it stay where they are.')}
        act={t('Purge it')}
        open={purging !== undefined}
        error={purge.error}
        busy={purge.isPending}
        onClose={() => setPurging(undefined)}
        onConfirm={() =>
          purging &&
          purge.mutate(purging, {
            onSuccess: () => {
              toast.good(t('{name} is being removed for good.', { name: purging.name }))
              setPurging(undefined)
            },
          })
        }
      />
    </details>
  )
}

function TrashRow({ addon, onPurge }: { addon: DestroyedAddon; onPurge: () => void }) {
  const { id, name, kind, version, sizeBytes, destroyedAt, purgeableAt, isPurging } = addon
  const now = useNow()
  const takeBack = useTakeBack()
  const isDue = new Date(purgeableAt) <= now
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2.5 last:border-0">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium break-all text-ink">{name}</p>
        <p className="text-sm">
          {kind} {version}
          {sizeBytes !== null && `, ${sayBytes(sizeBytes)}`}
          {rich(t(', destroyed {destroyedAt}'), { destroyedAt: <Ago at={destroyedAt} /> })}
          {isPurging && t(', being removed for good')}
          {!isDue &&
            t('; may be purged from {purgeableAt} on', { purgeableAt: exactTime(purgeableAt) })}
        </p>
      </div>
      <Button
        size="sm"
        busy={takeBack.isPending}
        disabled={isPurging}
        aria-label={t('Take back: {name}', { name })}
        icon={<Undo2 size={14} aria-hidden />}
        onClick={() =>
          takeBack.mutate(id, {
            onSuccess: () => toast.good(t('{name} is back, with its data.', { name })),
            onError: toast.error,
          })
        }
      >
        {t('Take back')}
      </Button>
      {isDue && (
        <Button
          size="sm"
          variant="quiet"
          disabled={isPurging}
          aria-label={t('Purge: {name}', { name })}
          onClick={onPurge}
        >
          {t('Purge …')}
        </Button>
      )}
    </li>
  )
}
