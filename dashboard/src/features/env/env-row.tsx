import type { SetVariable } from '@vastrox/shared/env.ts'
import { Eye, EyeOff, Pencil, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import type { EnvRow } from '#features/env/env-draft.ts'
import { EnvValueForm } from '#features/env/env-value-form.tsx'
import { GENERATED, PHASES } from '#features/env/env-words.ts'
import { useReveal } from '#features/env/queries.ts'
import { cx } from '#lib/cx.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  /** Where values are asked for: `/apps/…/env`. */
  path: string
  mayReveal: boolean
  row: EnvRow
  /** Missing where the reader may not change it. */
  onSet: ((wish: SetVariable) => void) | undefined
  onRemove: () => void
  onUndo: () => void
}

export function EnvRowView({ path, mayReveal, row, onSet, onRemove, onUndo }: Props) {
  const reveal = useReveal(path)
  const [editing, setEditing] = useState<{ value: string | undefined }>()
  const shown = row.value ?? reveal.data
  const canShow = mayReveal && !(row.neverReveal && row.status === 'kept')

  /** Editing begins with the value as it is, where the reader may see it. */
  const edit = async () => {
    const isHidden = shown === undefined && (!canShow || row.status === 'added')
    if (shown !== undefined || isHidden) return setEditing({ value: shown })
    return reveal.mutateAsync(row.key).then((value) => setEditing({ value }), toast.error)
  }

  if (editing !== undefined && onSet) {
    return (
      <li className="border-b border-line p-4 last:border-0 sm:px-5">
        <EnvValueForm
          row={row}
          value={editing.value}
          onCancel={() => setEditing(undefined)}
          onSave={(wish) => {
            onSet(wish)
            reveal.reset()
            setEditing(undefined)
          }}
        />
      </li>
    )
  }
  return (
    <li
      className={cx(
        'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 border-b border-line px-4 py-2 last:border-0 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_8rem] sm:px-5',
        row.status === 'removed' && 'opacity-60',
      )}
    >
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <code
          className={cx('truncate font-medium', row.status === 'removed' && 'line-through')}
          title={row.key}
        >
          {row.key}
        </code>
        <StatusBadge status={row.status} />
        <Marks row={row} />
      </div>
      <div className="order-3 col-span-2 min-w-0 sm:order-none sm:col-span-1">
        {shown === undefined ? (
          <span className="text-sm text-faint">
            {row.generate === undefined ? (
              <>
                <span aria-hidden className="font-mono tracking-widest">
                  ••••••••
                </span>
                <span className="sr-only">{t('hidden')}</span>
              </>
            ) : (
              t('will be {generate}', { generate: GENERATED[row.generate] })
            )}
            {row.changedAt !== undefined && (
              <span className="ml-3">
                {rich(t('set {changedAt}'), { changedAt: <Ago at={row.changedAt} /> })}
              </span>
            )}
          </span>
        ) : (
          <code className="block max-h-24 overflow-auto break-all whitespace-pre-wrap">
            {shown === '' ? <span className="text-faint">{t('empty')}</span> : shown}
          </code>
        )}
      </div>
      <div className="flex justify-end">
        {row.status === 'kept' && canShow && (
          <Button
            variant="quiet"
            size="sm"
            square
            busy={reveal.isPending}
            aria-label={
              reveal.data === undefined
                ? t('Show {key}', { key: row.key })
                : t('Hide {key}', { key: row.key })
            }
            title={reveal.data === undefined ? t('Show (this is audited)') : t('Hide')}
            onClick={() =>
              reveal.data === undefined
                ? reveal.mutate(row.key, { onError: toast.error })
                : reveal.reset()
            }
            icon={
              reveal.data === undefined ? (
                <Eye size={15} aria-hidden />
              ) : (
                <EyeOff size={15} aria-hidden />
              )
            }
          />
        )}
        {shown !== undefined && (
          <CopyButton text={shown} label={t('Copy {key}', { key: row.key })} />
        )}
        {row.status !== 'kept' && (
          <Button
            variant="quiet"
            size="sm"
            square
            aria-label={t('Undo the change of {key}', { key: row.key })}
            title={t('Undo')}
            onClick={onUndo}
            icon={<Undo2 size={15} aria-hidden />}
          />
        )}
        {onSet && row.status !== 'removed' && (
          <>
            <Button
              variant="quiet"
              size="sm"
              square
              aria-label={t('Edit {key}', { key: row.key })}
              title={t('Edit')}
              onClick={() => void edit()}
              icon={<Pencil size={15} aria-hidden />}
            />
            <Button
              variant="quiet"
              size="sm"
              square
              aria-label={t('Remove {key}', { key: row.key })}
              title={t('Remove')}
              onClick={onRemove}
              icon={<Trash2 size={15} aria-hidden />}
            />
          </>
        )}
      </div>
    </li>
  )
}

function StatusBadge({ status }: Pick<EnvRow, 'status'>) {
  if (status === 'kept') return null
  const tone = status === 'removed' ? 'bad' : 'busy'
  return <Badge tone={tone}>{status}</Badge>
}

type Marked = Pick<EnvRow, 'phase' | 'neverReveal' | 'isReference'>

/** What is said of a variable besides its value, where it is not what it usually is. */
export const Marks = ({ row: { phase, neverReveal, isReference } }: { row: Marked }) => (
  <>
    {phase !== 'runtime' && <Badge tone="idle">{t('for {phase}', { phase: PHASES[phase] })}</Badge>}
    {neverReveal && <Badge tone="idle">{t('never shown')}</Badge>}
    {isReference && <Badge tone="idle">{t('reference')}</Badge>}
  </>
)
