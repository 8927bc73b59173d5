import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { AlertRow } from '#features/alerts/alert-row.tsx'
import { resolvedQuery } from '#features/alerts/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'

export const load: Load = ({ readPages }) => readPages(resolvedQuery)

/** Alerts that are over, newest first. */
export function HistoryTab() {
  const query = useSuspenseInfiniteQuery(resolvedQuery)
  const alerts = query.data.pages.flatMap(({ items }) => items)
  useTitle(t('History · Alerts'))
  return (
    <Card title={t('What is over')} flush>
      {alerts.length === 0 ? (
        <EmptyState
          icon={<History size={20} aria-hidden />}
          title={t('Nothing has been wrong yet')}
        >
          {t('What was wrong and is well again stays here, with how long it lasted.')}
        </EmptyState>
      ) : (
        <ul>
          {alerts.map((alert) => (
            <AlertRow key={alert.id} alert={alert} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <div className="flex justify-center border-t border-line p-3">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('Show older')}
          </Button>
        </div>
      )}
    </Card>
  )
}
