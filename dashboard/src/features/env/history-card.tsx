import { type UseQueryOptions, useQuery } from '@tanstack/react-query'
import type { EnvChange } from '@vastrox/shared/env.ts'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { sayChange } from '#features/env/env-words.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'

interface Props {
  query: Pick<UseQueryOptions<EnvChange[], Error, EnvChange[], string[]>, 'queryKey' | 'queryFn'>
  busy: boolean
  /** Missing where the reader may not. */
  onRestore: ((number: number) => void) | undefined
}

/** Who changed which variables when; each state can be brought back. Values are never part of it. */
export function HistoryCard({ query, busy, onRestore }: Props) {
  const { data: changes = [] } = useQuery(query)
  const [target, setTarget] = useState<EnvChange>()
  if (changes.length === 0) return null
  const close = () => setTarget(undefined)

  return (
    <Card
      title={t('History')}
      lead={t('Names only. Bringing an earlier state back is a change of its own.')}
      flush
    >
      <ul>
        {changes.map((change, index) => (
          <li
            key={change.number}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 border-b border-line px-4 py-2.5 last:border-0 sm:px-5"
          >
            <div className="min-w-0">
              <p className="break-words">{sayChange(change)}</p>
              <p className="text-sm text-muted">
                {`#${change.number} · ${change.actor} · `}
                <Ago at={change.at} />
              </p>
            </div>
            {index > 0 && onRestore && (
              <Button
                size="sm"
                aria-label={t('Restore change {number}', { number: change.number })}
                onClick={() => setTarget(change)}
                icon={<Undo2 size={14} aria-hidden />}
              >
                <span className="hidden sm:inline">{t('Restore')}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Dialog
        open={target !== undefined}
        onClose={close}
        title={t('Restore what was set after change {number}?', { number: target?.number ?? '' })}
        lead={t(
          'Every variable becomes what it was then, those that came later go, and what runs is deployed anew.',
        )}
      >
        <DialogActions>
          <Button onClick={close}>{t('Cancel')}</Button>
          <Button
            variant="primary"
            busy={busy}
            onClick={() => {
              if (target) onRestore?.(target.number)
              close()
            }}
          >
            {t('Restore and deploy')}
          </Button>
        </DialogActions>
      </Dialog>
    </Card>
  )
}
