import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { Addon } from '@vastrox/shared/addon.ts'
import { Database, Plus } from 'lucide-react'
import { AddonRow } from '#features/addons/addon-row.tsx'
import { AddonTrash } from '#features/addons/addon-trash.tsx'
import { addonsQuery, catalogQuery, destroyedAddonsQuery } from '#features/addons/queries.ts'
import { subjectsQuery } from '#features/backups/queries.ts'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { rich, t, tn } from '#lib/words.ts'
import { ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Page } from '#ui/page.tsx'

export const load: Load = ({ read, may }) =>
  Promise.all([
    read(addonsQuery),
    may('backup.read') && read(subjectsQuery),
    may('addon.destroy') && read(destroyedAddonsQuery),
  ])

/** Every database of the team, and how it is. */
export function AddonsPage() {
  const { data: addons } = useSuspenseQuery(addonsQuery)
  const mayCreate = useMay('addon.create')
  const mayDestroy = useMay('addon.destroy')
  const add = mayCreate && (
    <ButtonLink variant="primary" to="/addons/new" icon={<Plus size={16} aria-hidden />}>
      {t('New add-on')}
    </ButtonLink>
  )

  return (
    <Page
      title={t('Add-ons')}
      lead={addons.length > 0 ? summary(addons) : undefined}
      actions={addons.length > 0 && add}
    >
      {addons.length === 0 ? (
        <>
          <Card flush>
            <EmptyState
              icon={<Database size={20} aria-hidden />}
              title={t('No databases yet')}
              docs="addons"
              actions={add}
            >
              {rich(
                t(
                  'An add-on is a database that Vastrox runs: on a private network, with a user of its own for each app that it is attached to. The app gets its address as {code}.',
                ),
                { code: <code>DATABASE_URL</code> },
              )}
            </EmptyState>
          </Card>
          <WhatThereIs />
        </>
      ) : (
        <Card flush>
          <ul>
            {addons.map((addon) => (
              <AddonRow key={addon.name} addon={addon} />
            ))}
          </ul>
        </Card>
      )}
      {mayDestroy && <AddonTrash />}
    </Page>
  )
}

/** One line that answers "is anything wrong?". */
function summary(addons: readonly Addon[]): string {
  const failed = addons.filter(({ state }) => state === 'failed').map(({ name }) => name)
  const moving = addons.filter(({ state }) => state === 'creating' || state === 'restoring').length
  const count = tn(addons.length, '1 add-on', '{count} add-ons')
  if (failed.length > 0)
    return t('{count}; look at {failed}.', { count, failed: failed.join(', ') })
  return moving > 0
    ? t('{count}, {moving} on the way.', { count, moving })
    : t('{count}. Everything is as it should be.', { count })
}

/** Which kinds can be had, while there is nothing else to show. */
function WhatThereIs() {
  const { data: catalog = [] } = useQuery(catalogQuery)
  const mayCreate = useMay('addon.create')
  if (catalog.length === 0 || !mayCreate) return null
  return (
    <Card title={t('What can be had')} flush className="mt-5">
      <ul>
        {catalog.map(({ kind, title, summary: said, versions }) => {
          const there = versions.filter(({ unavailable }) => unavailable === null)
          return (
            <li
              key={kind}
              className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-4 py-3 last:border-0 sm:px-5"
            >
              <div className="min-w-0 flex-1 basis-60">
                <p className="font-medium">{title}</p>
                <p className="text-sm text-muted">{said}</p>
              </div>
              {there.length > 0 ? (
                <ButtonLink
                  size="sm"
                  to="/addons/new"
                  search={{ kind }}
                  aria-label={t('Create {title}', { title })}
                >
                  {t('Create')}
                </ButtonLink>
              ) : (
                <span className="max-w-xs text-sm text-muted">{versions[0]?.unavailable}</span>
              )}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
