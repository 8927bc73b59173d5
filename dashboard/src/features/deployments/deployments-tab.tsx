import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { Rocket } from 'lucide-react'
import { useAppName } from '#features/app/use-app-name.ts'
import { DeploymentRow } from '#features/deployments/deployment-row.tsx'
import { deploymentsQuery } from '#features/deployments/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LongList, type RowPlace } from '#ui/long-list.tsx'

/** One that did not fail. */
const ROW_PX = 69

export const load: Load = ({ readPages, params: { name } }) => readPages(deploymentsQuery(name))

export function DeploymentsTab() {
  const name = useAppName()
  const query = useSuspenseInfiniteQuery(deploymentsQuery(name))
  const deployments = query.data.pages.flatMap(({ items }) => items)
  useTitle(t('Deployments · {name}', { name }))

  if (deployments.length === 0) {
    return (
      <Card flush>
        <EmptyState
          icon={<Rocket size={20} aria-hidden />}
          title={t('No deployments yet')}
          actions={
            <ButtonLink to="/apps/$name/push" params={{ name }} variant="primary">
              {t('Show the commands')}
            </ButtonLink>
          }
        >
          {t(
            'Every push, roll back and change of env is a deployment: built, checked, and switched to only when it answers. They are listed here with their logs.',
          )}
        </EmptyState>
      </Card>
    )
  }
  return (
    <Card flush>
      <LongList items={deployments} guess={ROW_PX} hasMore={query.hasNextPage} Row={PlacedRow} />
      {query.hasNextPage && (
        <div className="border-t border-line p-3 text-center">
          <Button
            variant="quiet"
            busy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {query.isFetchingNextPage ? t('Reading …') : t('Show older ones')}
          </Button>
        </div>
      )}
    </Card>
  )
}

function PlacedRow({ item, place }: { item: Deployment; place: RowPlace }) {
  return <DeploymentRow deployment={item} place={place} />
}
