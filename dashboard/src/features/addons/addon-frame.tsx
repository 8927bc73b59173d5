import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import type { Addon } from '@vastrox/shared/addon.ts'
import { ChevronRight } from 'lucide-react'
import { Suspense } from 'react'
import { AddonMenu } from '#features/addons/addon-menu.tsx'
import { AddonProof } from '#features/addons/addon-proof.tsx'
import { ADDON_STATE } from '#features/addons/addon-words.ts'
import { KindSign } from '#features/addons/kind-sign.tsx'
import { addonQuery } from '#features/addons/queries.ts'
import { useAddonName } from '#features/addons/use-addon-name.ts'
import { subjectsQuery } from '#features/backups/queries.ts'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { Badge } from '#ui/state.tsx'
import { TabLinks } from '#ui/tab-links.tsx'

const TABS = [
  { label: t('Overview'), to: '/addons/$addon', exact: true },
  { label: t('Metrics'), to: '/addons/$addon/metrics' },
  { label: t('Backups'), to: '/addons/$addon/backups' },
  { label: t('Console'), to: '/addons/$addon/console' },
  { label: t('Logs'), to: '/addons/$addon/logs' },
  { label: t('Settings'), to: '/addons/$addon/settings' },
] as const

export const load: Load = ({ read, may, params: { addon } }) =>
  Promise.all([read(addonQuery(addon)), may('backup.read') && read(subjectsQuery)])

/** Around every page of one add-on: which it is, how it is, whether there is a way back. */
export function AddonFrame() {
  const name = useAddonName()
  const { data: addon } = useSuspenseQuery(addonQuery(name))
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-6 lg:px-8">
      <nav aria-label={t('Path')} className="mb-3 flex items-center gap-1 text-sm text-muted">
        <Link to="/addons" className="hover:text-ink">
          {t('Add-ons')}
        </Link>
        <ChevronRight size={14} aria-hidden className="text-faint" />
        <span aria-current="page">{name}</span>
      </nav>
      <Header addon={addon} />
      <div className="mt-5 mb-6">
        <TabLinks label={t('Pages of {name}', { name })} tabs={TABS} params={{ addon: name }} />
      </div>
      <Suspense fallback={<ListSkeleton />}>
        <Outlet />
      </Suspense>
    </div>
  )
}

function Header({ addon }: { addon: Addon }) {
  const { name, kind, title, version, state } = addon
  const { label, tone } = ADDON_STATE[state]
  return (
    <header className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 items-center gap-3">
        <KindSign kind={kind} isLarge />
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-2xl font-semibold tracking-tight break-all">{name}</h1>
            <Badge tone={tone} dot>
              {label}
            </Badge>
            <AddonProof addon={addon} />
          </div>
          <p className="text-muted">
            {title} {version}
          </p>
        </div>
      </div>
      <AddonMenu addon={addon} />
    </header>
  )
}
