import { useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { firingQuery } from '#features/alerts/queries.ts'
import { WrongNow } from '#features/alerts/wrong-now.tsx'
import { appsQuery } from '#features/apps/queries.ts'
import { FirstRunSlot } from '#features/first-run/first-run-slot.tsx'
import { Figures } from '#features/overview/figures.tsx'
import { HappenedCard } from '#features/overview/happened-card.tsx'
import { loadFirstPage } from '#features/overview/load-first-page.ts'
import { NodeNow } from '#features/overview/node-now.tsx'
import { StepsOn } from '#features/overview/steps-on.tsx'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { ErrorNotice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

export const load = loadFirstPage

/** What is wrong, what happened, and how the node is. */
export function OverviewPage() {
  const mayNode = useMay('node.read')
  return (
    <Page title={t('Overview')} lead={t('What is wrong, what happened, and how the node is.')}>
      <FirstRunSlot />
      <div className="space-y-5">
        <Figures />
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-3">
          <div
            className={
              mayNode ? 'min-w-0 space-y-5 lg:col-span-2' : 'min-w-0 space-y-5 lg:col-span-3'
            }
          >
            <Wrong />
            <HappenedCard />
          </div>
          {mayNode && (
            <div className="min-w-0 space-y-5">
              <NodeNow />
              <StepsOn />
            </div>
          )}
        </div>
      </div>
    </Page>
  )
}

/** What is wrong; where nothing is, that is said too. */
function Wrong() {
  const mayRead = useMay('alert.read')
  const { data: alerts, error, refetch } = useQuery({ ...firingQuery(), enabled: mayRead })
  const { data: apps } = useQuery(appsQuery)
  if (!mayRead) return null
  if (error && !alerts) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!alerts) return <Skeleton className="h-16 rounded-lg" />
  const isWrong = alerts.some(
    ({ severity, becauseOf }) => severity !== 'info' && becauseOf === null,
  )
  if (isWrong) return <WrongNow />
  const failing = (apps ?? []).filter(({ state }) => state === 'crashed').length
  if (failing > 0) return null
  return (
    <p className="flex items-center gap-3 rounded-lg border border-line bg-surface px-4 py-4 sm:px-5">
      <CircleCheck size={18} aria-hidden className="shrink-0 text-good" />
      <span className="font-medium">{t('Nothing is wrong.')}</span>
      <span className="hidden min-w-0 truncate text-muted sm:block">
        {t('Rules watch from the first day on.')}
      </span>
    </p>
  )
}
