import { useQuery } from '@tanstack/react-query'
import type { CleanUpPlan } from '@vastrox/shared/clean-up.ts'
import { Sparkles } from 'lucide-react'
import { useState } from 'react'
import { cleanUpQuery, useCleanUp } from '#features/disk/ledger-queries.ts'
import { useMay } from '#features/session/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { toast } from '#ui/toast.tsx'

const SHOWN = 12

/** What could go, each with why, before anything does. */
export function CleanUpCard() {
  const { data: plan, error, refetch } = useQuery(cleanUpQuery)
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!plan) return <ListSkeleton />
  return <Plan plan={plan} />
}

function Plan({ plan }: { plan: CleanUpPlan }) {
  const mayChange = useMay('node.change')
  const [asking, setAsking] = useState(false)
  const rest = plan.removals.length + plan.more - SHOWN
  return (
    <Card
      title={t('What can go')}
      lead={t(
        'Images and build cache that can be made again. Nothing with data in it is ever in this list.',
      )}
      aside={
        mayChange &&
        plan.removals.length > 0 && (
          <Button icon={<Sparkles size={15} aria-hidden />} onClick={() => setAsking(true)}>
            {t('Clean up {freedBytes}', { freedBytes: sayBytes(plan.freedBytes) })}
          </Button>
        )
      }
      footer={<span>{t('What stays: {kept}.', { kept: plan.kept.join('; ') })}</span>}
      flush
    >
      {plan.removals.length === 0 ? (
        <p className="px-4 py-4 text-muted sm:px-5">{t('There is nothing to remove.')}</p>
      ) : (
        <ul>
          {plan.removals.slice(0, SHOWN).map((item) => (
            <li
              key={item.id}
              className="flex flex-wrap items-baseline gap-x-4 border-b border-line px-4 py-2.5 last:border-0 sm:px-5"
            >
              <p className="min-w-0 flex-1 basis-64 break-words">
                {item.app !== null && <span className="font-medium">{item.app} </span>}
                {item.what}
                <span className="block text-sm text-muted">{item.why}</span>
              </p>
              <p className="tabular text-sm">{sayBytes(item.sizeBytes)}</p>
            </li>
          ))}
          {rest > 0 && (
            <li className="px-4 py-2.5 text-sm text-muted sm:px-5">
              {t('and {rest} more like these', { rest })}
            </li>
          )}
        </ul>
      )}
      <ConfirmCleanUp plan={plan} open={asking} onClose={() => setAsking(false)} />
    </Card>
  )
}

function ConfirmCleanUp({
  plan,
  open,
  onClose,
}: {
  plan: CleanUpPlan
  open: boolean
  onClose: () => void
}) {
  const cleanUp = useCleanUp()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('Remove {removals} images and pieces of build cache?', {
        removals: plan.removals.length,
      })}
      lead={t(
        'About {freedBytes} get free. Exactly what is listed goes; builds that need a piece of the cache do that step again.',
        { freedBytes: sayBytes(plan.freedBytes) },
      )}
    >
      {cleanUp.error && <ErrorNotice error={cleanUp.error} />}
      <DialogActions>
        <Button onClick={onClose}>{t('Keep them')}</Button>
        <Button
          variant="primary"
          busy={cleanUp.isPending}
          onClick={() =>
            cleanUp.mutate(plan.id, {
              onSuccess: ({ removed, freedBytes }) => {
                toast.good(
                  t('Removed {removed}: {freedBytes}.', {
                    removed,
                    freedBytes: sayBytes(freedBytes),
                  }),
                )
                onClose()
              },
            })
          }
        >
          {t('Clean up')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
