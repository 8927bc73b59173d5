import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useMay } from '#features/session/queries.ts'
import { Page } from '#ui/page.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { TabLinks } from '#ui/tab-links.tsx'

const TABS = [
  { label: 'Now', to: '/alerts', exact: true },
  { label: 'History', to: '/alerts/history' },
  { label: 'Rules', to: '/alerts/rules' },
  { label: 'Silences', to: '/alerts/silences' },
] as const
const MANAGED = [
  { label: 'Channels', to: '/alerts/channels' },
  { label: 'Log drains', to: '/alerts/drains' },
] as const

/** Around every page about what is wrong, and who is told of it. */
export function AlertsFrame() {
  const mayManage = useMay('channel.manage')
  return (
    <Page title="Alerts" lead="What is wrong, since when, and what came just before.">
      <div className="mb-6">
        <TabLinks
          label="Pages of alerts"
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
