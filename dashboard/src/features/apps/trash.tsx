import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Trash2, Undo2 } from 'lucide-react'
import { trashQuery, useRestoreApp } from '#features/apps/trash-queries.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { toast } from '#ui/toast.tsx'

/** Apps that were destroyed and can be taken back; nothing at all while there are none. */
export function Trash() {
  const { data: destroyed = [] } = useQuery(trashQuery)
  if (destroyed.length === 0) return null
  return (
    <details className="mt-8 text-muted">
      <summary className="w-fit hover:text-ink">
        <span className="inline-flex items-center gap-2">
          <Trash2 size={14} aria-hidden />
          {t('Trash ({destroyed})', { destroyed: destroyed.length })}
        </span>
      </summary>
      <ul className="mt-3 max-w-xl rounded-lg border border-line bg-surface">
        {destroyed.map(({ name, destroyedAt }) => (
          <li
            key={`${name} ${destroyedAt}`}
            className="flex items-center gap-3 border-b border-line px-4 py-2.5 last:border-0"
          >
            <span className="font-medium text-ink">{name}</span>
            <span className="text-sm">
              {rich(t('destroyed {destroyedAt}'), { destroyedAt: <Ago at={destroyedAt} /> })}
            </span>
            <RestoreButton name={name} />
          </li>
        ))}
      </ul>
    </details>
  )
}

function RestoreButton({ name }: { name: string }) {
  const navigate = useNavigate()
  const restore = useRestoreApp()
  return (
    <Button
      size="sm"
      className="ml-auto"
      busy={restore.isPending}
      icon={<Undo2 size={14} aria-hidden />}
      onClick={() =>
        restore.mutate(name, {
          onSuccess: () => {
            toast.good(t('{name} is back. It stays stopped until you start it.', { name }))
            void navigate({ to: '/apps/$name', params: { name } })
          },
          onError: toast.error,
        })
      }
    >
      {t('Restore')}
    </Button>
  )
}
