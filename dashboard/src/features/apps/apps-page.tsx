import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { lazy, Suspense, useDeferredValue, useMemo, useState } from 'react'
import { alertSummaryQuery } from '#features/alerts/summary-query.ts'
import { WrongNow } from '#features/alerts/wrong-now.tsx'
import { AppFinder, keepView, keptView, type View } from '#features/apps/app-finder.tsx'
import { AppGrid, AppLines } from '#features/apps/app-list.tsx'
import { findApps, summaryOf, type Wanted } from '#features/apps/find-apps.ts'
import { appsQuery } from '#features/apps/queries.ts'
import { FirstRunSlot } from '#features/first-run/first-run-slot.tsx'
import { loadFirstPage } from '#features/overview/load-first-page.ts'
import { PasswordPrompt } from '#features/session/password-prompt.tsx'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Page } from '#ui/page.tsx'

const NewAppDialog = lazy(async () => ({
  default: (await import('#features/apps/new-app-dialog.tsx')).NewAppDialog,
}))
const NoApps = lazy(async () => ({
  default: (await import('#features/apps/no-apps.tsx')).NoApps,
}))
const Trash = lazy(async () => ({
  default: (await import('#features/apps/trash.tsx')).Trash,
}))

export const load = loadFirstPage

export function AppsPage() {
  const { data: apps } = useSuspenseQuery(appsQuery)
  const mayCreate = useMay('app.create')
  const mayDestroy = useMay('app.destroy')
  const [creating, setCreating] = useState<{ starter?: string }>()
  const wasAsked = useRemembered(creating !== undefined)

  const newApp = mayCreate && (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setCreating({})}>
      {t('New app')}
    </Button>
  )

  return (
    <Page
      title={t('Apps')}
      lead={apps.length > 0 ? summaryOf(apps) : undefined}
      actions={apps.length > 0 && newApp}
    >
      <PasswordPrompt />
      <FirstRunSlot onNewApp={() => setCreating({})} />
      <Wrong />
      {wasAsked && (
        <Suspense>
          <NewAppDialog
            open={creating !== undefined}
            starter={creating?.starter}
            onClose={() => setCreating(undefined)}
          />
        </Suspense>
      )}
      {apps.length === 0 && (
        <Suspense>
          <NoApps
            action={newApp}
            onPick={mayCreate ? (starter) => setCreating({ starter }) : undefined}
          />
        </Suspense>
      )}
      {apps.length > 0 && <Apps />}
      {mayDestroy && (
        <Suspense>
          <Trash />
        </Suspense>
      )}
    </Page>
  )
}

/** The apps, with a way to find some of them where there are more than a few. */
function Apps() {
  const { data: apps } = useSuspenseQuery(appsQuery)
  const [search, setSearch] = useState('')
  const [wanted, setWanted] = useState<Wanted>('all')
  const [view, setView] = useState<View>(keptView)
  // Typing stays ahead of what is drawn.
  const sought = useDeferredValue(search)
  const shown = useMemo(() => findApps(apps, sought, wanted), [apps, sought, wanted])

  return (
    <>
      {apps.length > 3 && (
        <AppFinder
          search={search}
          wanted={wanted}
          view={view}
          onSearch={setSearch}
          onWanted={setWanted}
          onView={(next) => {
            keepView(next)
            setView(next)
          }}
        />
      )}
      <output className="sr-only">
        {shown.length === apps.length
          ? ''
          : t('{shown} of {apps} apps', { shown: shown.length, apps: apps.length })}
      </output>
      {shown.length > 0 && view === 'grid' && <AppGrid apps={shown} />}
      {shown.length > 0 && view === 'list' && <AppLines apps={shown} />}
      {shown.length === 0 && (
        <p className="py-8 text-center text-muted">
          {sought.trim() === ''
            ? t('No app is in this state.')
            : t('No app has “{sought}” in its name, stack or address.', { sought: sought.trim() })}
        </p>
      )}
    </>
  )
}

/** Asked only where something is wrong. */
function Wrong() {
  const mayRead = useMay('alert.read')
  const { data } = useQuery({ ...alertSummaryQuery, enabled: mayRead })
  const isWrong = data !== undefined && data.critical + data.warning > 0
  return isWrong ? <WrongNow className="mb-6" /> : null
}

/** True from the first time on. */
function useRemembered(is: boolean): boolean {
  const [was, setWas] = useState(is)
  if (is && !was) setWas(true)
  return was || is
}
