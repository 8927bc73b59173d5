import { useSuspenseQuery } from '@tanstack/react-query'
import { BellOff, Plus } from 'lucide-react'
import { useState } from 'react'
import { rulesQuery, silencesQuery, useRemoveSilence } from '#features/alerts/queries.ts'
import { SilenceDialog } from '#features/alerts/silence-dialog.tsx'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { exactTime } from '#lib/time.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) => Promise.all([read(silencesQuery), read(rulesQuery)])

/** What nobody is told of for a while. */
export function SilencesTab() {
  const { data: silences } = useSuspenseQuery(silencesQuery)
  const { data: rules } = useSuspenseQuery(rulesQuery)
  const remove = useRemoveSilence()
  const mayAnswer = useMay('alert.answer')
  const [adding, setAdding] = useState(false)
  useTitle(t('Silences · Alerts'))
  const nameOf = (rule: string): string => rules.find(({ id }) => id === rule)?.name ?? rule
  const add = mayAnswer && (
    <Button size="sm" icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t('New silence')}
    </Button>
  )
  return (
    <Card
      title={t('Silences')}
      lead={t('Nobody is told meanwhile; alerts are shown all the same.')}
      flush
      aside={silences.length > 0 && add}
    >
      {silences.length === 0 ? (
        <EmptyState
          icon={<BellOff size={20} aria-hidden />}
          title={t('Nothing is silenced')}
          actions={add}
        >
          {t('Before work that will set off alerts, silence the app or the rule for that time.')}
        </EmptyState>
      ) : (
        <ul>
          {silences.map(({ id, rule, app, reason, by, until }) => (
            <li
              key={id}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5"
            >
              <div className="min-w-0">
                <p className="font-medium break-words">
                  {rule === null ? t('Every rule') : nameOf(rule)}
                  <span className="font-normal text-muted"> · {app ?? t('everything')}</span>
                </p>
                <p className="text-sm text-muted">
                  {t('until {until}, by {by}', { until: exactTime(until), by })}
                  {reason !== '' && `: ${reason}`}
                </p>
              </div>
              {mayAnswer && (
                <Button
                  size="sm"
                  aria-label={t('End it: {rule}', {
                    rule: rule === null ? t('every rule') : nameOf(rule),
                  })}
                  busy={remove.isPending}
                  onClick={() =>
                    remove.mutate(id, {
                      onSuccess: () => toast.good(t('People are told again.')),
                      onError: toast.error,
                    })
                  }
                >
                  {t('End it')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <SilenceDialog open={adding} onClose={() => setAdding(false)} />
    </Card>
  )
}
