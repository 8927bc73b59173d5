import { Suspense } from 'react'
import { PortPolicyCard } from '#features/ports/port-policy-card.tsx'
import { portPolicyQuery } from '#features/ports/queries.ts'
import { trustedProxiesQuery } from '#features/routing/queries.ts'
import { TrustedProxiesCard } from '#features/routing/trusted-proxies-card.tsx'
import { useMay } from '#features/session/queries.ts'
import { ExportCard } from '#features/settings/export-card.tsx'
import { SettingsElsewhere } from '#features/settings/settings-elsewhere.tsx'
import { ProvidersCard } from '#features/sign-in-providers/providers-card.tsx'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { Page } from '#ui/page.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'

export const load: Load = ({ read }) =>
  Promise.all([read(trustedProxiesQuery), read(portPolicyQuery)])

/** What holds for the whole installation. What is of one app is among the settings of that app. */
export function SettingsPage() {
  const mayChange = useMay('node.change')
  return (
    <Page
      title={t('Settings')}
      lead={t(
        'What holds for the whole installation. An app’s own settings are on its Settings page.',
      )}
    >
      <Suspense fallback={<ListSkeleton />}>
        <div className="space-y-5">
          <TrustedProxiesCard />
          <PortPolicyCard />
          {mayChange && <ProvidersCard />}
          <ExportCard />
          <SettingsElsewhere />
        </div>
      </Suspense>
    </Page>
  )
}
