import { useSuspenseQuery } from '@tanstack/react-query'
import { FirstSteps } from '#features/first-run/first-steps.tsx'
import { firstRunQuery, useChangeFirstRun } from '#features/first-run/queries.ts'
import { progressOf } from '#features/first-run/step-words.ts'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'

export const load: Load = ({ read }) => read(firstRunQuery)

/** The whole list, also once it is done or was put away. */
export function FirstRunPage() {
  const { data: run } = useSuspenseQuery(firstRunQuery)
  const mayChange = useMay('app.create')
  const change = useChangeFirstRun()
  const { done, all } = progressOf(run.steps)

  return (
    <Page
      title={t('First steps')}
      lead={t(
        'From a new server to an app of your own that people can rely on. Each step is looked at for real, each time.',
      )}
    >
      {run.isComplete && (
        <div className="mb-5">
          <Notice tone="info" title={t('All of it is done.')}>
            {t('Should one of these come undone, this page says so.')}
          </Notice>
        </div>
      )}
      <Card
        title={t('{done} of {all} done', { done, all })}
        flush
        aside={
          mayChange &&
          !run.isComplete && (
            <Button
              size="sm"
              variant="quiet"
              busy={change.isPending}
              onClick={() => change.mutate({ isDismissed: !run.isDismissed })}
            >
              {run.isDismissed ? t('Show them on the first page') : t('Put away')}
            </Button>
          )
        }
      >
        <FirstSteps run={run} mayChange={mayChange} />
      </Card>
    </Page>
  )
}
