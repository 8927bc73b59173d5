import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { Page } from '#ui/page.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { TabLinks } from '#ui/tab-links.tsx'

const TABS = [
  { label: 'Overview', to: '/backups', exact: true },
  { label: 'History', to: '/backups/history' },
  { label: 'Schedules', to: '/backups/schedules' },
  { label: 'Destinations', to: '/backups/destinations' },
  { label: 'Restores', to: '/backups/restores' },
] as const

/** Around every page about backups. */
export function BackupsFrame() {
  return (
    <Page
      title="Backups"
      lead="A backup counts when it has been restored: each is put back into a throw-away place, looked at, and timed."
    >
      <div className="mb-6">
        <TabLinks label="Pages of backups" tabs={TABS} params={{}} />
      </div>
      <Suspense fallback={<ListSkeleton />}>
        <Outlet />
      </Suspense>
    </Page>
  )
}
