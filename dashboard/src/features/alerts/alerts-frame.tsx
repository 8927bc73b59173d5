import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Page } from '#ui/page.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { TabLinks } from '#ui/tab-links.tsx'

const TABS = [
  { label: t('Now'), to: '/alerts', exact: true },
  { label: t('History'), to: '/alerts/history' },
  { label: t('Rules'), to: '/alerts/rules' },
  { label: t('Silences'), to: '/alerts/silences' },
] as const
const MANAGED = [
  { label: t('Channels'), to: '/alerts/channels' },
  { label: t('Log drains'), to: '/alerts/drains' },
] as const

/** Around every page about what is wrong, and who is told of it. */
export function AlertsFrame() {
  const mayManage = useMay('channel.manage')
  return (
    <Page title={t('Alerts')} lead={t('What is wrong, since when, and what came just before.')}>
      <div className="mb-6">
        <TabLinks
          label={t('Pages of alerts')}
          tabs={mayManage ? [...TABS, ...MANAGED] : TABS}
          params={{}}
        />
      </div>
      <Suspense fallback={<ListSkeleton />}>
        <Outlet />
      </Suspense>
    </Page>
  )
}
