import { useSuspenseQuery } from '@tanstack/react-query'
import { useAppName } from '#features/app/use-app-name.ts'
import { AccessCard } from '#features/routing/access-card.tsx'
import { LinesCard } from '#features/routing/lines-card.tsx'
import { MaintenanceCard } from '#features/routing/maintenance-card.tsx'
import { PasswordCard } from '#features/routing/password-card.tsx'
import { PortsCard } from '#features/ports/ports-card.tsx'
import { routingQuery } from '#features/routing/queries.ts'
import { TrafficCard } from '#features/routing/traffic-card.tsx'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t, tn } from '#lib/words.ts'
import { Notice } from '#ui/notice.tsx'

export const load: Load = ({ read, params: { name } }) => read(routingQuery(name))

/** What the proxy does for the app. Everything here is in force as soon as it is saved. */
export function RoutingTab() {
  const name = useAppName()
  const { data: settings } = useSuspenseQuery(routingQuery(name))
  useTitle(t('Routing · {name}', { name }))
  const waiting = settings.waitForRestart

  return (
    <div className="space-y-5">
      {waiting.length > 0 && (
        <Notice tone="warn" title={t('A restart is needed')}>
          {tn(
            waiting.length,
            '{waiting} has a path, and gets visitors once the app is restarted or deployed.',
            '{waiting} have a path, and get visitors once the app is restarted or deployed.',
            { waiting: waiting.join(', ') },
          )}
        </Notice>
      )}
      <MaintenanceCard app={name} settings={settings} />
      <LinesCard app={name} settings={settings} />
      <TrafficCard app={name} settings={settings} />
      <PasswordCard app={name} settings={settings} />
      <AccessCard app={name} settings={settings} />
      <PortsCard app={name} />
    </div>
  )
}
