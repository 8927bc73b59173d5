import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { t } from '#lib/words.ts'
import { Page } from '#ui/page.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { TabLinks } from '#ui/tab-links.tsx'

const TABS = [
  { label: t('Overview'), to: '/node', exact: true },
  { label: t('Metrics'), to: '/node/metrics' },
] as const

/** Around the pages about the machine. */
export function NodeFrame() {
  return (
    <Page
      title={t('Node')}
      lead={t('The machine that your apps run on, and how Vastrox itself is.')}
    >
      <div className="mb-6">
        <TabLinks label={t('Pages of the node')} tabs={TABS} params={{}} />
      </div>
      <Suspense fallback={<ListSkeleton />}>
        <Outlet />
      </Suspense>
    </Page>
  )
}
