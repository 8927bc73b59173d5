import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import type { App } from '@vastrox/shared/app.ts'
import { ChevronRight, ExternalLink, GitBranch } from 'lucide-react'
import { Suspense } from 'react'
import { AppMenu } from '#features/app/app-menu.tsx'
import { AppNav } from '#features/app/app-nav.tsx'
import { useAppName } from '#features/app/use-app-name.ts'
import { APP_STATE } from '#features/apps/app-state.ts'
import { Monogram } from '#features/apps/app-card.tsx'
import { appQuery } from '#features/apps/queries.ts'
import { withoutScheme } from '#lib/address.ts'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { ButtonLink, ExternalButton } from '#ui/button.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { Badge } from '#ui/state.tsx'

export const load: Load = ({ read, params: { name } }) => read(appQuery(name))

/** Around every page of one app: which it is, how it is, and the ways to the rest of it. */
export function AppFrame() {
  const name = useAppName()
  const { data: app } = useSuspenseQuery(appQuery(name))

  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-6 lg:px-8 xl:max-w-7xl">
      <nav aria-label={t('Path')} className="mb-3 flex items-center gap-1 text-sm text-muted">
        <Link to="/apps" className="hover:text-ink">
          {t('Apps')}
        </Link>
        <ChevronRight size={14} aria-hidden className="text-faint" />
        <span aria-current="page">{name}</span>
      </nav>
      <Header app={app} />
      <div className="mt-5 xl:grid xl:grid-cols-[10.5rem_minmax(0,1fr)] xl:gap-8">
        <AppNav name={name} />
        <div className="min-w-0">
          <Suspense fallback={<ListSkeleton />}>
            <Outlet />
          </Suspense>
        </div>
      </div>
    </div>
  )
}

function Header({ app }: { app: App }) {
  const { label, tone } = APP_STATE[app.state]
  const [url] = app.urls
  return (
    <header className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 items-center gap-3">
        <Monogram name={app.name} />
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-2xl font-semibold tracking-tight">{app.name}</h1>
            <Badge tone={tone} dot>
              {label}
            </Badge>
          </div>
          {url !== undefined && app.liveRelease !== null && (
            <a
              href={url}
              target="_blank"
              rel="noreferrer"
              className="inline-flex max-w-full items-center gap-1 text-muted hover:text-accent"
            >
              <span className="truncate">{withoutScheme(url)}</span>
              <ExternalLink size={13} aria-hidden className="shrink-0" />
            </a>
          )}
        </div>
      </div>
      <div className="flex gap-2">
        <ButtonLink
          to="/apps/$name/push"
          params={{ name: app.name }}
          icon={<GitBranch size={15} aria-hidden />}
        >
          {t('Push')}
        </ButtonLink>
        {url !== undefined && app.liveRelease !== null && (
          <ExternalButton
            variant="primary"
            href={url}
            target="_blank"
            rel="noreferrer"
            icon={<ExternalLink size={15} aria-hidden />}
          >
            {t('Visit')}
          </ExternalButton>
        )}
        <AppMenu app={app} />
      </div>
    </header>
  )
}
