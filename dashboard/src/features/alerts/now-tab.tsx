import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { BellOff, CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { AlertRow } from '#features/alerts/alert-row.tsx'
import { firingQuery } from '#features/alerts/queries.ts'
import { alertSummaryQuery } from '#features/alerts/summary-query.ts'
import { SilenceDialog } from '#features/alerts/silence-dialog.tsx'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Notice } from '#ui/notice.tsx'

export const load: Load = ({ read }) => Promise.all([read(firingQuery()), read(alertSummaryQuery)])

/** What is wrong now. What follows from another alert stands under it. */
export function NowTab() {
  const { data: alerts } = useSuspenseQuery(firingQuery())
  const { data: summary } = useQuery(alertSummaryQuery)
  const mayManage = useMay('channel.manage')
  const mayAnswer = useMay('alert.answer')
  const [silencing, setSilencing] = useState(false)
  useTitle(alerts.length === 0 ? t('Alerts') : t('({alerts}) Alerts', { alerts: alerts.length }))
  const roots = alerts.filter(
    ({ becauseOf }) => becauseOf === null || alerts.every(({ id }) => id !== becauseOf),
  )
  return (
    <div className="space-y-5">
      {summary?.hasChannel === false && (
        <Notice
          tone="warn"
          title={t('Nobody is told of alerts yet')}
          actions={
            mayManage && (
              <ButtonLink to="/alerts/channels" size="sm">
                {t('Add a channel')}
              </ButtonLink>
            )
          }
        >
          {t(
            'They are shown here alone until there is a channel: e-mail, Slack, Discord, Telegram, ntfy or a webhook.',
          )}
        </Notice>
      )}
      <Card
        title={
          alerts.length === 0
            ? t('Nothing is wrong')
            : t('{alerts} firing', { alerts: alerts.length })
        }
        flush
        aside={
          mayAnswer && (
            <Button
              size="sm"
              icon={<BellOff size={15} aria-hidden />}
              onClick={() => setSilencing(true)}
            >
              {t('Silence')}
            </Button>
          )
        }
      >
        {alerts.length === 0 ? (
          <EmptyState icon={<CircleCheck size={20} aria-hidden />} title={t('All is well')}>
            {t(
              'Disks, memory, errors, latency, crashes, certificates, backups, deployments and Vastrox itself are watched. What goes wrong is shown here, with what came just before.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {roots.flatMap((alert) => [
              <AlertRow key={alert.id} alert={alert} />,
              ...alerts
                .filter(({ becauseOf }) => becauseOf === alert.id)
                .map((each) => <AlertRow key={each.id} alert={each} />),
            ])}
          </ul>
        )}
      </Card>
      <SilenceDialog open={silencing} onClose={() => setSilencing(false)} />
    </div>
  )
}
