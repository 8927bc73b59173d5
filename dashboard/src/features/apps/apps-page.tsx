import { useSuspenseQuery } from '@tanstack/react-query'
import type { App } from '@vastrox/shared/app.ts'
import { Plus, Search } from 'lucide-react'
import { useState } from 'react'
import { AppCard } from '#features/apps/app-card.tsx'
import { FirstPush } from '#features/apps/first-push.tsx'
import { NewAppDialog } from '#features/apps/new-app-dialog.tsx'
import { appsQuery } from '#features/apps/queries.ts'
import { StarterCards } from '#features/apps/starter-cards.tsx'
import { WrongNow } from '#features/alerts/wrong-now.tsx'
import { Trash } from '#features/apps/trash.tsx'
import { PasswordPrompt } from '#features/session/password-prompt.tsx'
import { useMay } from '#features/session/queries.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { Page } from '#ui/page.tsx'

export function AppsPage() {
  const { data: apps } = useSuspenseQuery(appsQuery)
  const mayCreate = useMay('app.create')
  const mayDestroy = useMay('app.destroy')
  const [creating, setCreating] = useState(false)
  const [starter, setStarter] = useState<string>()
  const [search, setSearch] = useState('')
  const shown = apps.filter((app) => app.name.includes(search.trim().toLowerCase()))

  const newApp = mayCreate && (
    <Button
      variant="primary"
      icon={<Plus size={16} aria-hidden />}
      onClick={() => {
        setStarter(undefined)
        setCreating(true)
      }}
    >
      New app
    </Button>
  )

  return (
    <Page
      title="Apps"
      lead={apps.length > 0 ? summary(apps) : undefined}
      actions={apps.length > 0 && newApp}
    >
      <PasswordPrompt />
      <WrongNow className="mb-6" />
      <NewAppDialog open={creating} starter={starter} onClose={() => setCreating(false)} />
      {apps.length === 0 && <FirstPush action={newApp} />}
      {apps.length === 0 && mayCreate && (
        <StarterCards
          onPick={(name) => {
            setStarter(name)
            setCreating(true)
          }}
        />
      )}
      {apps.length > 3 && (
        <div className="relative mb-4 max-w-xs">
          <Search
            size={15}
            aria-hidden
            className="pointer-events-none absolute top-2.5 left-3 z-10 text-faint"
          />
          <Field
            label="Find an app"
            hideLabel
            type="search"
            placeholder="Find an app"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            className="[&_input]:pl-9"
          />
        </div>
      )}
      <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {shown.map((app) => (
          <li key={app.id}>
            <AppCard app={app} />
          </li>
        ))}
      </ul>
      {apps.length > 0 && shown.length === 0 && (
        <p className="py-8 text-center text-muted">No app has “{search}” in its name.</p>
      )}
      {mayDestroy && <Trash />}
    </Page>
  )
}

/** One line that answers "is anything wrong?". */
function summary(apps: readonly App[]): string {
  const failing = apps.filter((app) => app.state === 'crashed' || app.state === 'degraded')
  const deploying = apps.filter((app) => app.state === 'deploying').length
  const count = apps.length === 1 ? '1 app' : `${apps.length} apps`
  if (failing.length > 0) return `${count}; look at ${failing.map((app) => app.name).join(', ')}.`
  if (deploying > 0) return `${count}, ${deploying} deploying. Everything else is as it should be.`
  return `${count}. Everything is as it should be.`
}
