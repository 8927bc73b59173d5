import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { t } from '#lib/words.ts'
import { Page } from '#ui/page.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { TabLinks } from '#ui/tab-links.tsx'

const TABS = [
  { label: t('Overview'), to: '/backups', exact: true },
  { label: t('History'), to: '/backups/history' },
  { label: t('Schedules'), to: '/backups/schedules' },
  { label: t('Destinations'), to: '/backups/destinations' },
  { label: t('Restores'), to: '/backups/restores' },
] as const

/** Around every page about backups. */
export function BackupsFrame() {
  return (
    <Page
      title={t('Backups')}
      lead={t(
        'A backup counts when it has been restored: each is put back into a throw-away place, looked at, and timed.',
      )}
    >
      <div className="mb-6">
        <TabLinks label={t('Pages of backups')} tabs={TABS} params={{}} />
      </div>
      <Suspense fallback={<ListSkeleton />}>
        <Outlet />
      </Suspense>
    </Page>
  )
}
