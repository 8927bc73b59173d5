import { useQuery } from '@tanstack/react-query'
import { FirstSteps } from '#features/first-run/first-steps.tsx'
import { firstRunQuery, useChangeFirstRun } from '#features/first-run/queries.ts'
import { progressOf } from '#features/first-run/step-words.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { toast } from '#ui/toast.tsx'

/** On the first page, until all is done or it was put away. Says nothing while it cannot be read. */
export function FirstRunCard({ onNewApp }: { onNewApp?: () => void }) {
  const { data: run } = useQuery(firstRunQuery)
  const mayChange = useMay('app.create')
  const change = useChangeFirstRun()
  if (!run || run.isDismissed || run.isComplete) return null

  const { done, all } = progressOf(run.steps)
  return (
    <Card
      className="mb-6"
      title={t('First steps')}
      lead={t('{done} of {all} done. Each is looked at for real.', { done, all })}
      flush
      aside={
        mayChange && (
          <Button
            size="sm"
            variant="quiet"
            busy={change.isPending}
            onClick={() =>
              change.mutate(
                { isDismissed: true },
                {
                  onSuccess: () =>
                    toast.good(
                      t('The first steps are put away.'),
                      t('They are in the menu at your name.'),
                    ),
                },
              )
            }
          >
            {t('Put away')}
          </Button>
        )
      }
    >
      <FirstSteps run={run} mayChange={mayChange} onNewApp={onNewApp} />
    </Card>
  )
}
